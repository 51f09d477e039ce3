namespace Adjoint;

/// <content>Permutations of the last axis, row by row.</content>
public static partial class Ops
{
    /// <summary><c>y[.., i] = x[.., positions[.., i]]</c>.</summary>
    internal static Node TakeAlong(Node x, Node positions) => positions.Shape.Contains(Dim.Zero) ? BroadcastTo(Scalar(x.DType, 0), positions.Shape)
        : Reshape(Gather(Reshape(x, [x.Shape.ElementCount]), Flat(x, positions)), positions.Shape);

    /// <summary>The positions that undo a permutation.</summary>
    internal static Node PermutationInverse(Node positions)
    {
        if (positions.Shape.Contains(Dim.Zero))
            return positions;
        var zeros = BroadcastTo(Scalar(DType.Int64, 0), [positions.Shape.ElementCount]);
        var at = Reshape(Iota(positions.Shape, positions.Rank - 1, DType.Int64), zeros.Shape);
        return Reshape(ScatterAdd(zeros, Flat(positions, positions), at), positions.Shape);
    }

    // Positions within rows as positions in the flat tensor.
    private static Node Flat(Node x, Node positions)
    {
        Shape rows = [x.Rank == 1 ? 1 : Shape.Of(x.Shape.Take(x.Rank - 1)).ElementCount, positions.Shape[-1]];
        var starts = Iota(rows, 0, DType.Int64) * Extent(x.Shape[-1], DType.Int64);
        return Reshape(Reshape(positions, rows) + starts, [positions.Shape.ElementCount]);
    }
}
