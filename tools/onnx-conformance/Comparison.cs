using System.Globalization;

namespace Adjoint.OnnxConformance;

/// <summary>Compares tensors: |got - expected| &lt;= tolerance * (1 + |expected|), NaN with NaN, infinities by sign.</summary>
internal static class Comparison
{
    /// <summary>The first difference in words, or null.</summary>
    /// <param name="what">What is compared.</param>
    /// <param name="got">The tensor in question.</param>
    /// <param name="expected">The tensor that it should be.</param>
    /// <param name="tolerance">0 for equality.</param>
    /// <param name="sameDType">Whether element types must agree; not where float32 was widened.</param>
    public static string? Difference(string what, HostTensor got, HostTensor expected, double tolerance, bool sameDType = true)
    {
        if (TypeDifference(what, got, expected, sameDType) is { } type)
            return type;
        if (!got.DType.IsFloat && got.Bytes.SequenceEqual(expected.Bytes))
            return null;
        double[] g = Doubles(got), e = Doubles(expected);
        int worst = -1;
        double excess = tolerance;
        for (int i = 0; i < g.Length; i++)
            if (Error(g[i], e[i]) is var error && (error > excess || double.IsNaN(error)))
                (worst, excess) = (i, error);
        if (worst < 0 && !got.DType.IsFloat)
            return $"{what} differs beyond the digits of float64";
        return worst < 0 ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{what}[{worst}] is {g[worst]:R}, expected {e[worst]:R} (scaled error {excess:e1}, tolerance {tolerance:e0})");
    }

    /// <summary>The difference of shape and element type in words, or null.</summary>
    public static string? TypeDifference(string what, HostTensor got, HostTensor expected, bool sameDType = true) =>
        (got.DType == expected.DType || !sameDType) && got.Shape.SequenceEqual(expected.Shape)
            ? null : $"{what} is {got}, expected {expected}";

    /// <summary>Elements as float64.</summary>
    public static double[] Doubles(HostTensor t) => t.DType.Visit(new AsDoubles(t));

    private static double Error(double got, double expected) =>
        got == expected || (double.IsNaN(got) && double.IsNaN(expected)) ? 0
        : double.IsFinite(got) && double.IsFinite(expected)
            ? Math.Abs(got - expected) / (1 + Math.Abs(expected)) : double.PositiveInfinity;

    private readonly struct AsDoubles(HostTensor t) : IDTypeVisitor<double[]>
    {
        public double[] Visit<T>() where T : unmanaged => Array.ConvertAll(t.ToArray<T>(), v => ((IConvertible)v).ToDouble(null));
    }
}
