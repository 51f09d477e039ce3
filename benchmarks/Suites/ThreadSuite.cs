namespace Adjoint.Benchmarks;

/// <summary>
/// Steps on two threads against the same step on one, which is to take 1.85 times as long; and many callers at once, whose calls
/// may use all threads, against callers whose calls use one each.
/// </summary>
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
            ("16 networks of 32-32-1 side by side", PlanModels.Ensemble(16, 64, 32)),
        })
        {
            var arguments = model.Inputs.Select(Zeros).ToArray();
            var (one, two) = (model.Compile(options: new() { Threads = 1 }), model.Compile(options: new() { Threads = 2 }));
            var (single, both) = Alternate.Time(() => one.Run(arguments), () => two.Run(arguments), 3);
            yield return new("threads", name, both, "one thread / 1.85", single / 1.85);
        }
        foreach (int callers in new[] { 2, 8 })
            yield return Crowd(callers);
    }

    // All get their work done no later than if each kept to a thread of its own.
    private static Measurement Crowd(int callers)
    {
        var model = PlanModels.Perceptron(64, 784, 128, 10);
        var arguments = model.Inputs.Select(Zeros).ToArray();
        Action Calls(Executable[] steps) => () => Parallel.ForEach(steps, new() { MaxDegreeOfParallelism = callers }, step =>
        {
            for (int i = 0; i < 20; i++)
                step.Run(arguments);
        });
        Executable[] Compile(int threads) =>
            [.. Enumerable.Range(0, callers).Select(_ => model.Compile(options: new() { Threads = threads }))];
        var (all, one) = Alternate.Time(Calls(Compile(Environment.ProcessorCount)), Calls(Compile(1)), 5);
        return new("threads", $"{callers} callers of an mlp step at once, all threads each", all, "one thread each", one);
    }

    private static HostTensor Zeros(Node input) => HostTensor.Zeros(input.DType, input.Shape.Evaluate(new Dictionary<string, long>()));
}
