using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>Mean over axes, <c>m = sum(x) / n</c>, divided once; of nothing, NaN. Counts may be symbolic.</summary>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="axes">Axes to average over, negative ones counting from the end; all by default.</param>
    /// <param name="keepDims">Whether these axes stay with extent 1.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The elements are no floats, or there is no such axis.</exception>
    public static Node Mean(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(x, axes, keepDims) / Counted(x, axes, correction: 0);
    }

    /// <summary>Variance over axes, <c>sum((x - m)²) / (n - c)</c> with m the mean: two passes, so nothing cancels.</summary>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="axes">Axes to reduce, negative ones counting from the end; all by default.</param>
    /// <param name="keepDims">Whether these axes stay with extent 1.</param>
    /// <param name="correction">c: 0 for the variance of these values, 1 to estimate that of what they were drawn from.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The elements are no floats, or there is no such axis.</exception>
    public static Node Variance(Node x, Axes? axes = null, bool keepDims = false, int correction = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return SumOfSquares(x - Mean(x, axes, keepDims: true), axes, keepDims) / Counted(x, axes, correction);
    }

    /// <summary>Standard deviation over axes, <c>√variance</c>; its slope is 0 where all elements are equal.</summary>
    /// <inheritdoc cref="Variance"/>
    public static Node StandardDeviation(Node x, Axes? axes = null, bool keepDims = false, int correction = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return RootOrZero(Variance(x, axes, keepDims, correction));
    }

    // How many elements meet in one result, less the correction, as a float scalar.
    internal static Node Counted(Node x, Axes? axes, int correction)
    {
        if (!x.DType.IsFloat)
            throw new GraphException($"the mean of {x} ({x.Apply.Origin}) is no {x.DType}; convert it first, e.g. Convert(x, DType.Float32).");
        var counted = axes is null ? x.Shape : axes.Select(a => a < 0 ? a + x.Rank : a).Distinct().Select(a => x.Shape[a]);
        return Extent(counted.Aggregate(Dim.One, (n, d) => n * d) - correction, x.DType);
    }
}
