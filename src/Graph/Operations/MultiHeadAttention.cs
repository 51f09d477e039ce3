using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Attention of several heads with its projections: queries, keys and values are linear in the
    /// operands, each head attends to its part of them, and the heads' results are projected once more.
    /// </summary>
    /// <remarks>
    /// Weights have the layout of PyTorch's <c>multi_head_attention_forward</c>,
    /// [outputs, inputs]: a projection is <c>x wᵀ + b</c>, and those of queries, keys
    /// and values are stacked in this order. All three have the width of the queries.
    /// </remarks>
    /// <param name="query">[batch, length, width].</param>
    /// <param name="key">[batch, keys, width].</param>
    /// <param name="value">[batch, keys, width].</param>
    /// <param name="heads">Divides the width.</param>
    /// <param name="inWeight">[3 · width, width].</param>
    /// <param name="outWeight">[width, width].</param>
    /// <param name="inBias">[3 · width]; 0 if not given.</param>
    /// <param name="outBias">[width]; 0 if not given.</param>
    /// <param name="mask">As in <see cref="ScaledDotProductAttention"/>, broadcasting to [batch, heads, length, keys].</param>
    /// <param name="isCausal">Whether query i sees keys 0 to i only.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static Node MultiHeadAttention(Node query, Node key, Node value, int heads, Node inWeight, Node outWeight,
        Node? inBias = null, Node? outBias = null, Node? mask = null, bool isCausal = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        DemandProjections(origin, query, key, value, heads, inWeight, outWeight, inBias, outBias);
        return Call.OfSome("multi-head-attention", origin, [query, key, value, inWeight, outWeight, inBias, outBias, mask], a =>
        {
            var (weights, biases) = (Split(a[3]!, 3), a[5] is { } b ? Split(b, 3) : null);
            Node Projected(int i) => Linear(a[i]!, weights[i], biases?[i]);
            Node y = AttentionStream.Pays(query.Shape[1], key.Shape[1])
                ? new AttentionStream(new(false, isCausal, null, 0), origin).OfPacked(Projected(0), Projected(1), Projected(2), a[7], heads)
                : Unheaded(ScaledDotProductAttention(Headed(Projected(0), heads), Headed(Projected(1), heads),
                    Headed(Projected(2), heads), a[7], isCausal));
            return [Linear(Reshape(y, query.Shape), a[4]!, a[6])];
        })[0];
    }

    // x wᵀ + b with w of shape [outputs, inputs].
    private static Node Linear(Node x, Node weight, Node? bias)
    {
        Node y = MatMul(x, SwapLast(weight));
        return bias is null ? y : y + bias;
    }

    private static void DemandProjections(Origin origin, Node query, Node key, Node value, int heads,
        Node inWeight, Node outWeight, Node? inBias, Node? outBias)
    {
        const string Title = "multi-head-attention";
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3)
            throw GraphException.For(Title, [query, key, value], origin,
                $"ranks are {query.Rank}, {key.Rank} and {value.Rank}", "give all three the axes [batch, length, width]");
        var width = query.Shape[2];
        if (heads < 1 || (width.TryConstant(out long n) && n % heads != 0))
            throw GraphException.For(Title, [query], origin,
                $"width {width} has no {heads} equal heads", "give a number of heads that divides the width");
        DemandFits(Title, origin, query, "the weight of the three projections", [width * 3, width], inWeight);
        DemandFits(Title, origin, query, "the weight of the last projection", [width, width], outWeight);
        DemandFits(Title, origin, query, "the bias of the three projections", [width * 3], inBias);
        DemandFits(Title, origin, query, "the bias of the last projection", [width], outBias);
    }
}
