using System.Text;

namespace Adjoint.Benchmarks;

/// <summary>Measurements as a Markdown table: a row for each case, a column for each library, how many times as fast ours is.</summary>
internal static class MarkdownTable
{
    private static readonly (string Prefix, string Title)[] Libraries =
    [
        ("pytorch", "PyTorch"), ("onnxruntime", "ONNX Runtime"), ("openblas", "OpenBLAS"), ("onednn", "oneDNN"), ("numpy", "NumPy"),
    ];

    /// <summary>A sentence on the machine and the versions, then the table; columns of libraries that took no part are left out.</summary>
    public static string Of(IReadOnlyList<Measurement> measurements)
    {
        var shown = measurements.Where(m => m.Suite != Machine.Suite).ToArray();
        var columns = Libraries.Where(l => shown.Any(m => Is(m, l.Prefix))).ToArray();
        var text = new StringBuilder(Preamble(measurements)).Append("\n\n");
        text.Append($"| workload | Adjoint |{string.Concat(columns.Select(c => $" {c.Title} |"))} other baselines |\n");
        text.Append($"|---|---:|{string.Concat(columns.Select(_ => "---:|"))}---|\n");
        foreach (var suite in shown.GroupBy(m => m.Suite))
        {
            text.Append($"| **{suite.Key}** | |{string.Concat(columns.Select(_ => " |"))} |\n");
            foreach (var row in suite.GroupBy(m => m.Case))
                text.Append(Row([.. row], columns));
        }
        return text.ToString();
    }

    private static string Preamble(IReadOnlyList<Measurement> measurements)
    {
        var facts = measurements.Where(m => m.Suite == Machine.Suite).Select(m => Machine.Describe(m.Case, m.AdjointSeconds));
        var versions = measurements.Select(m => m.Baseline)
            .Where(b => Libraries.Any(l => b.StartsWith(l.Prefix + " ", StringComparison.Ordinal))).Distinct();
        return $"In the same run: {string.Join("; ", facts.Concat(versions))}.";
    }

    private static string Row(Measurement[] row, (string Prefix, string Title)[] columns)
    {
        var cells = columns.Select(c => row.FirstOrDefault(m => Is(m, c.Prefix)) is { } m ? $" {Times(m)} |" : " |");
        var others = row.Where(m => !Libraries.Any(l => Is(m, l.Prefix))).Select(m => $"{Times(m)} {m.Baseline}");
        return $"| {row[0].Case} | {Quantity(row[0])} |{string.Concat(cells)} {string.Join(", ", others)} |\n";
    }

    private static bool Is(Measurement m, string prefix) =>
        m.Baseline == prefix || m.Baseline.StartsWith(prefix + " ", StringComparison.Ordinal);

    // How many times as fast as the baseline: above 1 ours is faster.
    private static string Times(Measurement m) => FormattableString.Invariant($"{1 / m.Ratio:0.00}");

    private static string Quantity(Measurement m) => FormattableString.Invariant(m switch
    {
        { Suite: "memory" } => $"{m.AdjointSeconds / (1 << 20):0.00} MiB",
        { AdjointSeconds: < 1e-6 } => $"{m.AdjointSeconds * 1e9:G3} ns",
        { AdjointSeconds: < 1e-3 } => $"{m.AdjointSeconds * 1e6:G3} us",
        { AdjointSeconds: < 1 } => $"{m.AdjointSeconds * 1e3:G3} ms",
        _ => $"{m.AdjointSeconds:G3} s",
    });
}
