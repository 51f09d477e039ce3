using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Sums of float32, over everything and over columns.</summary>
internal static class ReductionSuite
{
    public delegate float Total(ReadOnlySpan<float> x);

    public static IEnumerable<Measurement> Run()
    {
        Node x = Input("x", DType.Float32, ["n"]);
        var sum = new Computation([x], [Sum(x)], name: "sum").Compile<Total>(options: new() { Threads = 1 });
        foreach (int n in new[] { 4096, 4_000_000 })
        {
            float[] data = Data.Floats(n, 1);
            var (adjoint, hand) = Alternate.Time(() => sum(data), () => HandWritten.Sum(data));
            yield return new("reductions", $"sum {n}", adjoint, "vector512", hand);
            (adjoint, double library) = Alternate.Time(() => sum(data), () => TensorPrimitives.Sum<float>(data));
            yield return new("reductions", $"sum {n}", adjoint, "tensor-primitives", library);
        }
    }
}
