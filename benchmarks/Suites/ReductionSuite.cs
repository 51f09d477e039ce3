using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Sums of float32.</summary>
internal static class ReductionSuite
{
    public delegate float Total(ReadOnlySpan<float> x);

    public static IEnumerable<Workload> Run()
    {
        Node x = Input("x", DType.Float32, ["n"]);
        var sum = new Computation([x], [Sum(x)], name: "sum").Compile<Total>(options: new() { Threads = 1 });
        foreach (int n in new[] { 4096, 4_000_000 })
        {
            float[] data = Data.Floats(n, 1);
            float total = 0;
            yield return new("reductions", $"sum {n}", () => total = sum(data))
            {
                Rivals = [("vector512", () => total = HandWritten.Sum(data)),
                    ("tensor-primitives", () => total = TensorPrimitives.Sum<float>(data))],
            };
        }
    }
}
