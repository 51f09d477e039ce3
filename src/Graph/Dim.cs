using System.Collections.Immutable;
using System.Globalization;

namespace Adjoint;

/// <summary>
/// The extent of an axis: a number, a symbol such as <c>"batch"</c>, or an integer expression of them. Kept in normal
/// form (a polynomial over symbols and floor divisions), so that equal expressions compare equal.
/// </summary>
/// <remarks>Immutable. Symbols are scoped to a computation and bound by the shapes of the arguments of a call.</remarks>
public sealed class Dim : IEquatable<Dim>
{
    // Extents of most tensors: made once, since passes and lowering ask for them all the time.
    private static readonly Dim[] Small = [.. Enumerable.Range(0, 1025).Select(n => new Dim(n))];

    private readonly ImmutableArray<Term> terms;
    private readonly string text;
    private readonly int hash;

    private Dim(IEnumerable<Term> terms)
    {
        this.terms = [.. terms.Where(t => t.Coefficient != 0).OrderBy(t => t.Factors.Length).ThenBy(t => t.Key, StringComparer.Ordinal)];
        text = this.terms.IsEmpty ? "0"
            : string.Join(" + ", this.terms.Select(t => t.ToString())).Replace("+ -", "- ", StringComparison.Ordinal);
        hash = string.GetHashCode(text, StringComparison.Ordinal);
    }

    // A number needs no normal form: positions of parts in a long tensor are numbers too.
    private Dim(long value)
    {
        terms = value == 0 ? [] : [new Term(value, [])];
        text = value.ToString(CultureInfo.InvariantCulture);
        hash = string.GetHashCode(text, StringComparison.Ordinal);
    }

    /// <summary>The extent 1.</summary>
    public static Dim One { get; } = Of(1);

    /// <summary>The extent 0.</summary>
    public static Dim Zero { get; } = Of(0);

    /// <summary>Whether this is a number, known when the graph is built.</summary>
    public bool IsConstant => terms.IsEmpty || (terms.Length == 1 && terms[0].Factors.IsEmpty);

    /// <summary>The symbols that occur, each once.</summary>
    public IEnumerable<string> Symbols => terms.SelectMany(t => t.Factors).SelectMany(f => f.Symbols).Distinct();

    /// <summary>The number in the sum that this is; 0 where there is none.</summary>
    internal long ConstantTerm => !terms.IsEmpty && terms[0].Factors.IsEmpty ? terms[0].Coefficient : 0;

    /// <summary>
    /// Whether this is plainly at least 0 whatever the symbols are: a sum of products of natural numbers, where a
    /// quotient that is taken away counts as not rounded, and one that is added as 0. True is certain, false is not.
    /// </summary>
    internal bool IsPlainlyNatural
    {
        get
        {
            var least = new Dictionary<string, double>(StringComparer.Ordinal);
            return TryAddLeast(1, least) && least.Values.All(coefficient => coefficient >= 0);
        }
    }

    /// <summary>The number that this is.</summary>
    /// <exception cref="InvalidOperationException">It holds a symbol.</exception>
    public long Constant => TryConstant(out long value) ? value
        : throw new InvalidOperationException($"extent {this} is not a number; bind its symbols first.");

    /// <summary>A constant extent; a negative one is a difference on its way to an extent.</summary>
    public static Dim Of(long value) => value >= 0 && value < Small.Length ? Small[value] : new(value);

    /// <summary>A named extent.</summary>
    public static Dim Symbol(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new([new Term(1, [new SymbolFactor(name)])]);
    }

    /// <summary>A constant extent.</summary>
    public static implicit operator Dim(long value) => Of(value);

    /// <summary>A named extent.</summary>
    public static implicit operator Dim(string symbol) => Symbol(symbol);

    /// <summary>Text followed by an extent: a message under construction, never a symbol of that name.</summary>
    public static string operator +(string text, Dim dim) => string.Concat(text, dim);

    /// <inheritdoc cref="op_Addition(string, Dim)"/>
    public static string operator +(Dim dim, string text) => string.Concat(dim, text);

    /// <summary>Sum.</summary>
    public static Dim operator +(Dim a, Dim b) => a.TryConstant(out long x) && b.TryConstant(out long y)
        ? Of(checked(x + y)) : Collect(a.terms.Concat(b.terms));

    /// <summary>Difference.</summary>
    public static Dim operator -(Dim a, Dim b) => a + b * -1;

    /// <summary>Product.</summary>
    public static Dim operator *(Dim a, Dim b) => a.TryConstant(out long x) && b.TryConstant(out long y)
        ? Of(checked(x * y)) : Collect(a.terms.SelectMany(_ => b.terms, (s, t) => s.Times(t)));

    /// <summary>Product of all; 1 of none.</summary>
    public static Dim Product(IEnumerable<Dim> factors) => factors.Aggregate(One, (product, d) => product * d);

    /// <summary>Quotient rounded toward minus infinity.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="b"/> is the number 0.</exception>
    public static Dim FloorDivide(Dim a, Dim b)
    {
        if (b.TryConstant(out long divisor) && divisor == 0)
            throw new DivideByZeroException($"extent {a} divided by 0");
        if (a.TryConstant(out long x) && b.IsConstant)
            return Of(Math.DivRem(x, divisor) is var (q, r) && r != 0 && (r < 0) != (divisor < 0) ? q - 1 : q);
        return a.TryExactQuotient(b) ?? new([new Term(1, [new QuotientFactor(a, b)])]);
    }

    /// <summary>Whether this is a number, and which.</summary>
    public bool TryConstant(out long value)
    {
        value = terms.IsEmpty ? 0 : terms[0].Coefficient;
        return IsConstant;
    }

    /// <summary>The number that this is once symbols are bound.</summary>
    /// <exception cref="InvalidOperationException">A symbol is not bound.</exception>
    public long Evaluate(IReadOnlyDictionary<string, long> bindings) => TryConstant(out long value) ? value :
        terms.Sum(t => t.Factors.Aggregate(t.Coefficient, (product, f) => checked(product * f.Evaluate(bindings))));

    /// <summary>Solves <c>this = value</c> where this is <c>coefficient * symbol + constant</c>.</summary>
    /// <returns>Whether it has that form and the solution is a whole number.</returns>
    public bool TrySolve(long value, out string symbol, out long solution)
    {
        (symbol, solution) = ("", 0);
        var constant = terms.FirstOrDefault(t => t.Factors.IsEmpty)?.Coefficient ?? 0;
        if (terms.Where(t => !t.Factors.IsEmpty).ToList() is not [{ Factors: [SymbolFactor { Name: var name }] } linear])
            return false;
        (symbol, solution) = (name, (value - constant) / linear.Coefficient);
        return (value - constant) % linear.Coefficient == 0;
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other) => ReferenceEquals(this, other) || (other is not null && hash == other.hash && text == other.text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <summary>Whether two extents have the same normal form, hence are equal for every binding.</summary>
    public static bool operator ==(Dim? a, Dim? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Whether two extents have different normal forms; they may still be equal for some bindings.</summary>
    public static bool operator !=(Dim? a, Dim? b) => !(a == b);

    // Adds coefficients of products of symbols, whose sum `scale` times this exceeds or equals.
    private bool TryAddLeast(double scale, Dictionary<string, double> least)
    {
        foreach (var term in terms)
        {
            double coefficient = scale * term.Coefficient;
            if (term.Factors.All(f => f is SymbolFactor))
                least[term.Key] = least.GetValueOrDefault(term.Key) + coefficient;
            else if (term.Factors is not [QuotientFactor { Denominator: { IsConstant: true, Constant: > 0 and var divisor } } quotient]
                || !(coefficient > 0 ? quotient.Numerator.IsPlainlyNatural : quotient.Numerator.TryAddLeast(coefficient / divisor, least)))
                return false;
        }
        return true;
    }

    private static Dim Collect(IEnumerable<Term> terms) =>
        new(terms.GroupBy(t => t.Key, StringComparer.Ordinal).Select(g => new Term(g.Sum(t => t.Coefficient), g.First().Factors)));

    // a / b where b is a single term that divides every term of a: (6*n*m) / (2*n) = 3*m.
    private Dim? TryExactQuotient(Dim b)
    {
        if (b.terms.Length != 1)
            return Equals(b) ? One : null;
        var quotients = terms.Select(t => t.TryDivide(b.terms[0])).ToList();
        return quotients.TrueForAll(q => q is not null) ? Collect(quotients!) : null;
    }

    private abstract record Factor
    {
        public abstract string Key { get; }
        public abstract IEnumerable<string> Symbols { get; }
        public abstract long Evaluate(IReadOnlyDictionary<string, long> bindings);
    }

    private sealed record SymbolFactor(string Name) : Factor
    {
        public override string Key => Name;
        public override IEnumerable<string> Symbols => [Name];
        public override long Evaluate(IReadOnlyDictionary<string, long> bindings) => bindings.TryGetValue(Name, out long value)
            ? value : throw new InvalidOperationException($"symbol '{Name}' is not bound by the shape of any input.");
    }

    private sealed record QuotientFactor(Dim Numerator, Dim Denominator) : Factor
    {
        public override string Key => $"(({Numerator}) // ({Denominator}))";
        public override IEnumerable<string> Symbols => Numerator.Symbols.Concat(Denominator.Symbols);
        public override long Evaluate(IReadOnlyDictionary<string, long> bindings) =>
            FloorDivide(Of(Numerator.Evaluate(bindings)), Of(Denominator.Evaluate(bindings))).Constant;
    }

    private sealed record Term(long Coefficient, ImmutableArray<Factor> Factors)
    {
        public string Key { get; } = string.Join("*", Factors.Select(f => f.Key));

        public Term Times(Term other) => new(checked(Coefficient * other.Coefficient),
            [.. Factors.Concat(other.Factors).OrderBy(f => f.Key, StringComparer.Ordinal)]);

        public Term? TryDivide(Term other)
        {
            if (Coefficient % other.Coefficient != 0)
                return null;
            var rest = Factors.ToList();
            return other.Factors.All(rest.Remove) ? new(Coefficient / other.Coefficient, [.. rest]) : null;
        }

        public override string ToString() => Factors.IsEmpty ? Coefficient.ToString(CultureInfo.InvariantCulture)
            : Coefficient == 1 ? Key : string.Create(CultureInfo.InvariantCulture, $"{Coefficient}*{Key}");
    }
}
