using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>How a streamed attention lies in memory and weighs its keys.</summary>
/// <param name="HeadsFirst"> Whether queries, keys, values and results are [batch, heads,
/// length, width]; else they are [batch, length, heads, width], as projections leave them.
/// </param>
/// <param name="IsCausal">Whether query i sees keys 0 to i only.</param>
/// <param name="Scale">What products are multiplied by; null for 1/√width.</param>
/// <param name="SoftCap">If not 0, products p become <c>cap · tanh(p / cap)</c>.</param>
public sealed record AttentionForm(bool HeadsFirst, bool IsCausal, double? Scale, double SoftCap)
{
    /// <summary>The axis of heads.</summary>
    public int Heads => HeadsFirst ? 1 : 2;

    /// <summary>The axis of queries or keys.</summary>
    public int Length => HeadsFirst ? 2 : 1;

    // [batch, heads, length, width] from this layout, or back: the exchange is its own inverse.
    internal Node Exchanged(Node x) => HeadsFirst ? x : Ops.Transpose(x, [0, 2, 1, 3]);

    internal Node ScaleOf(Node q) => Scale is { } given ? Ops.Scalar(q.DType, given) : Ops.Rsqrt(Ops.Extent(q.Shape[3], q.DType));

    /// <summary>Products after the soft cap, and with everything added that hides keys: both [batch, heads, queries, keys].</summary>
    internal (Node Capped, Node Masked) Scores(Node q, Node k, Node? bias)
    {
        (q, k) = (Exchanged(q), Exchanged(k));
        var heads = HeadGroups.Of(q, k);
        Node products = heads.Split(Ops.MatMul(heads.Join(q * ScaleOf(q)), Ops.Transpose(k, [0, 1, 3, 2])));
        Node capped = SoftCap == 0 ? products : SoftCap * Ops.Tanh(products / SoftCap);
        Node masked = new AttentionMask(bias, Dim.Zero, null).Bias(capped.Type, IsCausal) is { } hidden ? capped + hidden : capped;
        return (capped, masked);
    }

    /// <summary>What flows into the products, from what flows into the masked scores: the slope of tanh is 1 - tanh².</summary>
    internal Node ThroughCap(Node capped, Node flow) => SoftCap == 0 ? flow : flow * (1 - Ops.Square(capped / SoftCap));

    /// <summary>
    /// Operands of a batch of attentions as those of one attention
    /// with more in its batch; a bias of extent 1 there is repeated.
    /// </summary>
    internal static ImmutableArray<Node> Merged(Batching x)
    {
        var batch = x.ShapeOf(0)[0];
        return [.. Enumerable.Range(0, x.Count).Select(i => x.ShapeOf(i)[0] == batch ? x.Merged(i) : !x.IsMapped(i) ? x[i]
            : Ops.Reshape(Ops.BroadcastTo(x[i], [x.Extent, batch, .. x.ShapeOf(i).Skip(1)]), [x.Extent * batch, .. x.ShapeOf(i).Skip(1)]))];
    }
}
