namespace Adjoint.Benchmarks;

/// <summary>
/// <c>peers</c>: all suites in turns with baselines of this process and with other libraries in processes of their own;
/// <c>benchmarks/peers/compare.sh</c> finds out which of those are installed, and calls this.
/// </summary>
internal static class PeerComparison
{
    private const string Usage = """
        usage: peers [--only SUITE[,SUITE]] [--case TEXT] [--peers FILE] [--json FILE] [--markdown FILE]
          --only      some suites, or all (those that README shows)
          --case      cases whose names contain a text (all)
          --peers     a file that lists the commands of peers, one in a line (none)
          --json      where the array of {suite, case, adjointSeconds, peer, peerSeconds, ratio} goes, ratio = adjoint / peer
          --markdown  a page whose part between <!-- benchmarks --> and <!-- /benchmarks --> becomes the table
        """;

    public static int Run(string[] args)
    {
        if (Options.Parse(args, "--only", "--case", "--peers", "--json", "--markdown") is not { } options
            || Suites.Named(options["--only"] ?? Suites.Published) is not { } suites)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        using var peers = options["--peers"] is { } file ? PeerSet.Start(file) : PeerSet.None;
        Console.WriteLine(ConsoleTable.Machine);
        Console.WriteLine($"peers: {string.Join(", ", peers.Names.DefaultIfEmpty("none"))}");
        Console.WriteLine(ConsoleTable.Header);
        List<Measurement> results = [.. Machine.Measurements, .. Suites.Measure(suites, options["--case"] ?? "", peers)];
        results.AddRange(Scaling.Of(results));
        if (options["--json"] is { } json)
            MeasurementFile.WritePeers(json, results);
        if (options["--markdown"] is { } page)
            Page.Refresh(page, MarkdownTable.Of(results));
        return 0;
    }
}
