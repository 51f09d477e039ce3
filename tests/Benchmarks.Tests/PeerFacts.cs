namespace Benchmarks.Tests;

/// <summary>A peer of a few lines of shell: it has one case, whose calls take 0.25 s by its own account.</summary>
public class PeerFacts
{
    private const string Script = """
        sh -c 'echo ready fake 1.0; while read -r word rest; do case "$word $rest" in
        "open gemm	known") echo ok;; open*) echo unknown;; time*) echo 0.25;; "close "*) echo ok;; *) echo error what;; esac; done'
        """;

    private static string Command => Script.ReplaceLineEndings(" ");

    [SkippableFact]
    public void A_peer_says_its_name_and_answers_for_the_cases_that_it_has()
    {
        Skip.If(OperatingSystem.IsWindows(), "no shell");
        using var peer = new Peer(Command);
        Assert.Equal("fake 1.0", peer.Name);
        Assert.True(peer.Open("gemm", "known"));
        Assert.Equal(0.25, peer.Time(0.01));
        peer.Close();
        Assert.False(peer.Open("gemm", "other"));
    }

    [SkippableFact]
    public void Cases_meet_the_peers_that_have_them_by_suite_and_name()
    {
        Skip.If(OperatingSystem.IsWindows(), "no shell");
        using var peers = new PeerSet([new Peer(Command)]);
        int calls = 0;
        var suite = new Suite(() => [new("gemm", "known", () => calls++), new("gemm", "other", () => calls++) { Floors = [("floor", 1)] }]);
        var rows = suite.Measure(_ => true, peers).ToArray();
        Assert.Equal([("known", "fake 1.0"), ("other", "floor")], rows.Select(r => (r.Case, r.Baseline)));
        Assert.Equal(0.25, rows[0].BaselineSeconds);
        Assert.True(calls > 0);
    }

    [SkippableFact]
    public void A_program_that_is_not_ready_is_left_out()
    {
        Skip.If(OperatingSystem.IsWindows(), "no shell");
        Assert.Throws<InvalidOperationException>(() => new Peer("true"));
        string file = Path.GetTempFileName();
        File.WriteAllText(file, $"true\n{Command}\n");
        using var peers = PeerSet.Start(file);
        File.Delete(file);
        Assert.Equal(["fake 1.0"], peers.Names);
    }

    [SkippableFact]
    public void What_goes_wrong_in_a_peer_names_the_peer_and_the_request()
    {
        Skip.If(OperatingSystem.IsWindows(), "no shell");
        using var peer = new Peer("sh -c 'echo ready broken; while read -r line; do echo error no memory; done'");
        string message = Assert.Throws<InvalidOperationException>(() => peer.Open("gemm", "known")).Message;
        Assert.Equal("broken, asked to open gemm\tknown: no memory", message);
    }
}
