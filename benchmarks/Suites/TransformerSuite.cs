using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// A transformer block before which rows are normalised (8 examples of 128 tokens, width 256, 8 heads, a perceptron of
/// four times the width with GELU), float32: forward, and a step of gradient descent on the mean square of its result.
/// </summary>
internal static class TransformerSuite
{
    public const int Batch = 8, Tokens = 128, Width = 256, Heads = 8, Hidden = 4 * Width;

    // The projections, the perceptron, and both products of attention.
    private const double ForwardFlops = 2.0 * Batch * Tokens * Width * (4 * Width + 2 * Hidden + 2 * Tokens);

    public delegate void Forward(ReadOnlySpan<float> x, Span<float> y);

    public delegate float Step(ReadOnlySpan<float> x);

    public static IEnumerable<Workload> Run()
    {
        float[] x = Data.Floats(Batch * Tokens * Width, 1), y = new float[x.Length];
        foreach (int threads in new[] { 1, 2 })
        {
            var forward = Predict().Compile<Forward>(options: new() { Threads = threads });
            yield return Of("forward", threads, () => forward(x, y), ForwardFlops);
            var step = Train().Compile<Step>(options: new() { Threads = threads });
            yield return Of("sgd step", threads, () => step(x), 3 * ForwardFlops);
        }
    }

    public static Computation Predict() => Block() is var (x, y, _) ? new Computation([x], [y], name: "transformer_forward") : null!;

    public static Computation Train()
    {
        var (x, y, parameters) = Block();
        Node loss = Mean(Square(y));
        return new Computation([x], [loss], name: "transformer_step")
            .WithUpdates(Sgd.Updates(parameters, Gradient.Of(loss, [.. parameters]), 0.01));
    }

    private static (Node X, Node Y, Variable[] Parameters) Block()
    {
        Node x = Input("x", DType.Float32, [Batch, Tokens, Width]);
        Variable inWeight = new("in", [3 * Width, Width], Init.GlorotUniform(1)), inBias = new("in-bias", [3 * Width]);
        Variable outWeight = new("out", [Width, Width], Init.GlorotUniform(2)), outBias = new("out-bias", [Width]);
        Variable w1 = new("w1", [Width, Hidden], Init.GlorotUniform(3)), b1 = new("b1", [Hidden]);
        Variable w2 = new("w2", [Hidden, Width], Init.GlorotUniform(4)), b2 = new("b2", [Width]);
        Variable g1 = new("g1", [Width], Init.Ones), h1 = new("h1", [Width]), g2 = new("g2", [Width], Init.Ones), h2 = new("h2", [Width]);
        Node n = LayerNorm(x, g1, h1);
        Node y = x + MultiHeadAttention(n, n, n, Heads, inWeight, outWeight, inBias, outBias);
        y += MatMul(Gelu(MatMul(LayerNorm(y, g2, h2), w1) + b1), w2) + b2;
        return (x, y, [inWeight, inBias, outWeight, outBias, w1, b1, w2, b2, g1, h1, g2, h2]);
    }

    private static Workload Of(string name, int threads, Action call, double flops) =>
        new("transformer", $"{name} {Batch}x{Tokens}x{Width}{(threads > 1 ? Scaling.Suffix : "")}",
            call) { Floors = [Machine.FmaFloor(flops, threads)] };
}
