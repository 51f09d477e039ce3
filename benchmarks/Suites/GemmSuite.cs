using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Matrix products in float32 against the time that their multiply-adds take at the measured peak.</summary>
internal static class GemmSuite
{
    public delegate void Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c);

    public static IEnumerable<Measurement> Run()
    {
        foreach (var (m, k, n) in new[] { (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (64, 784, 128), (784, 64, 128) })
        {
            Node a = Input("a", DType.Float32, [m, k]), b = Input("b", DType.Float32, [k, n]);
            var product = new Computation([a, b], [MatMul(a, b)], name: "gemm").Compile<Product>(options: new() { Threads = 1 });
            float[] x = Data.Floats(m * k, 1), y = Data.Floats(k * n, 2), z = new float[m * n];
            double seconds = Alternate.Time(() => product(x, y, z), 2);
            double flops = 2.0 * m * n * k;
            yield return new("gemm", $"gemm {m}x{k}x{n}", seconds, "fma peak", flops / Machine.PeakFlops(flops));
        }
    }
}
