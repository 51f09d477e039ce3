namespace Adjoint.Operations;

// Positions that differ from example to example: the batch and the axis that positions count along become one axis, example after
// example, in front: data [b, a.., n, c..] is [b * n, a.., c..] there, and position p of example e is e * n + p.
internal static partial class Positions
{
    /// <summary>Data of a batch with its positions on one leading axis.</summary>
    /// <param name="data">[b, a.., n, c..].</param>
    /// <param name="axis">The axis n of one example.</param>
    /// <returns>[b * n, a.., c..].</returns>
    public static Node Flat(Node data, int axis)
    {
        var front = Batching.Move(data, axis + 1, 1);
        return Ops.Reshape(front, [front.Shape[0] * front.Shape[1], .. front.Shape.Skip(2)]);
    }

    /// <summary>Undoes <see cref="Flat"/>.</summary>
    public static Node Unflat(Node flat, Dim examples, Dim n, int axis) =>
        Batching.Move(Ops.Reshape(flat, [examples, n, .. flat.Shape.Skip(1)]), 1, axis + 1);

    /// <summary>
    /// The positions (operand 1) of a batch as positions in flat data.
    /// Each is checked first: past its end lies another example.
    /// </summary>
    public static Node IntoFlat(Batching x, int axis)
    {
        var n = x.ShapeOf(0)[axis];
        var inside = Ops.Convert(Ops.CheckedIndex(x.Full(1), n), DType.Int64);
        return inside + Ops.Iota(inside.Shape, 0, DType.Int64) * Ops.Extent(n, DType.Int64);
    }

    /// <summary>Slices of a batch with the axes of their positions in front: [b, a.., i.., c..] as [b, i.., a.., c..].</summary>
    public static Node ToFront(Node slices, int indexRank, int axis) => Ops.Transpose(slices,
        [0, .. Enumerable.Range(1 + axis, indexRank), .. Enumerable.Range(1, axis),
            .. Enumerable.Range(1 + axis + indexRank, slices.Rank - 1 - axis - indexRank)]);

    /// <summary>Undoes <see cref="ToFront"/>.</summary>
    public static Node FromFront(Node slices, int indexRank, int axis) => Ops.Transpose(slices,
        [0, .. Enumerable.Range(1 + indexRank, axis), .. Enumerable.Range(1, indexRank),
            .. Enumerable.Range(1 + axis + indexRank, slices.Rank - 1 - axis - indexRank)]);
}
