using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// What is bound by how memory is walked: reductions over each layout, permuted copies, lookups, additions at positions,
/// optimiser steps. The baseline reads and writes as many bytes in order.
/// </summary>
internal static class LayoutSuite
{
    private sealed record Case(string Name, long Floats, Executable Executable, HostTensor[] Arguments, HostTensor[] Results);

    public static IEnumerable<Workload> Run()
    {
        foreach (var c in Reductions().Concat(Copies()).Concat(Positions()).Concat(Optimisers()))
        {
            float[][] arrays = [new float[c.Floats / 2], new float[c.Floats - c.Floats / 2]];
            yield return new("layouts", c.Name, () => c.Executable.RunInto(c.Arguments, c.Results))
            {
                Rivals = [("traffic", () => HandWritten.Traffic(arrays))],
            };
        }
    }

    private static IEnumerable<Case> Reductions()
    {
        Node cube = Input("x", DType.Float32, [128, 128, 256]), line = Input("x", DType.Float32, [1 << 22]),
            matrix = Input("x", DType.Float32, [4096, 1024]);
        float[] data = Data.Floats(1 << 22, 1);
        foreach (var (name, axes) in new (string,
            int[])[] { ("0", [0]), ("1", [1]), ("2", [2]), ("0,1", [0, 1]), ("1,2", [1, 2]), ("0,2", [0, 2]), ("all", [0, 1, 2]) })
            yield return Of($"sum [{name}] of 128x128x256", 1 << 22, [cube], [Sum(cube, Axes.Of(axes))], data);
        yield return Of("max [0] of 4096x1024", 1 << 22, [matrix], [Max(matrix, [0])], data);
        yield return Of("argmax [1] of 4096x1024", 1 << 22, [matrix], [ArgMax(matrix, 1)], data);
        yield return Of("argmax of 4M", 1 << 22, [line], [ArgMax(line, 0)], data);
        yield return Of("softmax of 4M", 1 << 23, [line], [Softmax(line, 0)], data);
        yield return Of("softmax [0] of 4096x1024", 1 << 23, [matrix], [Softmax(matrix, 0)], data);
    }

    private static IEnumerable<Case> Copies()
    {
        Node square = Input("x", DType.Float32, [2048, 2048]), image = Input("x", DType.Float32, [16, 64, 64, 64]);
        float[] data = Data.Floats(1 << 22, 1);
        yield return Of("transpose 2048x2048", 1 << 23, [square], [Transpose(square)], data);
        yield return Of("x + transpose(x) 2048x2048", 3 << 22, [square], [square + Transpose(square)], data);
        yield return Of("nchw to nhwc 16x64x64x64", 1 << 23, [image], [Transpose(image, [0, 2, 3, 1])], data);
        yield return Of("swap middle axes 16x64x64x64", 1 << 23, [image], [Transpose(image, [0, 2, 1, 3])], data);
        yield return Of("every other column 2048x2048", 3 << 21, [square], [Slice(square, 1, 0, 2048, 2)], data);
    }

    private static IEnumerable<Case> Positions()
    {
        const int rows = 50_000, picks = 32_768;
        foreach (int width in new[] { 64, 256 })
        {
            Node table = Input("table", DType.Float32, [rows, width]), at = Input("at", DType.Int32, [picks]),
                u = Input("u", DType.Float32, [picks, width]);
            float[] data = Data.Floats(rows * width, 1), updates = Data.Floats(picks * width, 2);
            int[] positions = Data.Labels(picks, rows, 3);
            yield return Of($"lookup {picks} of {rows}x{width}", 2L * picks * width, [table, at], [Gather(table, at)], data, positions);
            yield return Of($"gradient of lookup {picks} of {rows}x{width}", 1L * rows * width + 3L * picks * width, [table, at, u],
                [Gradient.Of(Sum(Gather(table, at) * u), [table])[0]], data, positions, updates);
        }
    }

    private static IEnumerable<Case> Optimisers()
    {
        Variable large = new("w", [1 << 20]), other = new("v", [1 << 20]);
        Node g = Input("g", DType.Float32, [1 << 20]), h = Input("h", DType.Float32, [1 << 20]);
        HostTensor[] slopes = [Data.Floats(1 << 20, 1), Data.Floats(1 << 20, 2)];
        yield return Stepped("adam 2 x 1M", 14 << 20, [g, h], Adam.Updates([large, other], [g, h]), slopes);
        yield return Stepped("momentum 2 x 1M", 10 << 20, [g, h], Momentum.Updates([large, other], [g, h], 0.1), slopes);
        var small = Enumerable.Range(0, 24).Select(i => new Variable($"w{i}", [256])).ToArray();
        Node[] inputs = [.. small.Select((_, i) => Input($"g{i}", DType.Float32, [256]))];
        yield return Stepped("adam 24 x 256", 7 * 24 * 256, inputs, Adam.Updates(small, inputs),
            [.. inputs.Select((_, i) => (HostTensor)Data.Floats(256, i))]);
    }

    private static Case Stepped(string name, long floats, Node[] inputs, Update[] updates, HostTensor[] arguments) =>
        new(name, floats, new Computation(inputs, []).WithUpdates(updates)
            .Compile(new ParameterStore(), new() { Threads = 1 }), arguments, []);

    private static Case Of(string name, long floats, Node[] inputs, Node[] outputs, params HostTensor[] arguments) =>
        new(name, floats, new Computation(inputs, [.. outputs.Select(o => (Output)o)]).Compile(options: new() { Threads = 1 }), arguments,
            [.. outputs.Select(o => HostTensor.Zeros(o.DType, [.. o.Shape.Select(d => d.Evaluate(new Dictionary<string, long>()))]))]);
}
