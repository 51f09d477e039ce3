using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Attention whose scores and weights pass through bodies of the model's own.</summary>
internal static class FlexAttention
{
    public static IEnumerable<Importer> All => [One("FlexAttention", Attention) with { Domain = "ai.onnx.preview" }];

    // softmax(score_mod(scale q k')) through prob_mod, times v; heads of keys and values serve several heads of queries.
    private static Node Attention(OnnxNode x)
    {
        var (q, k, v) = (x[0], Aligned(x, x[1]), Aligned(x, x[2]));
        double root = Math.Sqrt(x.Has("scale") ? x.Number("scale", 1) : 1 / Math.Sqrt(q.Shape[3].Constant));
        Node scores = Ops.MatMul(q * root, Ops.Transpose(k * root, [0, 1, 3, 2]));
        if (x.OptionalGraph("score_mod") is { } score)
            scores = x.Body(score, [scores])[0];
        Node weights = Ops.Softmax(scores, 3);
        if (x.OptionalGraph("prob_mod") is { } probability)
            weights = x.Body(probability, [weights])[0];
        return Ops.MatMul(weights, v);
    }

    private static Node Aligned(OnnxNode x, Node t) => x[0].Rank == 4 && t.Rank == 4
        ? x[0].Shape[1] == t.Shape[1] ? t : Ops.Repeat(t, Dim.FloorDivide(x[0].Shape[1], t.Shape[1]), 1)
        : throw x.Error($"it takes [batch, heads, length, size], got {x[0].Shape} and {t.Shape}");
}
