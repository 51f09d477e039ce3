using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Softmax over the rows of a 1024 x 1024 float32 matrix.</summary>
internal static class SoftmaxSuite
{
    private const int Rows = 1024, Columns = 1024;

    public delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    public static IEnumerable<Workload> Run()
    {
        Node x = Input("x", DType.Float32, [Rows, Columns]);
        var softmax = new Computation([x], [Softmax(x)], name: "softmax").Compile<Map>(options: new() { Threads = 1 });
        float[] data = Data.Floats(Rows * Columns, 1), y = new float[data.Length];
        yield return new("softmax", "softmax 1024x1024", () => softmax(data, y))
        {
            Rivals =
            [
                ("vector512", () => HandWritten.Softmax(data, y, Rows, Columns)),
                ("tensor-primitives", () =>
                {
                    for (int r = 0; r < Rows; r++)
                        TensorPrimitives.SoftMax<float>(data.AsSpan(r * Columns, Columns), y.AsSpan(r * Columns, Columns));
                }),
            ],
        };
    }
}
