namespace Adjoint.Benchmarks;

/// <summary>
/// A step of gradient descent on a small network for images of digits, float32: convolutions 3x3 from 1 to 16 to 32 channels,
/// each with ReLU and a pool 2x2, then a dense layer.
/// </summary>
internal static class CnnSuite
{
    private const int Batch = 64, Pixels = 28 * 28, First = 16, Second = 32, Classes = 10;

    public delegate float Step(ReadOnlySpan<float> images, ReadOnlySpan<int> labels);

    // Forward, and the gradients of weights and of what lies between; none flows into the images.
    private static double Flops
    {
        get
        {
            double first = 2.0 * Batch * Pixels * 9 * First, second = 2.0 * Batch * Pixels / 4 * 9 * First * Second;
            double dense = 2.0 * Batch * Pixels / 16 * Second * Classes;
            return 2 * first + 3 * second + 3 * dense;
        }
    }

    public static IEnumerable<Workload> Run()
    {
        float[] images = Data.Floats(Batch * Pixels, 1);
        int[] labels = Data.Labels(Batch, Classes, 2);
        foreach (int threads in new[] { 1, 2 })
        {
            var step = PlanModels.Convolutional(Batch).Compile<Step>(options: new() { Threads = threads });
            yield return new("cnn", $"sgd step mnist, batch {Batch}{(threads > 1 ? Scaling.Suffix : "")}", () => step(images, labels))
            {
                Floors = [Machine.FmaFloor(Flops, threads)],
            };
        }
    }
}
