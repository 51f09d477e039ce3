using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>A step of gradient descent on a perceptron 784-128-10 with 64 rows, float32: value, gradients and update.</summary>
internal static class MlpSuite
{
    public const int Batch = 64, Pixels = 784, Hidden = 128, Classes = 10;

    public delegate float Step(ReadOnlySpan<float> images, ReadOnlySpan<int> labels);

    public static Computation Model()
    {
        Node x = Input("images", DType.Float32, [Batch, Pixels]), labels = Input("labels", DType.Int32, [Batch]);
        Variable w1 = new("w1", [Pixels, Hidden], Init.HeNormal(1)), b1 = new("b1", [Hidden]);
        Variable w2 = new("w2", [Hidden, Classes], Init.HeNormal(2)), b2 = new("b2", [Classes]);
        Node logits = MatMul(Relu(MatMul(x, w1) + b1), w2) + b2;
        Node loss = Mean(SoftmaxCrossEntropy(logits, labels));
        return new Computation([x, labels], [loss], name: "mlp_step")
            .WithUpdates(Sgd.Updates([w1, b1, w2, b2], Gradient.Of(loss, [w1, b1, w2, b2]), 0.1));
    }

    public static IEnumerable<Measurement> Run()
    {
        foreach (int threads in new[] { 1, 2 })
        {
            var step = Model().Compile<Step>(options: new() { Threads = threads });
            float[] images = Data.Floats(Batch * Pixels, 1);
            int[] labels = Data.Labels(Batch, Classes, 2);
            double seconds = Alternate.Time(() => step(images, labels), 2);
            // Forward, and the gradients of weights; no gradient flows into the images.
            double flops = 2.0 * Batch * (2 * Pixels * Hidden + 3 * Hidden * Classes);
            yield return new("mlp", $"sgd step 64x784-128-10, {threads} threads", seconds, $"fma floor, {threads} threads", flops / Machine.PeakFlops(flops) / threads);
        }
    }
}
