using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Pooling over sliding windows and over all of the spatial axes.</summary>
internal static class Pools
{
    public static IEnumerable<Importer> All =>
    [
        Many("MaxPool", MaxPool), One("AveragePool", AveragePool), One("LpPool", LpPool), One("MaxUnpool", MaxUnpool),
        One("GlobalMaxPool", x => Ops.Max(x[0], Spatial(x), keepDims: true)),
        One("GlobalAveragePool", x => Ops.Mean(x[0], Spatial(x), keepDims: true)),
        One("GlobalLpPool", x => Root(Ops.Sum(Ops.Pow(Ops.Abs(x[0]), Power(x)), Spatial(x), keepDims: true), Power(x))),
    ];

    private static Axes Spatial(OnnxNode x) =>
        x[0].Rank > 2 ? [.. Enumerable.Range(2, x[0].Rank - 2)] : throw x.Error($"{x[0].Shape} has no spatial axes");

    private static ImmutableArray<Node> MaxPool(OnnxNode x)
    {
        var window = x.Pool();
        if (!x.Wants(1))
            return [Ops.MaxPool(x[0], window, sharesTies: true)];
        var (values, positions) = Ops.MaxPoolWithPositions(x[0], window);
        return [values, FlatPositions(x[0].Shape, positions, window, columnsFirst: x.Int("storage_order", 0) == 1)];
    }

    // From the position in a window to that in the whole tensor; spatial axes last to first where columns come first.
    private static Node FlatPositions(Shape shape, Node inWindow, SlidingWindow window, bool columnsFirst)
    {
        Node At(int axis) => Ops.Iota(inWindow.Shape, axis, DType.Int64);
        Node flat = At(0) * Ops.Extent(shape[1], DType.Int64) + At(1), rest = inWindow;
        var spatial = new Node[window.Rank];
        for (int a = window.Rank - 1; a >= 0; a--)
        {
            Node above = rest / window.Size[a];
            spatial[a] = At(2 + a) * window.Stride[a] - window.Low[a] + (rest - above * window.Size[a]) * window.Dilation[a];
            rest = above;
        }
        foreach (int a in columnsFirst ? Enumerable.Range(0, window.Rank).Reverse() : Enumerable.Range(0, window.Rank))
            flat = flat * Ops.Extent(shape[2 + a], DType.Int64) + spatial[a];
        return flat;
    }

    // Positions are those in a result of the extents that the pool would have had; another shape asked for is cut or
    // filled up at its end.
    private static Node MaxUnpool(OnnxNode x)
    {
        var (values, positions) = (x[0], x[1]);
        var size = x.Ints("kernel_shape") ?? throw x.Error("its kernel_shape is missing");
        var window = WindowAttributes.Padded(x,
            WindowAttributes.Plain(x, [.. size.Select(k => (int)Math.Clamp(k, 0, int.MaxValue))], values.Rank - 2));
        Shape inferred = [values.Shape[0], values.Shape[1], .. Enumerable.Range(0, window.Rank)
            .Select(a => (values.Shape[2 + a] - 1) * window.Stride[a] + (window.Size[a] - window.Low[a] - window.High[a]))];
        var zeros = Ops.BroadcastTo(Ops.Scalar(values.DType, 0), [inferred.ElementCount]);
        var flat = Ops.ScatterElements(zeros, Ops.Reshape(positions, [positions.Shape.ElementCount]),
            Ops.Reshape(values, [values.Shape.ElementCount]));
        var y = Ops.Reshape(flat, inferred);
        return x.Optional(2) is null ? y
            : Ops.Pad(y, 0, Shape.Of(inferred.Select(_ => Dim.Zero)),
                Shape.Of(x.Extents(2).Select((extent, a) => extent - inferred[a])));
    }

    private static Node AveragePool(OnnxNode x)
    {
        bool counts = x.Flag("count_include_pad");
        var window = x.Pool();
        if (!counts || !x.Flag("ceil_mode"))
            return Ops.AveragePool(x[0], window, counts);
        // What rounding up adds behind the declared padding is never counted.
        var declared = x.Window(window.Size.Select(k => (long)k));
        Axes none = [.. window.Low.Select(_ => 0)];
        var ones = Ops.BroadcastTo(Ops.Scalar(x[0].DType, 1),
            [1, 1, .. x[0].Shape.Skip(2).Select((d, a) => d + (declared.Low[a] + declared.High[a]))]);
        var inside = window with { Low = none, High = [.. window.High.Zip(declared.High, (all, own) => all - own)] };
        return Ops.WindowSum(x[0], window) / Ops.WindowSum(ones, inside);
    }

    private static Node LpPool(OnnxNode x) => Root(Ops.WindowSum(Ops.Pow(Ops.Abs(x[0]), Power(x)), x.Pool()), Power(x));

    // An attribute of float32 in version 1, a whole number since.
    private static int Power(OnnxNode x) => (int)Math.Clamp(x.Opset < 2 ? (long)x.Number("p", 2) : x.Int("p", 2), 1, 1 << 10);

    // 0 with slope 0 where all of a window is 0.
    private static Node Root(Node sum, int p)
    {
        var empty = Ops.Equal(sum, Ops.ZerosLike(sum));
        var safe = Ops.Where(empty, Ops.OnesLike(sum), sum);
        return Ops.Where(empty, Ops.ZerosLike(sum), p == 1 ? safe : p == 2 ? Ops.Sqrt(safe) : Ops.Pow(safe, 1.0 / p));
    }
}
