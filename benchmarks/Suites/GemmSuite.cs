using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Matrix products: squares, few rows or few columns, and many small ones,
/// against the time that their multiply-adds take at the measured peak.
/// </summary>
internal static class GemmSuite
{
    private const int Many = 10_000;

    public delegate void Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c);

    public delegate void Layer(ReadOnlySpan<float> a, Span<float> c);

    public delegate void DoubleProduct(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c);

    public static IEnumerable<Workload> Run() => [.. Squares(), .. Skinny(), .. Batched()];

    private static IEnumerable<Workload> Squares()
    {
        foreach (int n in new[] { 256, 512, 1024, 2048 })
        {
            yield return Single($"gemm {n}x{n}x{n}", [n, n], [n, n]);
            yield return Constant($"gemm {n}x{n}x{n}", [n, n], [n, n]);
            yield return Double($"gemm {n}x{n}x{n} float64", [n, n], [n, n]);
        }
        yield return Single($"gemm 1024x1024x1024{Scaling.Suffix}", [1024, 1024], [1024, 1024], threads: 2);
        yield return Single("gemm 64x784x128", [64, 784], [784, 128]);
        yield return Single("gemm 784x64x128", [784, 64], [64, 128]);
    }

    // Names are m x k x n.
    private static IEnumerable<Workload> Skinny()
    {
        foreach (int inner in new[] { 1024, 4096 })
            foreach (int few in new[] { 1, 4, 16 })
            {
                yield return Single($"gemm {few}x{inner}x{inner}", [few, inner], [inner, inner]);
                yield return Constant($"gemm {few}x{inner}x{inner}", [few, inner], [inner, inner]);
                yield return Single($"gemm {inner}x{inner}x{few}", [inner, inner], [inner, few]);
            }
    }

    private static IEnumerable<Workload> Batched()
    {
        foreach (int n in new[] { 4, 8, 16, 32 })
            yield return Single($"{Many} products {n}x{n}x{n}", [Many, n, n], [Many, n, n]);
    }

    private static Workload Single(string name, int[] left, int[] right, int threads = 1)
    {
        Node a = Input("a", DType.Float32, [.. left]), b = Input("b", DType.Float32, [.. right]);
        var product = new Computation([a, b], [MatMul(a, b)], name: "gemm").Compile<Product>(options: new() { Threads = threads });
        float[] x = Data.Floats(Count(left), 1), y = Data.Floats(Count(right), 2), z = new float[Count(left) / left[^1] * right[^1]];
        return new("gemm", name, () => product(x, y, z)) { Floors = [Machine.FmaFloor(2.0 * Count(left) * right[^1], threads)] };
    }

    // Weights that never change, which are packed before the first call.
    private static Workload Constant(string name, int[] left, int[] right)
    {
        Node a = Input("a", DType.Float32, [.. left]), b = Reshape(Ops.Constant(Data.Floats(Count(right), 2)), [.. right]);
        var product = new Computation([a], [MatMul(a, b)], name: "gemm").Compile<Layer>(options: new() { Threads = 1 });
        float[] x = Data.Floats(Count(left), 1), z = new float[Count(left) / left[^1] * right[^1]];
        return new("gemm", $"{name}, constant b", () => product(x, z)) { Floors = [Machine.FmaFloor(2.0 * Count(left) * right[^1])] };
    }

    private static Workload Double(string name, int[] left, int[] right)
    {
        Node a = Input("a", DType.Float64, [.. left]), b = Input("b", DType.Float64, [.. right]);
        var product = new Computation([a, b], [MatMul(a, b)], name: "gemm").Compile<DoubleProduct>(options: new() { Threads = 1 });
        double[] x = Doubles(Count(left), 1), y = Doubles(Count(right), 2), z = new double[Count(left) / left[^1] * right[^1]];
        // half the lanes
        return new("gemm", name, () => product(x, y, z)) { Floors = [Machine.FmaFloor(2 * 2.0 * Count(left) * right[^1])] };
    }

    private static int Count(int[] shape) => shape.Aggregate(1, (count, extent) => count * extent);

    private static double[] Doubles(int count, int seed) => Array.ConvertAll(Data.Floats(count, seed), x => (double)x);
}
