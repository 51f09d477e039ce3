using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Attention of 8 heads of 1,024 tokens, width 64, float32: by blocks of keys, against products of whole matrices.</summary>
internal static class AttentionSuite
{
    private const int Heads = 8, Tokens = 1024, Width = 64;

    // Queries times keys, and weights times values; the gradient has four more products.
    private const double ForwardFlops = 4.0 * Heads * Tokens * Tokens * Width;

    public static IEnumerable<Workload> Run()
    {
        foreach (bool isCausal in new[] { false, true })
            foreach (bool hasGradients in new[] { false, true })
            {
                string name = $"{Heads}x{Tokens}x{Width}{(isCausal ? ", causal" : "")}{(hasGradients ? ", with gradients" : "")}";
                yield return new("attention", name, Compiled(isCausal, hasGradients, streams: true))
                {
                    Rivals = [new("whole products", Compiled(isCausal, hasGradients, streams: false))],
                    Floors = [Machine.FmaFloor((hasGradients ? 3 : 1) * ForwardFlops / (isCausal ? 2 : 1), 1)],
                };
            }
    }

    private static Action Compiled(bool isCausal, bool hasGradients, bool streams)
    {
        Node[] x = [.. "qkvs".Select(c => Input($"{c}", DType.Float32, [Heads, Tokens, Width]))];
        Node y = ScaledDotProductAttention(x[0], x[1], x[2], isCausal: isCausal, streams: streams);
        Node[] results = hasGradients ? [y, .. Gradient.Vjp([y], x.AsSpan(0, 3), [x[3]])] : [y];
        var executable = new Computation(hasGradients ? x : x[..3], [.. results.Select(r => (Output)r)],
            name: "attention").Compile(options: new() { Threads = 1 });
        HostTensor[] arguments = [.. (hasGradients ? x : x[..3])
            .Select((_, i) => HostTensor.From(Data.Floats(Heads * Tokens * Width, i + 1), [Heads, Tokens, Width]))];
        HostTensor[] into = [.. results.Select(_ => HostTensor.Zeros(DType.Float32, [Heads, Tokens, Width]))];
        return () => executable.RunInto(arguments, into);
    }
}
