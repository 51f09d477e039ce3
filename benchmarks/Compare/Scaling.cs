namespace Adjoint.Benchmarks;

/// <summary>Two threads against one: a case whose name ends in <c>, 2 threads</c> against the one of that name without.</summary>
internal static class Scaling
{
    /// <summary>What ends the name of a case on two threads.</summary>
    public const string Suffix = ", 2 threads";

    /// <summary>What the baseline of such a row is called.</summary>
    public const string Baseline = "one thread";

    /// <summary>Whether the name of a case says so.</summary>
    public static bool OnTwoThreads(string name) => name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>One row for each pair.</summary>
    public static IEnumerable<Measurement> Of(IEnumerable<Measurement> measurements)
    {
        var ours = measurements.GroupBy(m => (m.Suite, m.Case)).ToDictionary(g => g.Key, g => g.Min(m => m.AdjointSeconds));
        foreach (var ((suite, name), seconds) in ours)
            if (OnTwoThreads(name) && ours.TryGetValue((suite, name[..^Suffix.Length]), out double one))
                yield return new(suite, name, seconds, Baseline, one);
    }
}
