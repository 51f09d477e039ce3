using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Sums of rows by segment, <c>y[s] = sum of x[i] where segments[i] = s</c>, in index order; of an empty segment,
    /// 0.
    /// </summary>
    /// <param name="x">Rows along axis 0.</param>
    /// <param name="segments">A vector of int32 or int64: the segment of each row, from 0 to <paramref name="count"/> -
    /// 1; another value is an error while running.</param>
    /// <param name="count">How many segments there are.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of shape <c>[count, ..x.Shape[1..]]</c>.</returns>
    /// <exception cref="GraphException">There is not one segment per row, or the elements are no numbers.</exception>
    public static Node SegmentSum(Node x, Node segments, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Segmented("segment-sum", x, segments, count, 0, ScatterMode.Add, Origin.At(file, line));

    /// <summary>Products of rows by segment; of an empty segment, 1.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Node SegmentProduct(Node x, Node segments, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Segmented("segment-product", x, segments, count, 1, ScatterMode.Multiply, Origin.At(file, line));

    /// <summary>
    /// Largest elements of rows by segment; of an empty segment, -∞ or the smallest integer. Ties share the derivative.
    /// </summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Node SegmentMax(Node x, Node segments, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Segmented("segment-max", x, segments, count, double.NegativeInfinity, ScatterMode.Max, Origin.At(file, line));

    /// <summary>
    /// Smallest elements of rows by segment; of an empty segment, ∞ or the largest integer. Ties share the derivative.
    /// </summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Node SegmentMin(Node x, Node segments, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Segmented("segment-min", x, segments, count, double.PositiveInfinity, ScatterMode.Min, Origin.At(file, line));

    /// <summary>Means of rows by segment; of an empty segment, NaN, the mean of nothing.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Node SegmentMean(Node x, Node segments, Dim count,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        var sizes = Convert(BinCount(segments, count), x.DType);
        return SegmentSum(x, segments, count) / Reshape(sizes, Shape.Of(x.Shape.Select((_, a) => a == 0 ? count : 1)));
    }

    /// <summary>
    /// How often each number occurs, <c>y[k] = how many indices are k</c>, as int64; or with weights, the sum of
    /// theirs.
    /// </summary>
    /// <param name="indices">int32 or int64 of any shape, each from 0 to <paramref name="count"/> - 1; another value is
    /// an error while running.</param>
    /// <param name="count">How many numbers there are.</param>
    /// <param name="weights">A tensor of the shape of <paramref name="indices"/>; its cotangent is gathered. Ones by
    /// default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Indices are no integers, or the weights have another shape.</exception>
    public static Node BinCount(Node indices, Dim count, Node? weights = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        weights ??= BroadcastTo(Scalar(DType.Int64, 1), indices.Shape);
        return ScatterAdd(BroadcastTo(Scalar(weights.DType, 0), [count]), indices, weights);
    }

    /// <summary>
    /// How many elements lie in each bin, <c>edges[k] ≤ x &lt; edges[k + 1]</c> (the last bin holds its upper edge as
    /// well), as int64. NaN and what lies outside count nowhere.
    /// </summary>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="edges">An ascending vector of the same type, with at least two elements.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The edges are no vector of two or more.</exception>
    public static Node Histogram(Node x, Node edges, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (edges.Rank != 1 || (edges.Shape[0].TryConstant(out long n) && n < 2))
            throw GraphException.For("histogram", [x, edges], origin, $"edges of shape {edges.Shape} make no bin",
                "give a vector of at least two");
        Node low = Slice(edges, 0, 0, 1), high = Slice(edges, 0, -1);
        var flat = Reshape(x, [x.Shape.ElementCount]);
        var bin = Where(flat >= high, Extent(edges.Shape[0] - 2, DType.Int64),
            SearchSorted(edges, flat, right: true) - 1);
        var counts = And(flat >= low, flat <= high);
        return BinCount(Where(counts, bin, ZerosLike(bin)), edges.Shape[0] - 1, Convert(counts, DType.Int64));
    }

    private static Node Segmented(string name, Node x, Node segments, Dim count, double nothing, ScatterMode mode,
        Origin origin)
    {
        using var _ = Origin.Under(origin);
        if (x.Rank == 0 || segments.Rank != 1)
            throw GraphException.For(name, [x, segments], origin,
                $"rows {x.Shape} and segments {segments.Shape} do not fit",
                    "give a vector with the segment of each row along axis 0");
        return Scatter(FillOf(x.Shape.With(0, count), x.DType, nothing), segments, x, 0, mode);
    }

    private static Node FillOf(Shape shape, DType dtype, double value) => BroadcastTo(Scalar(dtype, value), shape);
}
