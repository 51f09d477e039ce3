using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>The attributes that convolutions and pools share: strides, dilations, paddings and how sizes round.</summary>
internal static class WindowAttributes
{
    /// <summary>The window of a node over the spatial axes of its first operand.</summary>
    /// <param name="x">The node.</param>
    /// <param name="size">Elements of a window, one number per spatial axis.</param>
    public static SlidingWindow Window(this OnnxNode x, IEnumerable<long> size)
    {
        var extents = x[0].Shape.Skip(2).ToArray();
        var window = Plain(x, [.. size.Select(k => Whole(x, k))], extents.Length);
        return x.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" or "" => Padded(x, window),
            "VALID" => window,
            "SAME_UPPER" => window.PaddedToSame(extents),
            "SAME_LOWER" => window.PaddedToSame(extents, isOddAtEnd: false),
            var mode => throw x.Unsupported($"auto_pad '{mode}'"),
        };
    }

    /// <summary>The window of a pool, with sizes rounded up if so asked.</summary>
    public static SlidingWindow Pool(this OnnxNode x)
    {
        var window = x.Window(x.Ints("kernel_shape") ?? throw x.Error("its kernel_shape is missing"));
        return x.Flag("ceil_mode") ? window.RoundedUp(x[0].Shape.Skip(2)) : window;
    }

    /// <summary>Strides and dilations of a node, without paddings.</summary>
    public static SlidingWindow Plain(OnnxNode x, Axes size, int rank)
    {
        var window = new SlidingWindow(size) { Stride = Listed(x, "strides", 1, size),
            Dilation = Listed(x, "dilations", 1, size) };
        return size.Count == rank && window.IsWellFormed ? window
            : throw x.Error($"a window {size} with strides {window.Stride} and dilations {window.Dilation} does not fit {rank} spatial axes of {x[0].Shape}");
    }

    /// <summary>A window with the paddings of a node.</summary>
    public static SlidingWindow Padded(OnnxNode x, SlidingWindow window)
    {
        var pads = x.Ints("pads") ?? [.. new long[2 * window.Rank]];
        return pads.Length == 2 * window.Rank && pads.All(p => p is >= 0 and <= 1 << 24)
            ? window with { Low = [.. pads.Take(window.Rank).Select(p => (int)p)],
                High = [.. pads.Skip(window.Rank).Select(p => (int)p)] }
            : throw x.Error($"pads [{string.Join(", ", pads)}] do not fit {window.Rank} spatial axes");
    }

    /// <summary>An attribute with one number per spatial axis, or a default.</summary>
    public static Axes Listed(OnnxNode x, string name, int otherwise, Axes like) =>
        x.Ints(name) is { } given ? [.. given.Select(n => Whole(x, n))] : [.. like.Select(_ => otherwise)];

    private static int Whole(OnnxNode x, long n) =>
        n is >= 0 and < 1 << 15 ? (int)n : throw x.Error($"{n} is no size of a window");
}
