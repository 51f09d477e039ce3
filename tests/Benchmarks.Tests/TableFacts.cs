namespace Benchmarks.Tests;

public class TableFacts
{
    private static readonly Measurement[] Few =
    [
        new("machine", "GB/s triad", 0.04, "measured", 0.04),
        new("gemm", "gemm 8x8x8", 2e-6, "fma peak", 1e-6),
        new("gemm", "gemm 8x8x8", 2e-6, "openblas 0.3.21", 5e-6),
        new("mlp", "sgd step", 3e-3, "pytorch 1.13", 6e-3),
    ];

    [Fact]
    public void A_case_is_one_row_whose_cells_say_how_many_times_as_fast_ours_is() => Assert.Contains(
        "| gemm 8x8x8 | 2 us | | 2.50 | 0.50 fma peak |\n", MarkdownTable.Of(Few), StringComparison.Ordinal);

    [Fact]
    public void Libraries_that_took_no_part_have_no_column()
    {
        string table = MarkdownTable.Of(Few);
        Assert.Contains("| workload | Adjoint | PyTorch | OpenBLAS | other baselines |\n", table, StringComparison.Ordinal);
        Assert.All(Rows(table), row => Assert.Equal(6, row.Count(c => c == '|')));
    }

    [Fact]
    public void Facts_on_the_machine_and_versions_stand_above_the_table() => Assert.StartsWith(
        "In the same run: 25 GB/s triad; openblas 0.3.21; pytorch 1.13.", MarkdownTable.Of(Few), StringComparison.Ordinal);

    [Theory]
    [InlineData(2.5e-9, "2.5 ns")]
    [InlineData(0.99e-3, "990 us")]
    [InlineData(1.234e-3, "1.23 ms")]
    [InlineData(17, "17 s")]
    public void Times_have_the_unit_in_which_they_are_read(double seconds, string text) => Assert.Contains(
        $"| a | {text} |", MarkdownTable.Of([new("gemm", "a", seconds, "fma peak", 1)]), StringComparison.Ordinal);

    [Fact]
    public void Memory_is_counted_in_bytes() => Assert.Contains(
        "| a | 3.00 MiB |", MarkdownTable.Of([new("memory", "a", 3 << 20, "lower bound", 1)]), StringComparison.Ordinal);

    private static IEnumerable<string> Rows(string table) => table.Split('\n').Where(line => line.StartsWith('|'));
}
