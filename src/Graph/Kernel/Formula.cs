namespace Adjoint.Kernels;

/// <summary>
/// A value of a procedure under construction, with operators that emit instructions, so that algorithms read as in a
/// textbook. A plain number takes the type of what it meets.
/// </summary>
/// <remarks>Comparisons give masks; <c>&amp;</c>, <c>|</c> and <c>!</c> join them.</remarks>
public readonly struct Formula
{
    private readonly Procedure? procedure;
    private readonly Value value;
    private readonly double number;

    internal Formula(Procedure procedure, Value value) => (this.procedure, this.value) = (procedure, value);

    private Formula(double number) => this.number = number;

    /// <summary>The element type; null of a plain number.</summary>
    public DType? Type => procedure is null ? null : value.Type;

    /// <summary>The value in a procedure; a plain number becomes a constant of type <paramref name="type"/>.</summary>
    public Value In(Procedure owner, DType type) => procedure is null ? owner.Body.Constant(type, number) : value;

    /// <summary>A number whose type is that of what it meets.</summary>
    public static implicit operator Formula(double number) => new(number);

    /// <summary>Sum.</summary>
    public static Formula operator +(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Add(v, w));

    /// <summary>Difference.</summary>
    public static Formula operator -(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Subtract(v, w));

    /// <summary>Product.</summary>
    public static Formula operator *(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Multiply(v, w));

    /// <summary>Quotient.</summary>
    public static Formula operator /(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Divide(v, w));

    /// <summary>Whether x is less; false with NaN.</summary>
    public static Formula operator <(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Less(v, w));

    /// <summary>Whether x is greater; false with NaN.</summary>
    public static Formula operator >(Formula x, Formula y) => y < x;

    /// <summary>Whether x is at most y; false with NaN.</summary>
    public static Formula operator <=(Formula x, Formula y) => Join(x, y, (b, v, w) => b.LessOrEqual(v, w));

    /// <summary>Whether x is at least y; false with NaN.</summary>
    public static Formula operator >=(Formula x, Formula y) => y <= x;

    /// <summary>Both.</summary>
    public static Formula operator &(Formula x, Formula y) => Join(x, y, (b, v, w) => b.And(v, w));

    /// <summary>Either.</summary>
    public static Formula operator |(Formula x, Formula y) => Join(x, y, (b, v, w) => b.Or(v, w));

    /// <summary>Complement.</summary>
    public static Formula operator !(Formula x) => x.Map((b, v) => b.Not(v));

    /// <summary>Negation.</summary>
    public static Formula operator -(Formula x) => x.Map((b, v) => b.Negate(v));

    /// <summary>Whether both are equal, a mask; false with NaN.</summary>
    public Formula Is(Formula other) => Join(this, other, (b, v, w) => b.Equal(v, w));

    /// <summary>Magnitude.</summary>
    public Formula Abs() => Map((b, v) => b.Abs(v));

    /// <summary>Square root.</summary>
    public Formula Sqrt() => Map((b, v) => b.Sqrt(v));

    /// <summary>e to this power.</summary>
    public Formula Exp() => Map((b, v) => b.Exp(v));

    /// <summary>Natural logarithm.</summary>
    public Formula Log() => Map((b, v) => b.Log(v));

    /// <summary>Hyperbolic tangent.</summary>
    public Formula Tanh() => Map((b, v) => b.Tanh(v));

    /// <summary>The larger of two; NaN wins.</summary>
    public Formula Max(Formula other) => Join(this, other, (b, v, w) => b.Max(v, w));

    /// <summary>The smaller of two; NaN wins.</summary>
    public Formula Min(Formula other) => Join(this, other, (b, v, w) => b.Min(v, w));

    /// <summary>This times a factor plus a term, rounded once.</summary>
    public Formula TimesPlus(Formula factor, Formula term)
    {
        var (x, y, z) = (value, factor.In(procedure!, value.Type), term.In(procedure!, value.Type));
        return new(procedure!, procedure!.Body.MultiplyAdd(x, y, z));
    }

    /// <summary>Where this mask holds the one, elsewhere the other.</summary>
    public Formula Choose(Formula then, Formula otherwise)
    {
        var mask = value;
        return Join(then, otherwise, (b, v, w) => b.Select(mask, v, w));
    }

    /// <summary>The same number in another type.</summary>
    public Formula To(DType type) => Map((b, v) => b.Convert(v, type));

    private Formula Map(Func<Body, Value, Value> emit) => new(procedure!, emit(procedure!.Body, value));

    private static Formula Join(Formula x, Formula y, Func<Body, Value, Value, Value> emit)
    {
        var owner = x.procedure ?? y.procedure ?? throw new ArgumentException("two plain numbers have no type; compute with them in C#.");
        var type = x.Type ?? y.Type!;
        return new(owner, emit(owner.Body, x.In(owner, type), y.In(owner, type)));
    }
}
