namespace Adjoint.Benchmarks;

/// <summary>Measurements as lines of text.</summary>
internal static class ConsoleTable
{
    /// <summary>What the machine can do, measured now.</summary>
    public static string Machine => FormattableString.Invariant(
        $"FMA peak {Benchmarks.Machine.BurstFlops / 1e9:0} GFLOP/s float32 in bursts, {Benchmarks.Machine.SustainedFlops / 1e9:0} sustained; triad {Benchmarks.Machine.TriadBytes / 1e9:0.0} GB/s, {Benchmarks.Machine.StreamingBytes / 1e9:0.0} with streaming stores; one thread, {Codegen.VectorWidths.Best}");

    /// <summary>The heads of the columns.</summary>
    public static string Header => $"{"suite",-12} {"case",-44} {"adjoint",12} {"baseline",-28} {"seconds",12} {"ratio",7}";

    /// <summary>A measurement; the ratio is ours over theirs.</summary>
    public static string Row(Measurement m) => FormattableString.Invariant(
        $"{m.Suite,-12} {m.Case,-44} {m.AdjointSeconds,12:G4} {m.Baseline,-28} {m.BaselineSeconds,12:G4} {m.Ratio,7:0.000}");
}
