using Adjoint.Laws.RandomGraphs;

namespace Adjoint.Laws.RandomNetworks;

/// <summary>Networks of random layers: the numbers of the reference, and the same bits for every width and number of threads.</summary>
public class RandomNetworkFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Layers = 5;

    [Fact]
    public void Train_as_op_by_op() => Recipes.Check(Layers, Count, 20261121, Holds);

    [Fact]
    public void And_so_do_networks_of_a_seed_that_nobody_has_seen()
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        Recipes.Check(Layers, Count / 5, seed, Holds);
    }

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("ADJOINT_NETWORKS") ?? "100", null);

    private static void Holds(Recipe recipe)
    {
        var n = new RandomNetwork(recipe);
        var truth = Reference.Roots(Differentiate.Run(n.Computation), n.Arguments);
        if (!truth.All(t => t.Doubles().All(x => Math.Abs(x) < 1e6)))
            return;
        var one = Results(n, Running.At(VectorWidths.Best), out var compiled);
        for (int i = 0; i < truth.Length; i++)
            if (Running.Difference(truth[i], one[i], n.DType == DType.Float32 ? 2e-4 : 1e-10, magnitude: 1e-2) is { } difference)
                Assert.Fail($"root {i}: {difference}\n{compiled.Explain()}");
        foreach (var options in new[] { Running.At(VectorWidths.Best, n.Threads), Running.At(n.Width), Running.At(n.Width, n.Threads) })
            foreach (var (e, a) in one.Zip(Results(n, options, out var other)))
                if (!e.Bytes.SequenceEqual(a.Bytes))
                    Assert.Fail($"{options.VectorWidth}, {options.Threads} threads: {Running.Difference(e, a, 0)}\n{other.Explain()}");
        KernelCache.Clear();
    }

    private static HostTensor[] Results(RandomNetwork n, CompileOptions options, out Executable compiled)
    {
        var program = compiled = n.Computation.Compile(new ParameterStore(), options);
        var results = program.Run(n.Arguments);
        return [.. Enumerable.Range(0, results.Count).Select(i => results[i]),
            .. program.Source.Updates.Select(u => program.Stored(u.Variable))];
    }
}
