using System.Text.Json;

namespace Benchmarks.Tests;

public sealed class MeasurementFileFacts : IDisposable
{
    private static readonly Measurement Twice = new("gemm", "gemm 8x8x8", 2e-6, "openblas 0.3.21", 1e-6);
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Records_of_peers_have_the_keys_that_readers_expect()
    {
        MeasurementFile.WritePeers(file, [Twice]);
        Assert.Equal(["suite", "case", "adjointSeconds", "peer", "peerSeconds", "ratio"], Keys());
    }

    [Fact]
    public void Records_of_baselines_have_the_keys_that_readers_expect()
    {
        MeasurementFile.WriteBaselines(file, [Twice]);
        Assert.Equal(["suite", "case", "adjointSeconds", "baseline", "baselineSeconds", "ratio"], Keys());
    }

    [Fact]
    public void The_ratio_is_ours_over_theirs()
    {
        MeasurementFile.WritePeers(file, [Twice]);
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal(2, json.RootElement[0].GetProperty("ratio").GetDouble(), 12);
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        MeasurementFile.WritePeers(file, [Twice, Twice with { Case = "a \"b\"" }]);
        Assert.Equal([Twice, Twice with { Case = "a \"b\"" }], MeasurementFile.ReadPeers(file));
    }

    private string[] Keys()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return [.. json.RootElement[0].EnumerateObject().Select(p => p.Name)];
    }
}
