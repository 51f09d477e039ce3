using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Attention in its general form, and the embedding of positions that goes with it.</summary>
internal static class Attentions
{
    public static IEnumerable<Importer> All => [Many("Attention", Attention), One("RotaryEmbedding", Rotary)];

    private static ImmutableArray<Node> Attention(OnnxNode x)
    {
        var results = Ops.Attention(x[0], x[1], x[2], x.Optional(3), x.Optional(4), x.Optional(5), x.Optional(6), new()
        {
            IsCausal = x.Flag("is_causal"),
            Scale = x.Has("scale") ? x.Number("scale", 1) : null,
            SoftCap = x.Number("softcap", 0),
            QueryHeads = Heads(x, "q_num_heads"),
            KeyHeads = Heads(x, "kv_num_heads"),
            Scores = x.Int("qk_matmul_output_mode", 0) switch
            {
                0 => AttentionScores.Products,
                1 => AttentionScores.Capped,
                2 => AttentionScores.Masked,
                3 => AttentionScores.Weights,
                var mode => throw x.Unsupported($"qk_matmul_output_mode {mode}"),
            },
            SoftmaxPrecision = x.Has("softmax_precision") ? x.DTypeOf(x.Int("softmax_precision", 1)) : null,
        });
        return [results.Y, results.PresentKey, results.PresentValue, results.Scores];
    }

    // Of rank 3, heads are in the last axis.
    private static Node Rotary(OnnxNode x)
    {
        var t = x[0];
        bool flat = t.Rank == 3;
        int heads = Heads(x, "num_heads");
        if (flat && heads == 0)
            throw x.Error("num_heads is missing");
        Node split = flat ? Ops.Transpose(Ops.Reshape(t,
            [t.Shape[0], t.Shape[1], heads, Dim.FloorDivide(t.Shape[2], heads)]), [0, 2, 1, 3]) : t;
        Node Angles(Node table) => x.Int("rotary_embedding_dim", 0) is > 0 and var n ? Ops.Slice(table, -1, 0, n / 2) : table;
        Node y = Ops.RotaryEmbedding(split, Angles(x[1]), Angles(x[2]), x.Optional(3), x.Flag("interleaved"));
        return flat ? Ops.Reshape(Ops.Transpose(y, [0, 2, 1, 3]), t.Shape) : y;
    }

    private static int Heads(OnnxNode x, string name) =>
        x.Int(name, 0) is >= 0 and <= 1 << 16 and var n ? (int)n : throw x.Error($"{name} is {x.Int(name, 0)}");
}
