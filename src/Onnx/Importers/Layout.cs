using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Operators that move elements and compute none.</summary>
internal static class Layout
{
    public static IEnumerable<Importer> All =>
    [
        One("Reshape", x => Reshape(x, [.. (x.Ints("shape") ?? []).Select(Dim.Of)]), until: 4),
        One("Reshape", x => Reshape(x, x.Extents(1)), since: 5),
        One("Flatten", x => Ops.Flatten(x[0], Cut(x, 1))),
        One("Transpose", Transpose), One("Squeeze", Squeeze), One("Unsqueeze", Unsqueeze),
        One("Concat", x => Ops.Concat(x.Inputs.AsSpan(), x.Axis(x.Int("axis", 1), x[0].Rank))),
        Many("Split", Split), One("Expand", Expand), One("Tile", x => Ops.Tile(x[0], Shape.Of(x.Extents(1))), since: 6),
        One("DepthToSpace", DepthToSpace), One("SpaceToDepth", x => Ops.SpaceToDepth(x[0], Block(x))),
        One("Trilu", Trilu),
        One("ReverseSequence", x =>
            Ops.ReverseSequence(x[0], x[1], x.Axis(x.Int("time_axis", 0), x[0].Rank),
            x.Axis(x.Int("batch_axis", 1), x[0].Rank))),
    ];

    /// <summary>The attribute that says where axes are cut in two, which may be behind the last one.</summary>
    public static int Cut(OnnxNode x, long otherwise) =>
        x.Int("axis", otherwise) is var axis && axis == x[0].Rank ? (int)axis : x.Axis(axis, x[0].Rank);

    /// <summary>The product of extents.</summary>
    public static Dim Count(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);

    // 0 keeps the axis of the operand unless allowzero, -1 takes what is left.
    private static Node Reshape(OnnxNode x, ImmutableArray<Dim> target)
    {
        bool zeros = x.Flag("allowzero");
        Dim[] extents = [.. target.Select((d, a) => d == Dim.Zero && !zeros
            ? (a < x[0].Rank ? x[0].Shape[a]
                : throw x.Error($"axis {a} of the new shape is 0, but {x[0].Shape} has no axis {a} to keep")) : d)];
        int open = Array.IndexOf(extents, Dim.Of(-1));
        if (open >= 0)
            extents[open] = Rest(x[0].Shape.ElementCount, Count(extents.Where((_, a) => a != open)));
        return Ops.Reshape(x[0], Shape.Of(extents));
    }

    private static Dim Rest(Dim all, Dim taken) => taken == Dim.Zero ? Dim.Zero : Dim.FloorDivide(all, taken);

    private static Node Transpose(OnnxNode x) =>
        Ops.Transpose(x[0], x.Ints("perm") is { } order ? x.Axes(order, x[0].Rank) : null);

    private static Node Squeeze(OnnxNode x) =>
        Ops.Squeeze(x[0], x.IntsOrInput("axes", 1, since: 13) is { } axes ? x.Axes(axes, x[0].Rank) : null);

    private static Node Unsqueeze(OnnxNode x)
    {
        var listed = x.IntsOrInput("axes", 1, since: 13) ?? throw x.Error("its axes are missing");
        var axes = x.Axes(listed, x[0].Rank + listed.Length);
        var extents = new Queue<Dim>(x[0].Shape);
        return Ops.Reshape(x[0],
            Shape.Of(Enumerable.Range(0, x[0].Rank + axes.Count)
            .Select(a => axes.Contains(a) ? Dim.One : extents.Dequeue())));
    }

    // Lengths are listed, or the axis is cut into equal parts, the last one shorter where that does not divide.
    private static ImmutableArray<Node> Split(OnnxNode x)
    {
        int axis = x.Axis(x.Int("axis", 0), x[0].Rank);
        long[]? lengths = x.Opset < 13 ? x.Ints("split")?.ToArray() : x.Optional(1) is null ? null : Numbers.Longs(x.Known(1));
        x.Charge(lengths?.Length ?? 0);
        if (lengths is not null)
            return [.. Ops.Split(x[0], Shape.Of(lengths.Select(Dim.Of)), axis)];
        int parts = (int)Math.Clamp(x.Int("num_outputs", x.Outputs), 1, int.MaxValue);
        x.Charge(parts);
        if (!x[0].Shape[axis].TryConstant(out long extent) || extent % parts == 0)
            return [.. Ops.Split(x[0], parts, axis)];
        long length = (extent + parts - 1) / parts;
        return [.. Ops.Split(x[0],
            Shape.Of(Enumerable.Range(0, parts).Select(p => Dim.Of(Math.Clamp(extent - p * length, 0, length)))),
            axis)];
    }

    // Both ways: an extent of 1 in the target leaves the operand's.
    private static Node Expand(OnnxNode x)
    {
        var target = x.Extents(1);
        int rank = Math.Max(target.Length, x[0].Rank);
        Dim Of(IReadOnlyList<Dim> extents, int a) => a - rank + extents.Count is >= 0 and var i ? extents[i] : Dim.One;
        return Ops.BroadcastTo(x[0],
            Shape.Of(Enumerable.Range(0, rank)
            .Select(a => Of(target, a) == Dim.One ? Of(x[0].Shape, a) : Of(target, a))));
    }

    private static Node DepthToSpace(OnnxNode x) => Ops.DepthToSpace(x[0], Block(x), x.Text("mode", "DCR") switch
    {
        "DCR" => DepthOrder.BlockFirst,
        "CRD" => DepthOrder.ChannelFirst,
        var mode => throw x.Unsupported($"mode '{mode}'"),
    });

    private static int Block(OnnxNode x) => (int)Math.Clamp(x.Int("blocksize", 0), 0, int.MaxValue);

    // Kept where column >= row + k (upper) or column <= row + k (lower).
    private static Node Trilu(OnnxNode x)
    {
        long k = x.Optional(1) is null ? 0 : (long)x.KnownScalar(1);
        return x.Flag("upper", true) ? Ops.Triu(x[0], k) : Ops.Tril(x[0], k);
    }
}
