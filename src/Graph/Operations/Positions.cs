using Adjoint.Kernels;

namespace Adjoint.Operations;

/// <summary>What ops that address an axis by data share: shapes, and the error for a position outside.</summary>
internal static partial class Positions
{
    /// <summary>
    /// Demands that operand 0 has the axis, nonempty unless nothing is asked for, and that operand 1 holds integers.
    /// </summary>
    public static void Demand(Inference x, int axis)
    {
        x.RequireDType(1, d => d.IsInteger, "int32 or int64");
        if (axis < 0 || axis >= x[0].Rank)
            throw x.Error($"there is no axis {axis} in {x[0].Rank} axes",
                "positions count along an axis of the first operand");
        if (!x[1].Shape.Contains(Dim.Zero))
            x.RequireAtMost(1, x[0].Shape[axis], $"axis {axis} of x[0] is empty, so no position lies inside",
                "index a tensor that has elements");
    }

    /// <summary>Demands that operand 1 has the rank of operand 0 and is nowhere larger, but along an axis.</summary>
    public static void DemandCorner(Inference x, int axis)
    {
        if (x[1].Rank != x[0].Rank)
            throw x.Error($"positions have {x[1].Rank} axes, x[0] has {x[0].Rank}", "give positions of as many axes");
        for (int a = 0; a < x[0].Rank; a++)
            if (a != axis)
                x.RequireAtMost(x[1].Shape[a], x[0].Shape[a], $"axis {a} of the positions leaves that of x[0]",
                    "cut the positions");
    }

    /// <summary>
    /// Demands that the last axis of operand 1 holds positions into operand 0, and gives the shape of what lies there.
    /// </summary>
    public static Shape DemandTuples(Inference x, int batchAxes)
    {
        x.RequireDType(1, d => d.IsInteger, "int32 or int64");
        if (x[1].Rank < 1 || !x[1].Shape[-1].TryConstant(out long size))
            throw x.Error($"positions {x[1].Shape} do not say how many make a tuple",
                "give them a last axis of known extent");
        if (batchAxes < 0 || batchAxes >= x[1].Rank || batchAxes + size > x[0].Rank)
            throw x.Error($"{batchAxes} shared axes and tuples of {size} do not fit into {x[0].Shape} and {x[1].Shape}",
                "use shorter tuples or fewer shared axes");
        for (int a = 0; a < batchAxes; a++)
            x.Require(x[0].Shape[a], x[1].Shape[a], $"shared axis {a} has {x[0].Shape[a]} against {x[1].Shape[a]}",
                "leading axes that are shared are equal");
        for (int k = 0; k < size && !x[1].Shape.Contains(Dim.Zero); k++)
            x.RequireAtMost(1, x[0].Shape[batchAxes + k], $"axis {batchAxes + k} of x[0] is empty, so no position lies inside",
                "index a tensor that has elements");
        return [.. x[1].Shape.Take(x[1].Rank - 1), .. x[0].Shape.Skip(batchAxes + (int)size)];
    }

    /// <summary>
    /// The adjoint of reading: cotangents added up where they came from. An element is alive where any that was read
    /// from it is.
    /// </summary>
    public static Cotangent Back(Node data, Cotangent ct, Func<Node, Node, Node> add)
    {
        Node Added(Node v) => add(Ops.BroadcastTo(Ops.Scalar(v.DType, 0), data.Shape), v);
        return new(Added(ct.Value), ct.Alive is { } alive ? Added(Ops.Convert(alive, DType.Int32)) > 0 : null);
    }

    /// <summary>The shape of data gathered along an axis: the axes of the indices take its place.</summary>
    public static Shape Gathered(Shape data, Shape indices, int axis) =>
        [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)];

    /// <summary>
    /// A position that an operand holds, where it lies inside; else 0, so that
    /// loads stay inside, and an error. Positions that are known are checked now.
    /// </summary>
    public static Value Checked(Body b, IPlace place, int input, Value position, Dim extent, string error) =>
        place.HoldsPositions(input, extent) ? position : Checked(b, place, position, extent, error);

    /// <summary>The position where it lies inside; else 0, so that loads stay inside, and an error.</summary>
    public static Value Checked(Body b, IPlace place, Value position, Dim extent, string error)
    {
        var inside = b.And(b.LessOrEqual(b.Zero(position), position),
            b.Less(b.Convert(position, DType.Int64), place.Extent(DType.Int64, extent)));
        return b.Check(b.Select(inside, position, b.Zero(position)), inside, place.Fails(error));
    }

    /// <summary>Checks a position in reference semantics.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside.</exception>
    public static long Checked(Op op, long position, long extent) => position >= 0 && position < extent ? position
        : throw new ArgumentOutOfRangeException(nameof(position), position,
            $"{op.Name}: index out of range, must be 0 to {extent - 1}.");

    /// <summary>
    /// For each flat position of a gathered tensor, the flat position in the data that it comes from.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">When called for an index that lies outside.</exception>
    public static Func<int, long> Sources(Op op, ReadOnlySpan<long> data, HostTensor indices,
        ReadOnlySpan<long> gathered, int axis)
    {
        var (from, shape, rank) = (data.ToArray(), gathered.ToArray(), indices.Rank);
        var index = indices.DType.Visit(new Elements.Longs(indices));
        return i =>
        {
            var at = Elements.Coordinates(i, shape);
            long position = Checked(op, index((int)Elements.Position(at.AsSpan(axis, rank), indices.Shape)),
                from[axis]);
            return Elements.Position([.. at[..axis], position, .. at[(axis + rank)..]], from);
        };
    }

    /// <summary>
    /// For each flat position of the indices, the flat position in the data of the element along an axis that it names.
    /// </summary>
    public static Func<int, long> ElementSources(Op op, ReadOnlySpan<long> data, HostTensor indices, int axis)
    {
        var (from, index) = (data.ToArray(), indices.DType.Visit(new Elements.Longs(indices)));
        return i =>
        {
            var at = Elements.Coordinates(i, indices.Shape);
            at[axis] = Checked(op, index(i), from[axis]);
            return Elements.Position(at, from);
        };
    }

    /// <summary>
    /// For each flat position of a tensor gathered by tuples, the flat position in the data that it comes from.
    /// </summary>
    public static Func<int, long> TupleSources(Op op, ReadOnlySpan<long> data, HostTensor tuples,
        ReadOnlySpan<long> gathered, int batchAxes)
    {
        var (from, shape, index) = (data.ToArray(), gathered.ToArray(), tuples.DType.Visit(new Elements.Longs(tuples)));
        int size = (int)tuples.Shape[^1], outer = tuples.Rank - 1;
        return i =>
        {
            var at = Elements.Coordinates(i, shape);
            int tuple = (int)Elements.Position(at.AsSpan(0, outer), tuples.Shape[..^1]) * size;
            var positions = Enumerable.Range(0, size).Select(k => Checked(op, index(tuple + k), from[batchAxes + k]));
            return Elements.Position([.. at[..batchAxes], .. positions, .. at[outer..]], from);
        };
    }

    /// <summary>
    /// Demands a start per axis (operand <paramref name="starts"/>) of a box that fits into operand 0, per item of the
    /// leading axes.
    /// </summary>
    public static void DemandBox(Inference x, int starts, Shape lengths, int batchAxes)
    {
        x.RequireDType(starts, d => d.IsInteger, "int32 or int64");
        int axes = x[0].Rank - batchAxes;
        if (axes < 0 || lengths.Rank != axes || x[starts].Rank != batchAxes + 1 || x[starts].Shape[-1] != axes)
            throw x.Error($"{x[0].Shape} has {x[0].Rank} axes, but there are starts {x[starts].Shape} and lengths {lengths}",
                "give a vector of one start per axis, and as many lengths");
        for (int a = 0; a < batchAxes; a++)
            x.Require(x[starts].Shape[a], x[0].Shape[a], $"axis {a} has {x[starts].Shape[a]} against {x[0].Shape[a]}",
                "leading axes are shared");
        for (int a = 0; a < axes; a++)
            x.RequireAtMost(lengths[a], x[0].Shape[batchAxes + a],
                $"axis {batchAxes + a} of the box is longer than that of x[0]", "cut the box");
    }

    /// <summary>
    /// The start of a box on an axis, from 0 to <paramref name="room"/>; another one is an error, and 0.
    /// </summary>
    public static Value Start(Body b, IPlace place, int starts, int axis, Dim room, int batchAxes)
    {
        var start = place.Load(starts, [.. Enumerable.Range(0, batchAxes).Select(a => place.Index(DType.Int64, a)),
            b.Constant(DType.Int64, axis - batchAxes)]);
        return Checked(b, place, b.Convert(start, DType.Int64), room + 1, $"box out of range on axis {axis}");
    }

    /// <summary>For each flat position in boxes, the flat position in the tensor that they are boxes of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A box leaves the tensor.</exception>
    public static Func<int, long> Boxes(Op op, HostTensor starts, ReadOnlySpan<long> extents, ReadOnlySpan<long> boxes,
        int batchAxes)
    {
        var (start, from, shape) = (starts.DType.Visit(new Elements.Longs(starts)), extents.ToArray(), boxes.ToArray());
        int axes = shape.Length - batchAxes;
        for (int i = 0; i < starts.Length; i++)
            Checked(op, start(i), from[batchAxes + i % axes] - shape[batchAxes + i % axes] + 1);
        return i =>
        {
            var at = Elements.Coordinates(i, shape);
            int box = (int)Elements.Position(at.AsSpan(0, batchAxes), shape.AsSpan(0, batchAxes)) * axes;
            for (int a = 0; a < axes; a++)
                at[batchAxes + a] += start(box + a);
            return Elements.Position(at, from);
        };
    }
}
