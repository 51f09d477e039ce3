namespace Adjoint.Benchmarks;

/// <summary>Steps on two threads against the same step on one, which is to take 1.85 times as long.</summary>
internal static class ThreadSuite
{
    public static IEnumerable<Measurement> Run()
    {
        foreach (var (name, model) in new (string, Computation)[]
        {
            ("mlp step 64x784-128-10", PlanModels.Perceptron(64, 784, 128, 10)),
            ("mlp step 256x1024-1024-1024-10", PlanModels.Perceptron(256, 1024, 1024, 1024, 10)),
            ("convolutional step, batch 64", PlanModels.Convolutional(64)),
            ("transformer step 8x128x256, 8 heads", PlanModels.Transformer(8, 128, 256, 8)),
        })
        {
            var arguments = model.Inputs.Select(Zeros).ToArray();
            var (one, two) = (model.Compile(options: new() { Threads = 1 }), model.Compile(options: new() { Threads = 2 }));
            var (single, both) = Alternate.Time(() => one.Run(arguments), () => two.Run(arguments), 3);
            yield return new("threads", name, both, "one thread / 1.85", single / 1.85);
        }
    }

    private static HostTensor Zeros(Node input) => HostTensor.Zeros(input.DType, input.Shape.Evaluate(new Dictionary<string, long>()));
}
