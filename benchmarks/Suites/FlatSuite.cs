using System.Diagnostics;
using System.Globalization;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Straight-line code of random graphs: additions, subtractions and multiplications by a number, whose operands are among the last 20
/// values or anywhere before. Time per op, and compile time per op, against the targets of short code.
/// </summary>
internal static class FlatSuite
{
    // Compiled for so long, and so often at least, the least counts: at first what takes the time is the JIT's work on the compiler itself.
    private const double CompilingSeconds = 1.5;
    private const int LeastCompilations = 3;

    private delegate void Spans(ReadOnlySpan<double> x, Span<double> y);

    public static IEnumerable<Measurement> Run()
    {
        double near = 0;
        foreach (var (reach, ops) in new[] { (20, 1_000), (20, 10_000), (20, 100_000), (int.MaxValue, 1_000),
            (int.MaxValue, 10_000), (int.MaxValue, 100_000) })
        {
            var (f, results, first, least) = Build(reach, ops);
            double[] x = [.. Enumerable.Range(0, 16).Select(i => 0.5 + i / 16.0)], y = new double[results];
            double seconds = Alternate.Time(() => f(x, y), 0.5) / ops;
            near = near == 0 ? seconds : near;
            string operands = reach == 20 ? "near" : "anywhere", text = string.Create(CultureInfo.InvariantCulture,
                $"{operands}, {ops} ops, {least / ops * 1e6:0.0} us/op to compile, {first / ops * 1e6:0.0} at first");
            yield return ops == 1_000 && reach == 20 ? new("flat", text, seconds, "0.2 ns/op", 0.2e-9)
                : new("flat", text, seconds, "near, 1000 ops", near);
        }
    }

    private static (Spans Call, int Results, double FirstSeconds, double LeastSeconds) Build(int reach, int ops)
    {
        var f = RandomScalars.Of(reach, ops);
        var (call, first) = Compile(f);
        var (least, spent) = (first, first);
        for (int i = 1; i < LeastCompilations || spent < CompilingSeconds; i++)
        {
            double seconds = Compile(f).Seconds;
            (least, spent) = (Math.Min(least, seconds), spent + seconds);
        }
        return (call, (int)f.Outputs[0].Value.Shape[0].Constant, first, least);
    }

    private static (Spans Call, double Seconds) Compile(Computation f)
    {
        Executable.ClearKernelCache();
        long start = Stopwatch.GetTimestamp();
        return (f.Compile<Spans>(options: new() { Flatten = Flattening.Always }), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
