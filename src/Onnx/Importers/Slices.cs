using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Cutting out and surrounding.</summary>
internal static class Slices
{
    // What files write for "to the end".
    private const long Endless = int.MaxValue;

    public static IEnumerable<Importer> All =>
    [
        One("Slice", x => Slice(x, Known(x.Ints("starts"), x), Known(x.Ints("ends"), x), x.Ints("axes"), null), until: 9),
        One("Slice", x => Slice(x, x.Extents(1), x.Extents(2), Given(x, 3), Given(x, 4)), since: 10),
        One("Pad", x => Pad(x, Known(x.Ints("paddings"), x), Ops.Scalar(x[0].DType, x.Number("value", 0)), null), until: 1),
        One("Pad", x => Pad(x, Known(x.Ints("pads"), x), Ops.Scalar(x[0].DType, x.Number("value", 0)), null), since: 2,
            until: 10),
        One("Pad", x => Pad(x, x.Extents(1), x.Optional(2), Given(x, 3)), since: 11),
        One("CenterCropPad", x =>
            Ops.CenterCropPad(x[0], Shape.Of(x.Extents(1)), x.Ints("axes") is { } axes
            ? x.Axes(axes, x[0].Rank) : null)),
    ];

    private static ImmutableArray<long>? Given(OnnxNode x, int input) => x.Optional(input) is null ? null : x.Longs(input);

    private static ImmutableArray<Dim> Known(ImmutableArray<long>? values, OnnxNode x) =>
        values is { } given ? [.. given.Select(Dim.Of)] : throw x.Error("its starts, ends or pads are missing");

    private static Node Slice(OnnxNode x, ImmutableArray<Dim> starts, ImmutableArray<Dim> ends,
        ImmutableArray<long>? axes, ImmutableArray<long>? steps)
    {
        var t = x[0];
        var along = x.Axes(axes ?? [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)], t.Rank);
        if (ends.Length != starts.Length || along.Count != starts.Length || (steps?.Length ?? starts.Length) != starts.Length)
            throw x.Error($"starts, ends, axes and steps are of different lengths: {starts.Length}, {ends.Length}, {along.Count}, {steps?.Length}");
        Dim[] first = [.. t.Shape.Select(_ => Dim.Zero)], lengths = [.. t.Shape];
        int[] strides = [.. t.Shape.Select(_ => 1)];
        for (int i = 0; i < along.Count; i++)
        {
            int step = (int)Math.Clamp(steps?[i] ?? 1, -Endless, Endless);
            if (step == 0)
                throw x.Error("a step is 0");
            (first[along[i]], lengths[along[i]]) = Piece(t.Shape[along[i]], starts[i], ends[i], step);
            strides[along[i]] = lengths[along[i]] == Dim.One || lengths[along[i]] == Dim.Zero ? 1 : step;
        }
        return Ops.Slice(t, Shape.Of(first), Shape.Of(lengths), [.. strides]);
    }

    // Start and number of elements. Positions beyond the ends are cut to them where all are numbers; symbols have to lie inside.
    private static (Dim Start, Dim Length) Piece(Dim extent, Dim start, Dim end, int step)
    {
        if (extent.TryConstant(out long n) && start.TryConstant(out long s) && end.TryConstant(out long e))
        {
            var (low, high) = step > 0 ? (0L, n) : (-1L, n - 1);
            s = Math.Clamp(s < 0 ? s + n : s, step > 0 ? 0 : -1, high);
            e = Math.Clamp(e < 0 ? e + n : e, low, high);
            long count = Math.Max(0, step > 0 ? (e - s + step - 1) / step : (s - e - step - 1) / -(long)step);
            return count == 0 ? (0, 0) : (s, count);
        }
        var (from, to) = (Position(start, extent, step), Position(end, extent, step));
        return (from, Dim.FloorDivide(to - from + (step - Math.Sign(step)), step));
    }

    private static Dim Position(Dim at, Dim extent, int step) => !at.TryConstant(out long p) ? at
        : p >= Endless ? (step > 0 ? extent : extent - 1)
        : p <= -Endless ? (step > 0 ? 0 : -1)
        : p < 0 ? extent + p : p;

    private static Node Pad(OnnxNode x, ImmutableArray<Dim> pads, Node? value, ImmutableArray<long>? axes)
    {
        var t = x[0];
        var along = x.Axes(axes ?? [.. Enumerable.Range(0, t.Rank).Select(a => (long)a)], t.Rank);
        if (pads.Length != 2 * along.Count)
            throw x.Error($"there are {pads.Length} paddings for {along.Count} axes");
        Dim[] low = [.. t.Shape.Select(_ => Dim.Zero)], high = [.. low];
        for (int i = 0; i < along.Count; i++)
            (low[along[i]], high[along[i]]) = (pads[i], pads[along.Count + i]);
        return x.Text("mode", "constant") switch
        {
            "constant" => Ops.Pad(t, value is null
                ? Ops.Scalar(t.DType, 0) : Ops.Reshape(value, Shape.Scalar), Shape.Of(low), Shape.Of(high)),
            "reflect" => Ops.Pad(t, Shape.Of(low), Shape.Of(high), PadMode.Reflect),
            "edge" => Ops.Pad(t, Shape.Of(low), Shape.Of(high), PadMode.Edge),
            "wrap" => Ops.Pad(t, Shape.Of(low), Shape.Of(high), PadMode.Wrap),
            var mode => throw x.Unsupported($"mode '{mode}'"),
        };
    }
}
