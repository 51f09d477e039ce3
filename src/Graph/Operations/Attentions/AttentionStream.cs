namespace Adjoint.Operations;

/// <summary>
/// Brings operands of an attention into the form that
/// <see cref="StreamedAttention"/> takes: four axes, and a bias for a mask.
/// </summary>
/// <param name="Form">Layout and weighing.</param>
/// <param name="Origin">Where the attention was written.</param>
internal sealed record AttentionStream(AttentionForm Form, Origin Origin)
{
    // A block of queries against a block of keys.
    private const long FewScores = AttentionBlocks.Queries * AttentionBlocks.Keys;

    /// <summary>Whether streaming pays: not where scores are known to be as few as one block's.</summary>
    public static bool Pays(Dim queries, Dim keys) => !(queries * keys).TryConstant(out long scores) || scores >= FewScores;

    /// <summary>Attention of [.., heads, length, width], or of one head without that axis.</summary>
    public Node Of(Node q, Node k, Node v, Node? mask)
    {
        using var _ = Origin.Under(Origin);
        var y = StreamedAttention.Of(Form, Origin, [Headed(q), Headed(k), Headed(v), .. Bias(q, q.Shape.With(-1, k.Shape[-2]), mask)])[0];
        return Ops.Reshape(y, q.Shape.With(-1, v.Shape[-1]));
    }

    /// <summary>Attention of [batch, length, heads · width].</summary>
    public Node OfPacked(Node q, Node k, Node v, Node? mask, int heads)
    {
        using var _ = Origin.Under(Origin);
        Node Split(Node x) => Ops.Reshape(x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDivide(x.Shape[2], heads)]);
        return StreamedAttention.Of(Form, Origin,
            [Split(q), Split(k), Split(v), .. Bias(q, [q.Shape[0], heads, q.Shape[1], k.Shape[1]], mask)])[0];
    }

    private static Node Headed(Node x) => Ops.Reshape(x, Four(x.Shape));

    // Leading axes as one, and an axis of heads in any case.
    private static Shape Four(Shape x) =>
        [x.Take(Math.Max(x.Rank - 3, 0)).Aggregate(Dim.One, (n, d) => n * d), x.Rank > 2 ? x[-3] : Dim.One, x[-2], x[-1]];

    // Leading axes are all there or all of extent 1, since they become one; heads and queries may be of extent 1, keys not.
    private static Node[] Bias(Node q, Shape scores, Node? mask)
    {
        if (mask is null)
            return [];
        Node bias = new AttentionMask(mask, Dim.Zero, null).Bias(new(q.DType, scores), isCausal: false)!;
        bias = Ops.Reshape(bias, [.. Enumerable.Repeat(Dim.One, Math.Max(scores.Rank - bias.Rank, 0)), .. bias.Shape]);
        int batch = Math.Max(scores.Rank - 3, 0);
        bool isShared = bias.Shape.Take(batch).All(d => d == Dim.One);
        bias = Ops.BroadcastTo(bias, [.. isShared ? bias.Shape.Take(batch) : scores.Take(batch),
            .. bias.Shape.Skip(batch).SkipLast(1), scores[-1]]);
        return [Headed(bias)];
    }
}
