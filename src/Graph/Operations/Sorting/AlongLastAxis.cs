namespace Adjoint;

/// <content>Permutations of the last axis, row by row.</content>
public static partial class Ops
{
    /// <summary><c>y[.., i] = x[.., positions[.., i]]</c>.</summary>
    internal static Node TakeAlong(Node x, Node positions) => GatherElements(x, positions, x.Rank - 1);

    /// <summary>The positions that undo a permutation.</summary>
    internal static Node PermutationInverse(Node positions) =>
        ScatterElements(ZerosLike(positions), positions, Iota(positions.Shape, positions.Rank - 1, DType.Int64), positions.Rank - 1);
}
