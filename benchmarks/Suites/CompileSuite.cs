using System.Diagnostics;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Time to compile, the kernel cache emptied before each run.</summary>
internal static class CompileSuite
{
    public static IEnumerable<Measurement> Run()
    {
        double first = Seconds(() => MlpSuite.Model().Compile());
        yield return new("compile", "mlp step, first in the process", first, "150 ms", 0.150);
        yield return new("compile", "mlp step, warm process", Least(3, () => MlpSuite.Model().Compile()), "150 ms", 0.150);
        double ten = Least(2, () => Chain(10_000).Compile());
        double hundred = Least(2, () => Chain(100_000).Compile());
        yield return new("compile", "100,000 elementwise nodes", hundred, "4 s", 4);
        yield return new("compile", "100,000 nodes", hundred, "12 x 10,000 nodes", 12 * ten);
        double million = 0;
        var thread = new Thread(() => million = Seconds(() => Chain(1_000_000).Compile()), 256 * 1024);
        thread.Start();
        thread.Join();
        yield return new("compile", "chain of 1,000,000, 256 KB stack", million, "60 s", 60);
    }

    // Ops and constants vary, so that kernels differ and the cache cannot help.
    private static Computation Chain(int nodes)
    {
        Node x = Input("x", DType.Float32, ["n"]), y = x;
        var random = new Random(nodes);
        for (int i = 0; i < nodes; i++)
            y = random.Next(4) switch
            {
                0 => y + x,
                1 => y * x,
                2 => y - x,
                _ => Maximum(y, x),
            };
        return new([x], [y], name: "chain");
    }

    private static double Least(int runs, Action action) => Enumerable.Range(0, runs).Min(_ => Seconds(action));

    private static double Seconds(Action action)
    {
        Executable.ClearKernelCache();
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
