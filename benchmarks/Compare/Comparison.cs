namespace Adjoint.Benchmarks;

/// <summary><c>compare SUITE</c>: Adjoint and baselines in turns in one process.</summary>
internal static class Comparison
{
    public static int Run(string[] args)
    {
        if (args is not ([_] or [_, "--json", _]) || Suites.Named(args[0]) is not { } suites)
        {
            Console.Error.WriteLine($"usage: compare SUITE[,SUITE] [--json FILE], SUITE one of {string.Join(", ", Suites.All.Keys)}, all");
            return 2;
        }
        Console.WriteLine(ConsoleTable.Machine);
        Console.WriteLine(ConsoleTable.Header);
        var results = Suites.Measure(suites, "", PeerSet.None);
        if (args is [_, _, var file])
            MeasurementFile.WriteBaselines(file, results);
        return 0;
    }
}
