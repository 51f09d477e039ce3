using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Order statistics, composed of a sort and two gathers.</content>
public static partial class Ops
{
    /// <summary>
    /// The q-quantile along an axis: the element at position q (n - 1) of the sorted ones, or between its neighbours in
    /// proportion. NaN if any element is NaN. Cotangents go to the elements chosen, by their weights.
    /// </summary>
    /// <param name="x">float32 or float64.</param>
    /// <param name="q">From 0 to 1.</param>
    /// <param name="axis">The axis, which disappears; a negative one counts from the end. Of no elements: an error while running.</param>
    /// <param name="keepDims">Keeps it with extent 1.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, or x holds no floats.</exception>
    /// <exception cref="ArgumentOutOfRangeException">q is below 0 or above 1.</exception>
    public static Node Quantile(Node x, double q, int axis = -1, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        q is >= 0 and <= 1 ? QuantileOf("quantile", x, q, axis, keepDims, Origin.At(file, line))
        : throw new ArgumentOutOfRangeException(nameof(q), q, "quantiles are from 0 to 1.");

    /// <summary>The median along an axis: the middle element, or the mean of the two middle ones. NaN if any element is NaN.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Node Median(Node x, int axis = -1, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        QuantileOf("median", x, 0.5, axis, keepDims, Origin.At(file, line));

    private static Node QuantileOf(string name, Node x, double q, int axis, bool keepDims, Origin origin)
    {
        axis = AxisOf(name, x, axis, x.Rank, origin);
        if (!x.DType.IsFloat)
            throw GraphException.For(name, [x], origin, $"x[0] is {x.DType}, but must be float32 or float64",
                "convert it first, e.g. Convert(x, DType.Float64)");
        return Call.Of(name, origin, [x], a => Interpolated(a[0], q, axis, keepDims));
    }

    private static Node Interpolated(Node x, double q, int axis, bool keepDims)
    {
        var sorted = Sort(x, axis);
        var position = Extent(x.Shape[axis] - 1, DType.Float64) * q;
        Node At(Node number) => Gather(sorted, Convert(number, DType.Int64), axis);
        var (below, above, weight) = (At(Floor(position)), At(Ceiling(position)), Convert(position - Floor(position), x.DType));
        var (largest, between) = (At(Extent(x.Shape[axis] - 1, DType.Float64)), below * (1 - weight) + above * weight);
        var value = Where(IsNaN(largest), largest, Where(Equal(weight, ZerosLike(weight)), below, between));
        return keepDims ? ExpandDims(value, axis) : value;
    }
}
