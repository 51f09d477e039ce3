using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Convolutions in float32, forward and with both gradients, against
/// the time that their multiply-adds take at the measured peak.
/// </summary>
internal static class ConvolutionSuite
{
    public delegate void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> y);

    public delegate void Gradients(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> seed,
        Span<float> y, Span<float> ofX, Span<float> ofW);

    public static IEnumerable<Workload> Run()
    {
        foreach (var (batch, channels, results, extent, size, groups) in new[]
            { (1, 64, 64, 56, 3, 1), (16, 64, 64, 56, 3, 1), (1, 64, 256, 56, 1, 1), (1, 64, 64, 56, 3, 64) })
        {
            Node x = Input("x", DType.Float32, [batch, channels, extent, extent]);
            Node w = Input("w", DType.Float32, [results, channels / groups, size, size]);
            Node y = Convolution(x, w, window: new([size, size]) { Low = [size / 2, size / 2],
                High = [size / 2, size / 2] }, groups: groups);
            double flops = 2.0 * batch * results * extent * extent * (channels / groups) * size * size;
            string name = groups > 1 ? $"depthwise {size}x{size}, {channels}" : $"{size}x{size}, {channels} to {results}";
            yield return new("convolution", $"{name}, batch {batch}", Forwards(x, w, y)) { Floors = [Machine.FmaFloor(flops)] };
            if (groups == 1)
                yield return new("convolution", $"{name}, batch {batch}, with gradients",
                    WithGradients(x, w, y)) { Floors = [Machine.FmaFloor(3 * flops)] };
        }
    }

    private static Action Forwards(Node x, Node w, Node y)
    {
        var f = new Computation([x, w], [y], name: "convolution").Compile<Forward>(options: new() { Threads = 1 });
        float[] a = Of(x, 1), b = Of(w, 2), c = Of(y, 3);
        return () => f(a, b, c);
    }

    private static Action WithGradients(Node x, Node w, Node y)
    {
        Node seed = Input("seed", DType.Float32, y.Shape);
        var slopes = Gradient.Vjp([y], [x, w], [seed]);
        var f = new Computation([x, w, seed], [y, slopes[0], slopes[1]],
            name: "convolution-gradients").Compile<Gradients>(options: new() { Threads = 1 });
        float[] a = Of(x, 1), b = Of(w, 2), s = Of(y, 3), c = Of(y, 3), d = Of(x, 1), e = Of(w, 2);
        return () => f(a, b, s, c, d, e);
    }

    private static float[] Of(Node node, int seed) => Data.Floats((int)node.Shape.ElementCount.Constant, seed);
}
