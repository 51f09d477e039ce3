using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Attention against loops over batch, heads, queries and keys, and its parts against their definitions.</summary>
public class AttentionFacts
{
    private const int B = 2, H = 4, Shared = 2, S = 3, T = 5, D = 4, V = 3;

    private static HostTensor Sample(int seed, params long[] shape)
    {
        var random = new Random(seed);
        return HostTensor.From(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
            .Select(_ => random.NextDouble() * 4 - 2).ToArray(), shape);
    }

    private static readonly HostTensor Q = Sample(1, B, H, S, D), K = Sample(2, B, Shared, T, D), Values = Sample(3, B, Shared, T, V);

    // The textbook's sums; bias gives what is added to the score of a key, -infinity to hide it.
    private static (double[] Y, double[] Scores) Expected(Func<int, int, int, int, double> bias, double scale, double cap = 0)
    {
        double[] q = Doubles(Q), k = Doubles(K), v = Doubles(Values), y = new double[B * H * S * V], scores = new double[B * H * S * T];
        for (int b = 0; b < B; b++)
            for (int h = 0; h < H; h++)
                for (int s = 0; s < S; s++)
                {
                    int kv = b * Shared + h / (H / Shared), row = (b * H + h) * S + s;
                    for (int t = 0; t < T; t++)
                    {
                        double product = scale * Enumerable.Range(0, D).Sum(d => q[row * D + d] * k[(kv * T + t) * D + d]);
                        scores[row * T + t] = (cap == 0 ? product : cap * Math.Tanh(product / cap)) + bias(b, h, s, t);
                    }
                    double total = Enumerable.Range(0, T).Sum(t => Math.Exp(scores[row * T + t]));
                    for (int e = 0; e < V && total > 0; e++)
                        y[row * V + e] = Enumerable.Range(0, T).Sum(t => Math.Exp(scores[row * T + t]) / total * v[(kv * T + t) * V + e]);
                }
        return (y, scores);
    }

    private static double[] Attended(Node? mask = null, bool isCausal = false, double? scale = null, double softcap = 0) =>
        Doubles(Eval(ScaledDotProductAttention(Constant(Q), Constant(K), Constant(Values), mask, isCausal, scale, softcap)));

    [Fact]
    public void Neighbouring_query_heads_share_keys() => AssertClose(Expected((_, _, _, _) => 0, 0.5).Y, Attended(), 1e-14);

    [Fact]
    public void A_causal_query_sees_keys_up_to_its_own() =>
        AssertClose(Expected((_, _, s, t) => t > s ? -Inf : 0, 0.3, 1.2).Y, Attended(isCausal: true, scale: 0.3, softcap: 1.2), 1e-14);

    [Fact]
    public void A_query_that_sees_nothing_gets_0_and_a_bias_is_added()
    {
        var seen = new[,] { { true, false, true, true, false }, { false, false, false, false, false }, { true, true, true, true, true } };
        AssertClose(Expected((_, _, s, t) => seen[s, t] ? 0 : -Inf, 0.5).Y, Attended(Constant(seen)), 1e-14);
        var bias = Sample(4, B, 1, S, T);
        AssertClose(Expected((b, _, s, t) => Doubles(bias)[(b * S + s) * T + t], 0.5).Y, Attended(Constant(bias)), 1e-14);
    }

    /// <summary>Two of five keys are past: the first query stands at the third.</summary>
    [Fact]
    public void A_past_moves_causality_and_comes_first()
    {
        Node key = Constant(K), value = Constant(Values);
        var r = Attention(Constant(Q), Slice(key, 2, 2), Slice(value, 2, 2), null, Slice(key, 2, 0, 2), Slice(value, 2, 0, 2),
            options: new() { IsCausal = true, Scores = AttentionScores.Masked });
        var (y, scores) = Expected((_, _, s, t) => t > s + 2 ? -Inf : 0, 0.5);
        AssertClose(y, Doubles(Eval(r.Y)), 1e-14);
        AssertClose(scores, Doubles(Eval(r.Scores)), 1e-14);
        Assert.Equal(Doubles(K), Doubles(Eval(r.PresentKey)));
        Assert.Equal(Doubles(Values), Doubles(Eval(r.PresentValue)));
    }

    [Fact]
    public void Padding_hides_keys_and_the_last_query_stands_at_the_last_that_is_none()
    {
        int[] valid = [3, 5];
        var r = Attention(Constant(Q), Constant(K), Constant(Values), validKeys: Constant(valid),
            options: new() { IsCausal = true, SoftCap = 2, Scores = AttentionScores.Weights });
        var (y, scores) = Expected((b, _, s, t) => t >= valid[b] || t > s + valid[b] - S ? -Inf : 0, 0.5, 2);
        AssertClose(y, Doubles(Eval(r.Y)), 1e-14);
        AssertClose([.. Enumerable.Range(0, B * H * S).Select(_ => 1.0)],
            [.. Doubles(Eval(r.Scores)).Chunk(T).Select(w => w.Sum())], 1e-14);
        AssertClose([.. scores.Chunk(T).SelectMany(w => w.Select(x => Math.Exp(x) / w.Sum(Math.Exp)))], Doubles(Eval(r.Scores)), 1e-14);
    }

    [Fact]
    public void Heads_in_the_last_axis_and_a_short_mask_are_what_they_stand_for()
    {
        Node Packed(HostTensor x) => Reshape(Transpose(Constant(x), [0, 2, 1, 3]), [B, x.Shape[2], x.Shape[1] * x.Shape[3]]);
        var mask = new[,] { { true, true, false, true }, { true, false, false, true }, { true, true, true, true } };
        var r = Attention(Packed(Q), Packed(K), Packed(Values), Constant(mask),
            options: new() { QueryHeads = H, KeyHeads = Shared, Scores = AttentionScores.Products });
        Assert.Equal(Shape.Of([B, S, H * V]), r.Y.Shape);
        Node y = Transpose(Reshape(r.Y, [B, S, H, V]), [0, 2, 1, 3]);
        AssertClose(Expected((_, _, s, t) => t < 4 && mask[s, t] ? 0 : -Inf, 0.5).Y, Doubles(Eval(y)), 1e-14);
        AssertClose(Expected((_, _, _, _) => 0, 0.5).Scores, Doubles(Eval(r.Scores)), 1e-14);
    }

    /// <summary>Turned by angles m θ and n θ, the product of two pairs depends on m - n alone.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Products_of_rotated_heads_depend_on_distances(bool interleaved)
    {
        Node angles = Iota([9, 2], 0, DType.Float64) * Constant(new[] { 1.0, 0.1 });
        Node At(int seed, int position) =>
            RotaryEmbedding(Constant(Sample(seed, 1, 1, 1, 6)), Cos(angles), Sin(angles), Constant(new[,] { { position } }), interleaved);
        double Product(int m, int n) => Doubles(Eval(Sum(At(1, m) * At(2, n))))[0];
        Assert.Equal(Product(5, 3), Product(8, 6), 12);
        Assert.Equal(Product(0, 2), Product(4, 6), 12);
        Assert.True(Math.Abs(Product(5, 3) - Product(5, 4)) > 1e-3);
    }

    [Theory, InlineData(false, new[] { 0, 2, 1, 3 }), InlineData(true, new[] { 0, 1, 2, 3 })]
    public void Pairs_turn_and_the_rest_of_a_head_stays(bool interleaved, int[] pairs)
    {
        double[] x = [1, 2, 3, 4, 5, 6], angle = [0.3, 1.1], expected = [.. x];
        for (int p = 0; p < 2; p++)
        {
            int i = pairs[2 * p], j = pairs[2 * p + 1];
            expected[i] = x[i] * Math.Cos(angle[p]) - x[j] * Math.Sin(angle[p]);
            expected[j] = x[i] * Math.Sin(angle[p]) + x[j] * Math.Cos(angle[p]);
        }
        Node turn = Reshape(Constant(angle), [1, 1, 2]);
        AssertClose(expected, Eval(v =>
            Reshape(RotaryEmbedding(Reshape(v, [1, 1, 1, 6]), Cos(turn), Sin(turn), interleaved: interleaved), [6]), x), 1e-15);
    }

    [Fact]
    public void Several_heads_are_projections_around_attention()
    {
        HostTensor x = Sample(1, B, S, D), w = Sample(2, 3 * D, D), o = Sample(3, D, D), b = Sample(4, 3 * D), c = Sample(5, D);
        double[] y = Doubles(Eval(MultiHeadAttention(Constant(x), Constant(x), Constant(x), 2, Constant(w), Constant(o),
            Constant(b), Constant(c))));
        Node Part(int i) => MatMul(Constant(x), Transpose(Slice(Constant(w), 0, i * D, (i + 1) * D)))
            + Slice(Constant(b), 0, i * D, (i + 1) * D);
        Node[] heads = [.. Enumerable.Range(0, 2).Select(h =>
        {
            Node Of(int i) => Slice(Part(i), 2, h * 2, h * 2 + 2);
            return MatMul(Softmax(MatMul(Of(0), Transpose(Of(1), [0, 2, 1])) / Math.Sqrt(2)), Of(2));
        })];
        AssertClose(Doubles(Eval(MatMul(Concat(heads, 2), Transpose(Constant(o))) + Constant(c))), y, 1e-12);
    }

    [Fact]
    public void A_head_of_keys_must_serve_equally_many_queries()
    {
        Node q = Input("q", DType.Float32, [1, 3, 2, 4]), k = Input("k", DType.Float32, [1, 2, 5, 4]);
        string message = Assert.Throws<GraphException>(() => ScaledDotProductAttention(q, k, k)).Message;
        Assert.Contains("queries have 3 heads, keys 2, values 2", message, StringComparison.Ordinal);
        Assert.Contains("AttentionFacts.cs:", message, StringComparison.Ordinal);
    }
}
