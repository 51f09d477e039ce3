using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>Which scores an attention gives besides its result, in the order in which they come about.</summary>
public enum AttentionScores
{
    /// <summary>Scaled products of queries and keys.</summary>
    Products,

    /// <summary>The products after the soft cap.</summary>
    Capped,

    /// <summary>The capped products with all masks added: -∞ where a key is hidden.</summary>
    Masked,

    /// <summary>Weights, which sum to 1 along the keys, or are all 0 where every key is hidden.</summary>
    Weights,
}

/// <summary>How an attention weighs its keys. The defaults are those of the plain form, <c>softmax(q kᵀ / √d) v</c>.</summary>
public sealed record AttentionOptions
{
    /// <summary>
    /// Whether a query sees only keys up to its own position. Positions count from the end of the past, where there is
    /// one.
    /// </summary>
    public bool IsCausal { get; init; }

    /// <summary>What products are multiplied by; 1/√d by default, with d the width of a key.</summary>
    public double? Scale { get; init; }

    /// <summary>If not 0, products p become <c>cap · tanh(p / cap)</c>.</summary>
    public double SoftCap { get; init; }

    /// <summary>
    /// How many heads queries of shape [batch, length, heads · width] have; queries of rank 4 have their heads on axis 1.
    /// </summary>
    public int QueryHeads { get; init; }

    /// <summary>
    /// The same of keys and values; divides the heads of queries, and neighbouring query heads share a head of keys.
    /// </summary>
    public int KeyHeads { get; init; }

    /// <summary>Which scores to give.</summary>
    public AttentionScores Scores { get; init; }

    /// <summary>The element type of the softmax where it is not that of the queries.</summary>
    public DType? SoftmaxPrecision { get; init; }
}

/// <summary>What an attention gives.</summary>
/// <param name="Y">Values weighted, of the queries' shape with the width of a value.</param>
/// <param name="PresentKey">Past and new keys, [batch, heads, length, width].</param>
/// <param name="PresentValue">Past and new values, [batch, heads, length, width].</param>
/// <param name="Scores">What <see cref="AttentionOptions.Scores"/> asks for, [batch, query heads, queries, keys].</param>
public sealed record AttentionResults(Node Y, Node PresentKey, Node PresentValue, Node Scores);

public static partial class Ops
{
    /// <summary>
    /// Scaled dot-product attention, <c>y = softmax(scale · q kᵀ + mask) v</c> over the last two axes. A query whose keys
    /// are all hidden gets 0.
    /// </summary>
    /// <remarks>A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017. Soft cap: Gemma Team, "Gemma 2", 2024.</remarks>
    /// <param name="q">Queries, [.., length, width].</param>
    /// <param name="k">Keys, [.., keys, width]. On axis -3 it may have fewer heads than q, a divisor: neighbouring query
    /// heads share one.</param>
    /// <param name="v">Values, [.., keys, any width].</param>
    /// <param name="mask"> Broadcasts to [.., length, keys]: truth values, true
    /// where a query sees a key, or floats that are added to the scaled products.
    /// </param>
    /// <param name="isCausal">Whether query i sees keys 0 to i only.</param>
    /// <param name="scale">1/√width by default.</param>
    /// <param name="softcap">If not 0, products p become <c>softcap · tanh(p / softcap)</c> before masks.</param>
    /// <param name="streams"> Whether scores are made block by block and never lie in
    /// memory together, see <see cref="StreamedAttention"/>. By default they do so unless
    /// there are known to be fewer than 4,096 per head, where plain products are as fast.
    /// </param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
    public static Node ScaledDotProductAttention(Node q, Node k, Node v, Node? mask = null, bool isCausal = false,
        double? scale = null, double softcap = 0, bool? streams = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        DemandHeads(origin, q, k, v);
        var options = new AttentionOptions { IsCausal = isCausal, Scale = scale, SoftCap = softcap };
        if (streams ?? AttentionStream.Pays(q.Shape[-2], k.Shape[-2]))
            return new AttentionStream(new(true, isCausal, scale, softcap), origin).Of(q, k, v, mask);
        return Call.OfSome("attention", origin, [q, k, v, mask], a =>
            [Attended(a[0]!, a[1]!, a[2]!, new(a[3], Dim.Zero, null), options).Y])[0];
    }

    /// <summary>
    /// Attention in its general form, with keys and values of the past, padded keys, and scores as a result: that of ONNX
    /// opset 24.
    /// </summary>
    /// <param name="q">Queries, [batch, heads, length, width], or [batch, length, heads · width] with heads in the options.</param>
    /// <param name="k">New keys, [batch, key heads, new keys, width], or with heads in the last axis as q.</param>
    /// <param name="v">New values, like the keys; their width may be another.</param>
    /// <param name="mask"> Truth values (true: seen) or floats (added), broadcasting to [batch, heads,
    /// length, keys], keys of the past first. If its last axis is shorter, the keys beyond it are hidden.
    /// </param>
    /// <param name="pastKey">Keys of earlier calls, [batch, key heads, past, width].</param>
    /// <param name="pastValue">Values of earlier calls, [batch, key heads, past, width].</param>
    /// <param name="validKeys"> Integers, [batch]: how many keys of an example are
    /// no padding. The last query then stands at the last of them, for causality.
    /// </param>
    /// <param name="options">How keys are weighed.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types do not fit, or there is a past key without a past
    /// value.</exception>
    public static AttentionResults Attention(Node q, Node k, Node v, Node? mask = null, Node? pastKey = null, Node? pastValue = null,
        Node? validKeys = null, AttentionOptions? options = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        options ??= new();
        DemandAttention(origin, q, k, v, pastKey, pastValue, options);
        var results = Call.OfSome("attention", origin, [q, k, v, mask, pastKey, pastValue, validKeys], a =>
        {
            Node heads = Headed(a[0]!, options.QueryHeads);
            Node key = Headed(a[1]!, options.KeyHeads), value = Headed(a[2]!, options.KeyHeads);
            if (a[4] is { } keysBefore && a[5] is { } valuesBefore)
                (key, value) = (Concat([keysBefore, key], 2), Concat([valuesBefore, value], 2));
            DemandHeads(origin, heads, key, value);
            var (y, scores) = Attended(heads, key, value, new(a[3], a[4]?.Shape[2] ?? Dim.Zero, a[6]), options);
            return [q.Rank == 3 ? Unheaded(y) : y, key, value, scores];
        });
        return new(results[0], results[1], results[2], results[3]);
    }

    private static (Node Y, Node Scores) Attended(Node q, Node k, Node v, AttentionMask mask, AttentionOptions options)
    {
        var heads = HeadGroups.Of(q, k);
        Node scale = options.Scale is { } given ? Scalar(q.DType, given) : Rsqrt(Extent(q.Shape[-1], q.DType));
        Node products = heads.Split(MatMul(heads.Join(q * scale), SwapLast(k)));
        Node capped = options.SoftCap == 0 ? products : options.SoftCap * Tanh(products / options.SoftCap);
        Node masked = mask.Bias(capped.Type, options.IsCausal) is { } bias ? capped + bias : capped;
        Node weights = options.SoftmaxPrecision is { } precise && precise != q.DType
            ? Convert(SoftmaxOrZero(Convert(masked, precise)), q.DType) : SoftmaxOrZero(masked);
        Node scores = options.Scores switch
        {
            AttentionScores.Products => products,
            AttentionScores.Capped => capped,
            AttentionScores.Masked => masked,
            _ => weights,
        };
        return (heads.Split(MatMul(heads.Join(weights), v)), scores);
    }

    private static Node SwapLast(Node x) => Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    // [batch, length, heads * width] as [batch, heads, length, width]; with heads on an axis of their own already, x itself.
    private static Node Headed(Node x, int heads) => x.Rank == 4 ? x
        : Transpose(Reshape(x, [x.Shape[0], x.Shape[1], heads, Dim.FloorDivide(x.Shape[2], heads)]), [0, 2, 1, 3]);

    private static Node Unheaded(Node x) => Reshape(Transpose(x, [0, 2, 1, 3]), [x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]]);

    private static void DemandHeads(Origin origin, Node q, Node k, Node v)
    {
        GraphException Error(string problem, string fix) => GraphException.For("attention", [q, k, v], origin, problem, fix);
        DemandFloats("attention", origin, q);
        if (q.DType != k.DType || q.DType != v.DType)
            throw Error("queries, keys and values differ in element type", "convert them to one, e.g. Convert(k, q.DType)");
        if (q.Rank < 2 || k.Rank != q.Rank || v.Rank != q.Rank)
            throw Error($"ranks are {q.Rank}, {k.Rank} and {v.Rank}", "give all three the axes [.., length, width]");
        if (!Fits([q.Shape[-1]], [k.Shape[-1]]))
            throw Error($"queries have width {q.Shape[-1]}, keys {k.Shape[-1]}", "project both to one width");
        if (!Fits([k.Shape[-2]], [v.Shape[-2]]))
            throw Error($"there are {k.Shape[-2]} keys but {v.Shape[-2]} values", "give a value per key");
        if (q.Rank > 2 && (k.Shape[-3] != v.Shape[-3] || !HeadGroups.Divide(q.Shape[-3], k.Shape[-3])))
            throw Error($"queries have {q.Shape[-3]} heads, keys {k.Shape[-3]}, values {v.Shape[-3]}",
                "give keys and values equally many, a divisor of those of queries");
    }

    private static void DemandAttention(Origin origin, Node q, Node k, Node v, Node? pastKey, Node? pastValue, AttentionOptions options)
    {
        ImmutableArray<Node> operands = [q, k, v, .. new[] { pastKey, pastValue }.OfType<Node>()];
        GraphException Error(string problem, string fix) => GraphException.For("attention", operands, origin, problem, fix);
        if (q.Rank is not (3 or 4) || k.Rank is not (3 or 4) || v.Rank is not (3 or 4))
            throw Error($"ranks are {q.Rank}, {k.Rank} and {v.Rank}",
                "give [batch, heads, length, width] or [batch, length, heads * width]");
        if ((q.Rank == 3 && options.QueryHeads < 1) || ((k.Rank == 3 || v.Rank == 3) && options.KeyHeads < 1))
            throw Error("the number of heads is not known", "set QueryHeads and KeyHeads in the options");
        if (pastKey is null != pastValue is null)
            throw Error("there is a past of keys or of values but not of both", "give both or none");
    }
}
