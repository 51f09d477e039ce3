using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Steps of gradient descent on perceptrons, float32: value, gradients and update.</summary>
internal static class MlpSuite
{
    public const int Batch = 64, Pixels = 784, Hidden = 128, Classes = 10;

    public delegate float Step(ReadOnlySpan<float> images, ReadOnlySpan<int> labels);

    public static Computation Model() => Model(Batch, Pixels, Hidden, Classes);

    public static IEnumerable<Workload> Run()
    {
        foreach (int[] widths in new int[][] { [Pixels, Hidden, Classes], [1024, 1024, 1024, 10] })
            foreach (int threads in new[] { 1, 2 })
                yield return Of(widths[0] == Pixels ? Batch : 256, widths, threads);
    }

    private static Workload Of(int batch, int[] widths, int threads)
    {
        var step = Model(batch, widths).Compile<Step>(options: new() { Threads = threads });
        float[] images = Data.Floats(batch * widths[0], 1);
        int[] labels = Data.Labels(batch, widths[^1], 2);
        string name = $"sgd step {batch}x{string.Join('-', widths)}{(threads > 1 ? Scaling.Suffix : "")}";
        return new("mlp", name, () => step(images, labels)) { Floors = [Machine.FmaFloor(Flops(batch, widths), threads)] };
    }

    private static Computation Model(int batch, params int[] widths)
    {
        Node x = Input("images", DType.Float32, [batch, widths[0]]), labels = Input("labels", DType.Int32, [batch]), h = x;
        var variables = new List<Variable>();
        for (int i = 0; i + 1 < widths.Length; i++)
        {
            Variable w = new($"w{i + 1}", [widths[i], widths[i + 1]], Init.HeNormal(i + 1)), b = new($"b{i + 1}", [widths[i + 1]]);
            variables.AddRange([w, b]);
            h = MatMul(i == 0 ? h : Relu(h), w) + b;
        }
        Node loss = Mean(SoftmaxCrossEntropy(h, labels));
        return new Computation([x, labels], [loss], name: "mlp_step")
            .WithUpdates(Sgd.Updates([.. variables], Gradient.Of(loss, [.. variables]), 0.1));
    }

    // Forward, and the gradients of weights and of hidden layers; none flows into the images.
    private static double Flops(int batch, int[] widths)
    {
        double products = 2.0 * batch * widths.Zip(widths.Skip(1), (k, n) => (double)k * n).Sum();
        return 3 * products - 2.0 * batch * widths[0] * widths[1];
    }
}
