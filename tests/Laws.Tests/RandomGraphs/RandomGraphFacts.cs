using System.Collections.Immutable;

namespace Adjoint.Laws.RandomGraphs;

/// <summary>Compiled with all passes, compiled without rewriting, and op by op: three ways to one answer.</summary>
public class RandomGraphFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Steps = 14;

    [Fact]
    public void Optimised_equals_unoptimised_equals_reference() => Recipes.Check(Steps, Count, 20261121, Holds);

    [Fact]
    public void And_so_do_graphs_of_a_seed_that_nobody_has_seen()
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Recipes.Check(Steps, Count / 10, seed, Holds);
    }

    [Fact]
    public void Unrolled_it_equals_the_reference_and_has_the_same_bits_in_lanes() => Recipes.Check(Steps, Count / 20, 20261121, HoldsUnrolled);

    [Fact]
    public void A_session_gives_the_reference_whatever_is_kept_apart() => Recipes.Check(Steps, Count / 10, 20261121, HoldsInParts);

    private delegate void OfOneVector(ReadOnlySpan<double> x, Span<double> y);

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("ADJOINT_GRAPHS") ?? "10000", null);

    private static void Holds(Recipe recipe)
    {
        var g = new RandomGraph(recipe);
        var truth = Reference.Roots(Differentiate.Run(g.Computation), g.Arguments);
        if (!truth.All(t => t.Doubles().All(x => Math.Abs(x) < 1e6)))
            return;
        double tolerance = g.DType == DType.Float32 ? 1e-3 : 1e-9;
        foreach (var (way, options) in new[]
        {
            ("optimised", Running.At(g.Width)),
            ("unoptimised", Running.At(g.Width) with { Admitted = ImmutableHashSet<Soundness>.Empty }),
        })
        {
            var compiled = g.Computation.Compile(options: options);
            var results = compiled.Run(g.Arguments);
            for (int i = 0; i < truth.Length; i++)
                if (Running.Difference(truth[i], i < results.Count ? results[i] : Stored(compiled, i - results.Count), tolerance) is { } difference)
                    Assert.Fail($"{(i < results.Count ? "output" : "update")} {i}, {g.Width}, {way}: {difference}\n{compiled.Explain()}");
        }
        KernelCache.Clear();
    }

    // A session, with inputs that are said to be set seldom, after each is set alone.
    private static void HoldsInParts(Recipe recipe)
    {
        var g = new RandomGraph(recipe);
        var (f, random) = (g.Computation, new Random(recipe.Seed));
        double tolerance = g.DType == DType.Float32 ? 1e-3 : 1e-9;
        var options = Running.At(g.Width) with { Seldom = [.. f.Inputs.Select(i => ((Operations.InputOp)i.Op).Key).Where(_ => random.Next(2) == 0)] };
        HostTensor[] now = [.. g.Arguments];
        Session? session = null;
        if (!f.Updates.IsEmpty)
        {
            Compare(f.Compile(options: options).Run(now));
            return;
        }
        var bindings = Bindings.Solve(f, now);
        session = f.CompileSession(null, options, [.. bindings.Select(b => (b.Key, b.Value))]);
        for (int i = 0; i < now.Length; i++)
            session.Set(i, now[i]);
        for (int i = 0; i <= now.Length; i++)
        {
            session.Run();
            Compare(null);
            if (i < now.Length)
                session.Set(i, now[i] = Running.Random(random, g.DType, now[i].Shape));
        }
        KernelCache.Clear();

        void Compare(Results? results)
        {
            var truth = Reference.Roots(Differentiate.Run(f), now);
            if (!truth.All(t => t.Doubles().All(x => Math.Abs(x) < 1e6)))
                return;
            for (int o = 0; o < f.Outputs.Length; o++)
                if (Running.Difference(truth[o], results?[o] ?? session!.Output(o, truth[o]), tolerance) is { } difference)
                    Assert.Fail($"output {o}, {g.Width}, seldom {string.Join(" ", options.Seldom)}: {difference}\n{session?.Report}");
        }
    }

    // Straight-line code of one instance, the same in lanes of any width, and loops over tensors.
    private static void HoldsUnrolled(Recipe recipe)
    {
        const int Instances = 19;
        var g = new RandomGraph(recipe, ofOneVector: true);
        var f = g.Computation;
        int count = g.Arguments[0].Length, results = (int)f.Outputs[0].Value.Shape.ElementCount.Constant;
        var random = new Random(recipe.Seed);
        var layout = new BatchLayout { IsArrays = random.Next(2) == 0 };
        var flat = f.Compile<OfOneVector>(options: new() { Flatten = Flattening.Always });
        var loops = f.Compile<OfOneVector>(options: new() { Flatten = Flattening.Never });
        var lanes = f.CompileBatched<OfOneVector>(layout, options: Running.At(g.Width));
        double[] batch = new double[Instances * count], together = new double[Instances * results], y = new double[results], z = new double[results];
        int At(int length, int i, int k) => layout.IsArrays ? k * Instances + i : i * length + k;
        foreach (ref double x in batch.AsSpan())
            x = 4 * random.NextDouble() - 2;
        lanes(batch, together);
        for (int i = 0; i < Instances; i++)
        {
            double[] one = [.. Enumerable.Range(0, count).Select(k => batch[At(count, i, k)])];
            flat(one, y);
            loops(one, z);
            var truth = Reference.Roots(Differentiate.Run(f), [one])[0].ToArray<double>();
            for (int k = 0; k < results; k++)
            {
                double bound = 1e-9 * Math.Max(1, truth.Max(Math.Abs));
                if (!(Math.Abs(truth[k] - y[k]) <= bound && Math.Abs(truth[k] - z[k]) <= bound || Math.Abs(truth[k]) > 1e6))
                    Assert.Fail($"element {k} of instance {i}: {truth[k]:R}, unrolled {y[k]:R}, in loops {z[k]:R}");
                if (BitConverter.DoubleToInt64Bits(y[k]) != BitConverter.DoubleToInt64Bits(together[At(results, i, k)]))
                    Assert.Fail($"element {k} of instance {i}: {y[k]:R} alone, {together[At(results, i, k)]:R} in lanes of {g.Width}");
            }
        }
        KernelCache.Clear();
    }

    private static HostTensor Stored(Executable compiled, int update) => compiled.Stored(compiled.Source.Updates[update].Variable);
}
