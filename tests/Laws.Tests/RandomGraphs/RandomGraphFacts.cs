using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Adjoint.Laws.RandomGraphs;

/// <summary>Compiled with all passes, compiled without rewriting, and op by op: three ways to one answer.</summary>
public class RandomGraphFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly Gen<Step> Steps =
        from op in Gen.Choose(0, 1 << 20)
        from a in Gen.Choose(0, 5)
        from b in Gen.Choose(0, 7)
        from c in Gen.Choose(0, 5)
        select new Step(op, a, b, c);

    private static readonly Arbitrary<Recipe> Recipes = Arb.From(
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from length in Gen.Choose(1, 14)
        from steps in Gen.ArrayOf(Steps, length)
        select new Recipe(seed, steps), r => r.Shrink());

    [Fact]
    public void Optimised_equals_unoptimised_equals_reference() => Check(Count, Replay.Fixed(20261121));

    [Fact]
    public void And_so_do_graphs_of_a_seed_that_nobody_has_seen()
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Check(Count / 10, Replay.Fixed(seed));
    }

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("ADJOINT_GRAPHS") ?? "10000", null);

    private static class Replay
    {
        public static FsCheck.Replay Fixed(ulong seed) => new(new Rnd(seed, seed | 1), null);
    }

    private static void Check(int count, FsCheck.Replay replay) => Prop.ForAll(Recipes, Holds)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(Microsoft.FSharp.Core.FSharpOption<FsCheck.Replay>.Some(replay)).WithQuietOnSuccess(true));

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
            Executable compiled;
            try { compiled = g.Computation.Compile(options: options); } catch (NotSupportedException) { return; }
            var results = compiled.Run(g.Arguments);
            for (int i = 0; i < truth.Length; i++)
                if (Running.Difference(truth[i], i < results.Count ? results[i] : Stored(compiled, i - results.Count), tolerance) is { } difference)
                    Assert.Fail($"{(i < results.Count ? "output" : "update")} {i}, {g.Width}, {way}: {difference}\n{compiled.Explain()}");
        }
        KernelCache.Clear();
    }

    private static HostTensor Stored(Executable compiled, int update) => compiled.Stored(compiled.Source.Updates[update].Variable);
}
