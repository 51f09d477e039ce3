namespace Adjoint.Benchmarks;

/// <summary>
/// Scratch memory of steps: bytes of the arena (in the place of
/// seconds) against the bytes alive at the most crowded launch.
/// </summary>
internal static class MemorySuite
{
    public static IEnumerable<Measurement> Run()
    {
        foreach (var (name, model) in new (string, Computation)[]
        {
            ("mlp step 64x784-128-10", PlanModels.Perceptron(64, 784, 128, 10)),
            ("mlp step 256x1024-1024-1024-10", PlanModels.Perceptron(256, 1024, 1024, 1024, 10)),
            ("mlp step, 40 layers of 64", PlanModels.Perceptron(32, [.. Enumerable.Repeat(64, 41)])),
            ("convolutional step, batch 64", PlanModels.Convolutional(64)),
            ("transformer step 8x128x256, 8 heads", PlanModels.Transformer(8, 128, 256, 8)),
        })
        {
            var memory = model.Compile().Report.Memory();
            yield return new("memory", name + ", bytes", memory.ArenaBytes, "alive at once", memory.LeastBytes);
        }
    }
}
