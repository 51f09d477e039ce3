using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Softmax, layer norm and cross entropy, forward and with gradients, against the time of their reads and writes alone.</summary>
internal static class RowSuite
{
    private sealed record Case(string Name, int Tensors, Executable Executable, HostTensor[] Arguments, HostTensor[] Results);

    public static IEnumerable<Workload> Run()
    {
        foreach (var (rows, columns) in new[] { (1024, 1024), (64, 50_000) })
            foreach (var c in Cases(rows, columns))
            {
                var arrays = Enumerable.Range(0, c.Tensors).Select(i => Data.Floats(rows * columns, 20 + i)).ToArray();
                yield return new("rows", $"{c.Name} {rows}x{columns}", () => c.Executable.RunInto(c.Arguments, c.Results))
                {
                    Rivals = [("traffic", () => HandWritten.Traffic(arrays))],
                };
            }
    }

    // Tensors counts those of the size of x that must be read or written once, the one written included.
    private static IEnumerable<Case> Cases(int rows, int columns)
    {
        Node x = Input("x", DType.Float32, [rows, columns]), ct = Input("ct", DType.Float32, [rows, columns]);
        Node labels = Input("labels", DType.Int32, [rows]);
        Node gamma = Input("gamma", DType.Float32, [columns]), beta = Input("beta", DType.Float32, [columns]);
        float[] data = Data.Floats(rows * columns, 1), seeds = Data.Floats(rows * columns, 2), row = Data.Floats(columns, 3);
        int[] right = Data.Labels(rows, columns, 4);
        Case Of(string name, int tensors, Node[] inputs, Node[] outputs, params HostTensor[] arguments)
        {
            var executable = new Computation(inputs, [.. outputs.Select(o => (Output)o)], name: name.Replace(' ', '_'))
                .Compile(options: new() { Threads = 1 });
            return new(name, tensors, executable, arguments, [.. outputs.Select(o => HostTensor.Zeros(o.DType, Sizes(o)))]);
        }
        yield return Of("softmax fwd", 2, [x], [Softmax(x)], data);
        Node p = Softmax(x);
        yield return Of("softmax fwd+bwd", 4, [x, ct], [p, Gradient.Of(Sum(p * ct), [x])[0]], data, seeds);
        Node y = LayerNorm(x, gamma, beta);
        yield return Of("layernorm fwd", 2, [x, gamma, beta], [y], data, row, row);
        yield return Of("layernorm fwd+bwd", 4, [x, ct, gamma, beta],
            [y, .. Gradient.Of(Sum(y * ct), [x, gamma, beta])], data, seeds, row, row);
        Node loss = Mean(SoftmaxCrossEntropy(x, labels));
        yield return Of("cross-entropy fwd+bwd", 2, [x, labels], [loss, Gradient.Of(loss, [x])[0]], data, right);
    }

    private static long[] Sizes(Node node) => [.. node.Shape.Select(d => d.Evaluate(new Dictionary<string, long>()))];
}
