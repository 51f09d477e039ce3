using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// Query heads that share a head of keys: their queries stand below each other in one matrix, so that keys are not
/// repeated.
/// </summary>
/// <param name="Heads">Query heads, on axis -3.</param>
/// <param name="Group">How many share a head of keys; 1 where each has its own, or where there is no axis of heads.</param>
internal sealed record HeadGroups(Dim Heads, Dim Group)
{
    public static HeadGroups Of(Node q, Node k) =>
        q.Rank < 3 || q.Shape[-3] == k.Shape[-3] ? new(Dim.One, Dim.One) : new(q.Shape[-3], Dim.FloorDivide(q.Shape[-3], k.Shape[-3]));

    public static bool Divide(Dim queries, Dim keys) =>
        !queries.TryConstant(out long q) || !keys.TryConstant(out long k) || q == k || (k > 0 && q % k == 0);

    // [.., heads, n, m] as [.., key heads, group * n, m] and back: the same elements in the same order.
    public Node Join(Node x) => Group == Dim.One ? x
        : Ops.Reshape(x, x.Shape.With(-3, Dim.FloorDivide(Heads, Group)).With(-2, Group * x.Shape[-2]));

    public Node Split(Node x) => Group == Dim.One ? x
        : Ops.Reshape(x, x.Shape.With(-3, Heads).With(-2, Dim.FloorDivide(x.Shape[-2], Group)));
}

/// <summary>
/// Everything that hides keys from queries, as one tensor to add to scores: no derivative passes through truth values.
/// </summary>
/// <param name="Given">The user's mask, or null.</param>
/// <param name="Past">How many keys come before the first query's own.</param>
/// <param name="ValidKeys">Per example: how many keys are no padding; or null.</param>
internal sealed record AttentionMask(Node? Given, Dim Past, Node? ValidKeys)
{
    /// <summary>What to add to scores of a type, or null for nothing.</summary>
    public Node? Bias(TensorType scores, bool isCausal)
    {
        Node? hides = isCausal ? Later(scores.Shape) : null;
        if (ValidKeys is not null)
            hides = Either(hides, Iota(scores.Shape, -1) >= PerExample(scores.Shape));
        if (Given is { } mask && mask.DType == DType.Bool)
            hides = Either(hides, Ops.Not(Lengthened(mask, scores.Shape[-1])));
        Node? bias = hides is null ? null
            : Ops.Where(hides, Ops.Scalar(scores.DType, double.NegativeInfinity), Ops.Scalar(scores.DType, 0));
        if (Given is not { } added || added.DType == DType.Bool)
            return bias;
        added = Lengthened(added, scores.Shape[-1]);
        return bias is null ? added : bias + added;
    }

    // Query i stands at key i + past; if valid keys are counted, the last query stands at the last valid key.
    private Node Later(Shape scores)
    {
        Node query = Iota(scores, -2), offset = ValidKeys is null ? Ops.Extent(Past, DType.Int64)
            : PerExample(scores) - Ops.Extent(scores[-2], DType.Int64);
        return Iota(scores, -1) > query + offset;
    }

    private Node PerExample(Shape scores) => Ops.Reshape(Ops.Convert(ValidKeys!, DType.Int64),
        Shape.Of(Enumerable.Range(0, scores.Rank).Select(a => a == 0 ? ValidKeys!.Shape[0] : Dim.One)));

    // Positions along an axis, with extent 1 on all others.
    private static Node Iota(Shape scores, int axis) => Ops.Iota(
        Shape.Of(Enumerable.Range(0, scores.Rank).Select(a => a == axis + scores.Rank ? scores[a] : Dim.One)), axis, DType.Int64);

    private static Node Either(Node? a, Node b) => a is null ? b : Ops.Or(a, b);

    private static Node Lengthened(Node mask, Dim keys) => mask.Rank == 0 || mask.Shape[-1] == keys || mask.Shape[-1] == Dim.One ? mask
        : Ops.Pad(mask, mask.DType == DType.Bool ? 0 : double.NegativeInfinity, Shape.Of(Enumerable.Repeat(Dim.Zero, mask.Rank)),
            Shape.Of(mask.Shape.Select((n, a) => a == mask.Rank - 1 ? keys - n : Dim.Zero)));
}
