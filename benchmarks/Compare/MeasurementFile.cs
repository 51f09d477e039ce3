using System.Text.Json;

namespace Adjoint.Benchmarks;

/// <summary>Measurements as JSON: an array of flat records, ratio = ours over theirs.</summary>
internal static class MeasurementFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // A baseline beside Adjoint in one process, and a peer in its own, are the same fact under two names.
    private sealed record Baselined(string Suite, string Case, double AdjointSeconds, string Baseline,
        double BaselineSeconds, double Ratio);

    private sealed record Peered(string Suite, string Case, double AdjointSeconds, string Peer, double PeerSeconds, double Ratio);

    /// <summary>Records {suite, case, adjointSeconds, baseline, baselineSeconds, ratio}.</summary>
    public static void WriteBaselines(string file, IEnumerable<Measurement> measurements) => File.WriteAllText(file,
        JsonSerializer.Serialize(measurements.Select(m =>
            new Baselined(m.Suite, m.Case, m.AdjointSeconds, m.Baseline, m.BaselineSeconds, m.Ratio)), Format));

    /// <summary>Records {suite, case, adjointSeconds, peer, peerSeconds, ratio}.</summary>
    public static void WritePeers(string file, IEnumerable<Measurement> measurements) => File.WriteAllText(file,
        JsonSerializer.Serialize(measurements.Select(m =>
            new Peered(m.Suite, m.Case, m.AdjointSeconds, m.Baseline, m.BaselineSeconds, m.Ratio)), Format));

    /// <summary>What <see cref="WritePeers"/> wrote.</summary>
    /// <exception cref="JsonException">The file holds something else.</exception>
    public static IReadOnlyList<Measurement> ReadPeers(string file) =>
        [.. JsonSerializer.Deserialize<Peered[]>(File.ReadAllText(file),
            Format)!.Select(r => new Measurement(r.Suite, r.Case, r.AdjointSeconds, r.Peer, r.PeerSeconds))];
}
