using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>How <see cref="GradientCheck"/> compares.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>Random directions per operand.</summary>
    public int Directions { get; init; } = 3;

    /// <summary>Elements of the worst operand that are tried one by one.</summary>
    public int Elements { get; init; } = 256;

    /// <summary>
    /// Allowed difference relative to the slope, besides rounding;
    /// by default 1e-6, and 1e-2 where float32 cannot be widened.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>Seed of directions and weights.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One slope, two ways.</summary>
/// <param name="Operand">The input or variable that moves.</param>
/// <param name="Element">Which element moves; empty for a direction of all elements.</param>
/// <param name="Exact">The slope by derivative rules.</param>
/// <param name="Difference">The slope by central differences.</param>
/// <param name="Left">The slope toward smaller values.</param>
/// <param name="Right">The slope toward larger values.</param>
/// <param name="Allowed">How far the first two may be apart.</param>
/// <param name="IsKink">Whether left and right differ however small the step: any slope between them is right.</param>
public sealed record SlopeComparison(
    string Operand, ImmutableArray<long> Element, double Exact, double Difference, double Left, double Right, double Allowed, bool IsKink)
{
    /// <summary>How far the exact slope lies from what differences allow.</summary>
    public double Error => IsKink ? Math.Max(0, Math.Max(Math.Min(Left, Right) - Exact, Exact - Math.Max(Left, Right)))
        : Math.Abs(Exact - Difference);

    /// <summary>Whether both agree. A slope that is NaN agrees with nothing.</summary>
    public bool Agrees => Error <= Allowed;

    /// <summary>Error in units of what is allowed; NaN is the worst.</summary>
    internal double Badness => double.IsNaN(Error) ? double.PositiveInfinity : Error / Allowed;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"slope along {Operand}{(Element.IsEmpty ? "" : $" at [{string.Join(", ", Element)}]")}: {Exact:R} by derivative rules, {Difference:R} by central differences (left {Left:R}, right {Right:R}{(IsKink ? ", a kink" : "")}; allowed {Allowed:0.0e0})");
}

/// <summary>What a <see cref="GradientCheck"/> found.</summary>
/// <param name="Worst">The worst element of the worst operand.</param>
/// <param name="Comparisons">Every direction that was tried.</param>
public sealed record GradientReport(SlopeComparison Worst, ImmutableArray<SlopeComparison> Comparisons)
{
    /// <summary>Whether all slopes agree.</summary>
    public bool Passed => Worst.Agrees && Comparisons.All(c => c.Agrees);

    /// <summary>Directions along which the function has a kink.</summary>
    public int Kinks => Comparisons.Count(c => c.IsKink);

    /// <summary>Throws if a slope disagrees.</summary>
    /// <exception cref="GraphException">One does; names operand, element and both numbers.</exception>
    public void Demand()
    {
        if (!Passed)
            throw new GraphException($"the gradient is wrong: {Comparisons.Append(Worst).MaxBy(c => c.Badness)}\n  worst element: {Worst}.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "passed" : "failed")}, {Comparisons.Length} directions, {Kinks} kinks; worst {Worst}";
}

/// <summary>
/// Compares the gradient of any computation with central differences, for functions of one's own: op by op in reference semantics and in
/// float64, whatever the computation's own types, along random directions, then element by element of the operand that is worst.
/// </summary>
public static class GradientCheck
{
    /// <summary>Checks all float inputs and variables. Float outputs are weighted at random into one number.</summary>
    /// <param name="f">The computation. It may hold derivative requests, so that derivatives of derivatives are checked too.</param>
    /// <param name="at">A value per input: the point at which slopes are compared.</param>
    /// <param name="options">How to compare.</param>
    /// <param name="variables">Values of variables; the initial ones where none is given.</param>
    /// <returns>What was found; <see cref="GradientReport.Demand"/> turns a disagreement into an exception.</returns>
    /// <exception cref="ArgumentException">There is nothing to differentiate, or values do not fit.</exception>
    /// <exception cref="GraphException">An op has no derivative rule.</exception>
    /// <example><code>GradientCheck.Run(new Computation([x], [MyLoss(x)]), [new double[] { 1, 2, 3 }]).Demand();</code></example>
    public static GradientReport Run(Computation f, IReadOnlyList<HostTensor> at, GradientCheckOptions? options = null,
        IReadOnlyDictionary<Variable, HostTensor>? variables = null)
    {
        options ??= new();
        var slopes = Slopes(f, at, variables ?? ImmutableDictionary<Variable, HostTensor>.Empty, options);
        if (slopes.Operands.IsEmpty)
            throw new ArgumentException($"computation '{f.Name}' has no float input or variable, or no float output; there is nothing to differentiate.");
        var random = new Random(options.Seed);
        var found = slopes.Operands.SelectMany(x =>
            Enumerable.Range(0, options.Directions).Select(_ => slopes.Along(x, Direction(slopes.Length(x), random))));
        ImmutableArray<SlopeComparison> comparisons = [.. found];
        var suspect = slopes.Operands[comparisons.IndexOf(comparisons.MaxBy(c => c.Badness)!) / options.Directions];
        return new(WorstElement(slopes, suspect, options.Elements), comparisons);
    }

    // In float64 if every op can be widened; else in the types that it has, with a tolerance to suit.
    private static DirectionalSlopes Slopes(
        Computation f, IReadOnlyList<HostTensor> at, IReadOnlyDictionary<Variable, HostTensor> variables, GradientCheckOptions options)
    {
        var values = f.Variables.ToDictionary(v => v, v => variables.TryGetValue(v, out var given) ? given : v.Initial.Create(v.Type));
        Computation wide;
        try
        {
            wide = Widening.Run(f);
        }
        catch (GraphException)
        {
            return new(f, at, values, options);
        }
        var named = values.ToDictionary(v => v.Key.Name, v => Widening.Widen(v.Value));
        return new(wide, [.. at.Select(Widening.Widen)], wide.Variables.ToDictionary(v => v, v => named[v.Name]), options);
    }

    private static double[] Direction(int length, Random random) =>
        [.. Enumerable.Range(0, length).Select(_ => 2 * random.NextDouble() - 1)];

    private static SlopeComparison WorstElement(DirectionalSlopes slopes, Node operand, int most)
    {
        int n = slopes.Length(operand), step = Math.Max(1, (n + most - 1) / Math.Max(1, most));
        return Enumerable.Range(0, n).Where(i => i % step == 0).Select(i => slopes.AlongElement(operand, i)).MaxBy(c => c.Badness)
            ?? slopes.Along(operand, new double[n]);
    }
}
