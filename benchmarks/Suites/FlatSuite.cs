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
    private delegate void Spans(ReadOnlySpan<double> x, Span<double> y);

    public static IEnumerable<Measurement> Run()
    {
        Build(20, 500);   // what the first compilation of a process costs is not the code's
        double near = 0;
        foreach (var (reach, ops) in new[] { (20, 1_000), (20, 10_000), (20, 100_000), (int.MaxValue, 1_000), (int.MaxValue, 10_000), (int.MaxValue, 100_000) })
        {
            var (f, results, compile) = Build(reach, ops);
            double[] x = [.. Enumerable.Range(0, 16).Select(i => 0.5 + i / 16.0)], y = new double[results];
            double seconds = Alternate.Time(() => f(x, y), 0.5) / ops;
            near = near == 0 ? seconds : near;
            string text = string.Create(CultureInfo.InvariantCulture,
                $"{(reach == 20 ? "near" : "anywhere")}, {ops} ops, compiled in {compile / ops * 1e6:0.0} us/op");
            yield return ops == 1_000 && reach == 20 ? new("flat", text, seconds, "0.2 ns/op", 0.2e-9) : new("flat", text, seconds, "near, 1000 ops", near);
        }
    }

    private static (Spans Call, int Results, double CompileSeconds) Build(int reach, int ops)
    {
        var f = Random(reach, ops);
        Executable.ClearKernelCache();
        long start = Stopwatch.GetTimestamp();
        var call = f.Compile<Spans>(options: new() { Flatten = Flattening.Always });
        return (call, (int)f.Outputs[0].Value.Shape[0].Constant, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    // Values that nothing uses are results, so that every op is needed. 0.4 keeps magnitudes from running away.
    private static Computation Random(int reach, int ops)
    {
        var random = new Random(1);
        Node x = Input("x", DType.Float64, [16]);
        List<Node> values = [.. Enumerable.Range(0, 16).Select(i => Reshape(Slice(x, 0, i, i + 1), []))];
        var unused = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < ops; i++)
        {
            Node Any()
            {
                var value = values[^random.Next(1, Math.Min(reach, values.Count) + 1)];
                unused.Remove(value);
                return value;
            }
            values.Add(random.Next(3) switch { 0 => Any() + Any(), 1 => Any() - Any(), _ => Any() * 0.4 });
            unused.Add(values[^1]);
        }
        return new Computation([x], [Stack([.. values.Where(unused.Contains)])], name: $"random{ops}");
    }
}
