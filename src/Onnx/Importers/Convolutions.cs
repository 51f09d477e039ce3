using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Convolutions and their adjoints.</summary>
internal static class Convolutions
{
    public static IEnumerable<Importer> All =>
    [
        One("Conv", x => Ops.Convolution(x[0], x[1], x.Optional(2), x.Window(Filter(x)), Groups(x))),
        One("ConvTranspose", Transposed), One("Col2Im", ColumnsToImage),
    ];

    /// <summary>Into how many groups channels are divided.</summary>
    public static int Groups(OnnxNode x) => (int)Math.Clamp(x.Int("group", 1), 0, int.MaxValue);

    /// <summary>The spatial extents of the weights.</summary>
    public static IEnumerable<long> Filter(OnnxNode x) => x[1].Shape.Skip(2)
        .Select(d => d.TryConstant(out long k) ? k : throw x.Unsupported("a filter of symbolic size"));

    // Paddings are given, or follow from the extents that the result is to have.
    private static Node Transposed(OnnxNode x)
    {
        var window = WindowAttributes.Plain(x, [.. Filter(x).Select(k => (int)k)], x[0].Rank - 2);
        var extra = WindowAttributes.Listed(x, "output_padding", 0, window.Size);
        string pad = x.Text("auto_pad", "NOTSET");
        var wanted = x.Ints("output_shape") ?? (pad.StartsWith("SAME", StringComparison.Ordinal) ? Same(x, window) : null);
        window = wanted is { } extents
            ? Fitting(x, window, extra, extents, pad == "SAME_UPPER") : pad == "VALID"
            ? window : WindowAttributes.Padded(x, window);
        var results = Shape.Of(Enumerable.Range(0, window.Rank).Select(a =>
            wanted is { } e ? e[^(window.Rank - a)] : (x[0].Shape[2 + a] - 1) * window.Stride[a]
                + (extra[a] + window.Reach(a) - window.Low[a] - window.High[a])));
        return Ops.ConvolutionTranspose(x[0], x[1], x.Optional(2), window, Groups(x), results);
    }

    private static ImmutableArray<long> Same(OnnxNode x, SlidingWindow window) =>
        [.. window.Stride.Select((s, a) => x[0].Shape[2 + a].Constant * s)];

    // The odd one of a padding goes to the end for SAME_UPPER, else to the beginning.
    private static SlidingWindow Fitting(OnnxNode x, SlidingWindow window, Axes extra, ImmutableArray<long> extents,
        bool isOddAtEnd)
    {
        if (extents.Length < window.Rank)
            throw x.Error($"output_shape has {extents.Length} numbers for {window.Rank} spatial axes");
        int[] total = [.. Enumerable.Range(0, window.Rank).Select(a => (int)Math.Clamp(
            (x[0].Shape[2 + a].Constant - 1) * window.Stride[a] + extra[a] + window.Reach(a)
                - extents[^(window.Rank - a)], 0, int.MaxValue))];
        Axes small = [.. total.Select(t => t / 2)], large = [.. total.Select(t => t - t / 2)];
        return isOddAtEnd ? window with { Low = small, High = large } : window with { Low = large, High = small };
    }

    // Columns [n, c * block, windows] are added up where they were taken from.
    private static Node ColumnsToImage(OnnxNode x)
    {
        var (columns, image, block) = (x[0], x.Longs(1), x.Longs(2));
        var window = WindowAttributes.Padded(x,
            WindowAttributes.Plain(x, [.. block.Select(k => (int)Math.Clamp(k, 0, int.MaxValue))], image.Length));
        Dim n = columns.Shape[0], channels = Dim.FloorDivide(columns.Shape[1], window.Count);
        int rank = window.Rank;
        var cells = Ops.Reshape(columns,
            [n, channels, .. block.Select(k => (Dim)k), .. image.Select((extent, a) => window.Windows(a, extent))]);
        Node y = Ops.Transpose(cells, [0, 1, .. Enumerable.Range(2 + rank, rank), .. Enumerable.Range(2, rank)]);
        for (int a = rank - 1; a >= 0; a--)
            y = Ops.Fold(y, 2 + a, image[a] + window.Low[a] + window.High[a], window.Stride[a], window.Dilation[a]);
        return Ops.Slice(y, [0, 0, .. window.Low.Select(p => (Dim)p)], [n, channels, .. image.Select(Dim.Of)]);
    }
}
