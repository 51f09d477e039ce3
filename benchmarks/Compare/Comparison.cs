using System.Globalization;
using System.Text.Json;

namespace Adjoint.Benchmarks;

/// <summary>A measured pair: the same work by Adjoint and by a baseline.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Case">What is computed, with its sizes.</param>
/// <param name="AdjointSeconds">Least time of one call.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="BaselineSeconds">Least time of one call of that.</param>
internal sealed record Measurement(string Suite, string Case, double AdjointSeconds, string Baseline, double BaselineSeconds)
{
    /// <summary>Adjoint over baseline: below 1 is faster.</summary>
    public double Ratio => AdjointSeconds / BaselineSeconds;
}

/// <summary>The side-by-side mode: alternating runs in one process, so that a machine's moods meet both sides.</summary>
internal static class Comparison
{
    private static readonly Dictionary<string, Func<IEnumerable<Measurement>>> Suites = new()
    {
        ["elementwise"] = ElementwiseSuite.Run,
        ["reductions"] = ReductionSuite.Run,
        ["softmax"] = SoftmaxSuite.Run,
        ["gemm"] = GemmSuite.Run,
        ["convolution"] = ConvolutionSuite.Run,
        ["mlp"] = MlpSuite.Run,
        ["calls"] = CallSuite.Run,
        ["compile"] = CompileSuite.Run,
    };

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static int Run(string[] args)
    {
        string suite = args.Length > 0 ? args[0] : "";
        if (args is not ([_] or [_, "--json", _]) || (suite != "all" && !Suites.ContainsKey(suite)))
        {
            Console.Error.WriteLine($"usage: compare SUITE [--json FILE], SUITE one of {string.Join(", ", Suites.Keys)}, all");
            return 2;
        }
        Console.WriteLine($"FMA peak {Machine.BurstFlops / 1e9:0} GFLOP/s float32 in bursts, {Machine.SustainedFlops / 1e9:0} sustained, triad {Machine.TriadBytes / 1e9:0.0} GB/s, one thread, {Codegen.VectorWidths.Best}");
        Console.WriteLine($"{"suite",-12} {"case",-34} {"adjoint",12} {"baseline",-22} {"seconds",12} {"ratio",7}");
        var results = new List<Measurement>();
        foreach (var run in Suites.Where(s => suite == "all" || s.Key == suite).Select(s => s.Value))
            foreach (var m in run())
            {
                results.Add(m);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{m.Suite,-12} {m.Case,-34} {m.AdjointSeconds,12:G4} {m.Baseline,-22} {m.BaselineSeconds,12:G4} {m.Ratio,7:0.000}"));
            }
        if (args is [_, _, var file])
            File.WriteAllText(file, JsonSerializer.Serialize(results, Format));
        return 0;
    }
}
