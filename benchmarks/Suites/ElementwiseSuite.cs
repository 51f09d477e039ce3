using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>tanh(a b + c) a on float32: one pass, mathematics inlined.</summary>
internal static class ElementwiseSuite
{
    public delegate void Chain(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> y);

    public static Chain Compile(int threads = 1)
    {
        Node a = Input("a", DType.Float32, ["n"]), b = Input("b", DType.Float32, ["n"]), c = Input("c", DType.Float32, ["n"]);
        return new Computation([a, b, c], [Tanh(a * b + c) * a], name: "tanh_chain").Compile<Chain>(options: new() { Threads = threads });
    }

    public static IEnumerable<Workload> Run()
    {
        var chain = Compile();
        foreach (int n in new[] { 4096, 4_000_000, 16_000_000 })
        {
            float[] a = Data.Floats(n, 1), b = Data.Floats(n, 2), c = Data.Floats(n, 3), y = new float[n];
            yield return new("elementwise", $"tanh(a*b+c)*a {n}", () => chain(a, b, c, y))
            {
                Rivals =
                [
                    ("vector512", () => HandWritten.TanhChain(a, b, c, y)),
                    ("tensor-primitives", () =>
                    {
                        TensorPrimitives.MultiplyAdd<float>(a, b, c, y);
                        TensorPrimitives.Tanh<float>(y, y);
                        TensorPrimitives.Multiply<float>(y, a, y);
                    }),
                ],
                Floors = n > 1_000_000 ? [("traffic, streaming stores", 16.0 * n / Machine.StreamingBytes)] : [],
            };
        }
    }
}
