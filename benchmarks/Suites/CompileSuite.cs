using System.Diagnostics;

namespace Adjoint.Benchmarks;

/// <summary>Time to compile: with empty caches, and a structure that was compiled before.</summary>
internal static class CompileSuite
{
    // Log-log slope from 1,000 to 100,000 nodes that time may grow by.
    private const double Slope = 1.15;

    public static IEnumerable<Measurement> Run()
    {
        foreach (var (name, model, limit) in new (string, Func<Computation>, double)[]
            { ("mlp step 64x784-128-10", MlpSuite.Model, 0.060),
                ("transformer step 8x128x256, 8 heads", () => PlanModels.Transformer(8, 128, 256, 8), 0.400) })
        {
            yield return Least(name + ", first", 1, model, isEmpty: true, limit);
            yield return Least(name, 5, model, isEmpty: true, limit);
            yield return Least(name + ", equal structure again", 40, model, isEmpty: false, 0.005);
        }
        double thousand = Least("", 5, () => PlanModels.Chain(1000), isEmpty: true, 1).AdjointSeconds;
        var hundred = Least("chain of 100,000, 12 us per op", 3, () => PlanModels.Chain(100_000), isEmpty: true, 1.2);
        yield return hundred;
        yield return hundred with { Case = "chain of 100,000", Baseline = $"1,000 nodes, slope {Slope}",
            BaselineSeconds = thousand * Math.Pow(100, Slope) };
        double million = 0;
        var thread = new Thread(() => million = Seconds(PlanModels.Chain(1_000_000)), 256 * 1024);
        thread.Start();
        thread.Join();
        yield return new("compile", "chain of 1,000,000, 256 KB stack", million, "12 s", 12);
    }

    // Building the graph is not compiling it.
    private static Measurement Least(string name, int runs, Func<Computation> model, bool isEmpty, double limit)
    {
        double least = double.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            if (isEmpty)
                Executable.ClearKernelCache();
            least = Math.Min(least, Seconds(model()));
        }
        return new("compile", name, least, $"limit {limit * 1e3} ms", limit);
    }

    private static double Seconds(Computation f)
    {
        long start = Stopwatch.GetTimestamp();
        f.Compile();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
