using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Attention of 8 heads of 1,024 tokens, width 64, and of 64 heads of 128 tokens, width 32, as in a batch of short texts, float32: by
/// blocks of keys, against products of whole matrices.
/// </summary>
internal static class AttentionSuite
{
    private sealed record Extents(int Heads, int Tokens, int Width)
    {
        // Queries times keys, and weights times values; the gradient has four more products.
        public double ForwardFlops => 4.0 * Heads * Tokens * Tokens * Width;

        public override string ToString() => $"{Heads}x{Tokens}x{Width}";
    }

    public static IEnumerable<Workload> Run()
    {
        foreach (var extents in new Extents[] { new(8, 1024, 64), new(64, 128, 32) })
            foreach (bool isCausal in new[] { false, true })
                foreach (bool hasGradients in new[] { false, true })
                {
                    string name = $"{extents}{(isCausal ? ", causal" : "")}{(hasGradients ? ", with gradients" : "")}";
                    yield return new("attention", name, Compiled(extents, isCausal, hasGradients, streams: true))
                    {
                        Rivals = [new("whole products", Compiled(extents, isCausal, hasGradients, streams: false))],
                        Floors = [Machine.FmaFloor((hasGradients ? 3 : 1) * extents.ForwardFlops / (isCausal ? 2 : 1), 1)],
                    };
                }
    }

    private static Action Compiled(Extents extents, bool isCausal, bool hasGradients, bool streams)
    {
        var (heads, tokens, width) = extents;
        Node[] x = [.. "qkvs".Select(c => Input($"{c}", DType.Float32, [heads, tokens, width]))];
        Node y = ScaledDotProductAttention(x[0], x[1], x[2], isCausal: isCausal, streams: streams);
        Node[] results = hasGradients ? [y, .. Gradient.Vjp([y], x.AsSpan(0, 3), [x[3]])] : [y];
        var executable = new Computation(hasGradients ? x : x[..3], [.. results.Select(r => (Output)r)],
            name: "attention").Compile(options: new() { Threads = 1 });
        HostTensor[] arguments = [.. (hasGradients ? x : x[..3])
            .Select((_, i) => HostTensor.From(Data.Floats(heads * tokens * width, i + 1), [heads, tokens, width]))];
        HostTensor[] into = [.. results.Select(_ => HostTensor.Zeros(DType.Float32, [heads, tokens, width]))];
        return () => executable.RunInto(arguments, into);
    }
}
