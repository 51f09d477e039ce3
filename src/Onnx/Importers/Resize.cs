using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Resampling to another size, axis by axis: each element is a weighted sum of a few neighbours, known now.</summary>
internal static class Resize
{
    public static IEnumerable<Importer> All =>
    [
        One("Upsample", x => Scaled(x, [.. x.Floats("scales") ?? throw x.Error("its scales are missing")]), until: 8),
        One("Upsample", x => Scaled(x, Numbers.Doubles(x.Known(1))), since: 9),
        One("Resize", x => Scaled(x, Numbers.Doubles(x.Known(1))), since: 10, until: 10),
        One("Resize", Import, since: 11),
    ];

    // Before version 11 positions count from the corner; the nearest element is the one before, or when shrinking the one after.
    private static Node Scaled(OnnxNode x, double[] scales)
    {
        if (scales.Length != x[0].Rank)
            throw x.Error($"there are {scales.Length} scales for {x[0].Rank} axes");
        var kernel = new ResizeKernel(x.Text("mode", "nearest"), "by_scale", "asymmetric");
        return Apply(x, [.. scales.Select((s, a) => ByScale(x, a, s))], kernel, 0);
    }

    private static Node Import(OnnxNode x)
    {
        var axes = x.Axes(x.Ints("axes") ?? [.. Enumerable.Range(0, x[0].Rank).Select(a => (long)a)], x[0].Rank);
        var kernel = new ResizeKernel(x.Text("mode", "nearest"), x.Text("nearest_mode", "round_prefer_floor"),
            x.Text("coordinate_transformation_mode", "half_pixel"))
        {
            CubicA = x.Number("cubic_coeff_a", -0.75f),
            ExcludesOutside = x.Flag("exclude_outside"),
            Antialias = x.Flag("antialias"),
        };
        double[]? scales = Listed(x, 2, axes), sizes = Listed(x, 3, axes);
        double[]? roi = kernel.Crops ? Numbers.Doubles(x.Known(1)) : null;
        if ((scales is null) == (sizes is null) || (roi is not null && roi.Length != 2 * axes.Count))
            throw x.Error("either scales or sizes have to be given, and a region if it crops");
        var resized = sizes is null ? axes.Select((a, i) => ByScale(x, a, scales![i])) : BySize(x, axes, sizes);
        if (roi is not null)
            resized = resized.Select((r, i) => r with { Start = roi[i], End = roi[axes.Count + i] });
        return Apply(x, [.. resized], kernel, x.Number("extrapolation_value", 0));
    }

    private static ResizeAxis ByScale(OnnxNode x, int axis, double scale) =>
        new(axis, Extent(x, axis), Size(x, Math.Floor(Extent(x, axis) * scale)), scale);

    private static double[]? Listed(OnnxNode x, int input, Axes axes) =>
        x.Optional(input) is null || x.Known(input).Length == 0 ? null
        : Numbers.Doubles(x.Known(input)) is var list && list.Length == axes.Count ? list
        : throw x.Error($"input {input} has {list.Length} numbers for {axes.Count} axes");

    // Sizes may be bounds that keep the ratio of the sides; then halves round up.
    private static IEnumerable<ResizeAxis> BySize(OnnxNode x, Axes axes, double[] sizes)
    {
        var ratios = axes.Select((a, i) => sizes[i] / Extent(x, a)).ToArray();
        double? common = x.Text("keep_aspect_ratio_policy", "stretch") switch
        {
            "stretch" => null,
            "not_larger" => ratios.Min(),
            "not_smaller" => ratios.Max(),
            var policy => throw x.Unsupported($"keep_aspect_ratio_policy '{policy}'"),
        };
        double Wanted(int axis, double size) => common is { } ratio ? Math.Floor(ratio * Extent(x, axis) + 0.5) : size;
        return axes.Select((a, i) => new ResizeAxis(a, Extent(x, a), Size(x, Wanted(a, sizes[i])), common ?? ratios[i]));
    }

    private static int Extent(OnnxNode x, int axis) => x[0].Shape[axis].TryConstant(out long n) && n <= int.MaxValue ? (int)n
        : throw x.Unsupported($"resampling along a symbolic extent {x[0].Shape[axis]}");

    private static int Size(OnnxNode x, double size) =>
        size is >= 0 and <= 1 << 20 ? (int)size : throw x.Error($"{size} is no extent to resample to");

    private static Node Apply(OnnxNode x, ImmutableArray<ResizeAxis> axes, ResizeKernel kernel, double outside)
    {
        if (axes.Any(a => a.From == 0 && a.To > 0))
            throw x.Error("there is nothing to resample along an empty axis");
        Node y = x[0];
        Node? covered = null;
        foreach (var axis in axes.Where(a => !a.IsIdentity))
        {
            var taps = kernel.Taps(axis);
            x.Charge(taps.Count);
            y = WeightedSum(y, axis, taps);
            if (kernel.Crops)
                covered = Both(covered, Inside(kernel, axis, y.Rank));
        }
        return covered is null ? y : Ops.Where(covered, y, Ops.Scalar(y.DType, outside));
    }

    private static Node Inside(ResizeKernel kernel, ResizeAxis axis, int rank) =>
        Column(axis, rank, DType.Bool, [.. Enumerable.Range(0, axis.To).Select(o => kernel.IsInside(axis, o) ? 1.0 : 0)]);

    private static Node Both(Node? a, Node b) => a is null ? b : Ops.And(a, b);

    private static Node WeightedSum(Node t, ResizeAxis axis, List<ResizeTap> taps)
    {
        Node? sum = null;
        foreach (var tap in taps)
        {
            Node part = Ops.Gather(t, Ops.Constant(HostTensor.From(tap.From)), axis.Axis);
            if (Array.Exists(tap.Weights, w => w != 1))
                part *= Column(axis, t.Rank, t.DType, tap.Weights);
            sum = sum is null ? part : sum + part;
        }
        return sum ?? throw new InvalidOperationException("a resampled element has neighbours");
    }

    // A number per element along the axis, shaped to broadcast.
    private static Node Column(ResizeAxis axis, int rank, DType dtype, double[] values) =>
        Ops.Reshape(Ops.Constant(Numbers.Tensor(dtype, values, values.Length)),
            Shape.Of(Enumerable.Range(0, rank).Select(a => a == axis.Axis ? axis.To : Dim.One)));
}
