using System.Collections.Immutable;
using System.Text.Json;

namespace Adjoint.OnnxConformance;

/// <summary>What a run found, as lines and as JSON.</summary>
/// <param name="Results">A result per test, in the order of the suite.</param>
/// <param name="Twins">A result per pair of a test and its expansion, by the expansion's name.</param>
internal sealed record Report(ImmutableArray<TestResult> Results, ImmutableArray<(string Name, Outcome Outcome)> Twins)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether anything that counts failed.</summary>
    public bool HasFailures => Results.Where(r => r.Test.Counted).SelectMany(Outcomes)
        .Concat(Twins.Select(t => t.Outcome)).Any(o => o.Verdict == Verdict.Failed);

    /// <summary>Runs tests on all processors.</summary>
    public static Report Of(IReadOnlyList<TestCase> tests)
    {
        var results = new TestResult[tests.Count];
        Parallel.For(0, tests.Count, new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            results[i] = TestRun.Of(tests[i]));
        return new([.. results], [.. TwinChecks(results)]);
    }

    /// <summary>A line per failure, then a line per kind of check, last a line per tier.</summary>
    public void Write(TextWriter output)
    {
        foreach (var result in Results)
            foreach (var (check, outcome) in Checks(result).Where(c => c.Outcome.Verdict != Verdict.Passed))
                output.WriteLine(Line(result.Test, check, outcome));
        foreach (var (name, outcome) in Twins.Where(t => t.Outcome.Verdict != Verdict.Passed))
            output.WriteLine($"{name} against its twin: {outcome.Reason}");
        WriteCount(output, "gradients in float32", Results.Where(r => r.Test.Counted).Select(r => r.Single));
        WriteCount(output, "gradients in float64", Results.Where(r => r.Test.Counted).Select(r => r.Double));
        WriteCount(output, "twins", Twins.Select(t => t.Outcome));
        WriteCount(output, "not counted (If, Loop, Scan)", Results.Where(r => !r.Test.Counted).Select(r => r.Forward));
        foreach (var tier in Tiers())
            WriteCount(output, tier.Key == 0 ? "no tier" : $"tier {tier.Key}", tier.Select(r => r.Forward));
    }

    /// <summary>Every result and the counts.</summary>
    public void WriteJson(string path) => File.WriteAllText(path, JsonSerializer.Serialize(new
    {
        tiers = Tiers().Select(t => new
        {
            tier = t.Key,
            passed = Count(t, Verdict.Passed),
            failed = Count(t, Verdict.Failed),
            unsupported = Count(t, Verdict.Unsupported),
        }),
        tests = Results.Select(r => new
        {
            test = r.Test.Name,
            tier = r.Test.Tier,
            counted = r.Test.Counted,
            milliseconds = Math.Round(r.Milliseconds, 1),
            checks = Checks(r).Select(c => new { check = c.Check, verdict = Word(c.Outcome), reason = c.Outcome.Reason }),
        }),
        twins = Twins.Select(t => new { test = t.Name, verdict = Word(t.Outcome), reason = t.Outcome.Reason }),
    }, Indented));

    /// <summary>Passed tests of a tier, and all of it.</summary>
    public (int Passed, int All) Score(int tier) =>
        Tiers().Where(t => t.Key == tier).Select(t => (Count(t, Verdict.Passed), t.Count())).FirstOrDefault();

    private IEnumerable<IGrouping<int, TestResult>> Tiers() =>
        Results.Where(r => r.Test.Counted).GroupBy(r => r.Test.Tier).OrderBy(g => g.Key);

    private static int Count(IEnumerable<TestResult> results, Verdict verdict) =>
        results.Count(r => r.Forward.Verdict == verdict);

    private static string Line(TestCase test, string check, Outcome outcome) =>
        $"{test.Name}{(check == "outputs" ? "" : $" ({check})")}: {(outcome.Verdict == Verdict.Unsupported ? "unsupported: " : "")}" +
        $"{outcome.Reason}{(test.Counted ? "" : " (not counted)")}";

    private static void WriteCount(TextWriter output, string what, IEnumerable<Outcome?> outcomes)
    {
        var counts = outcomes.OfType<Outcome>().CountBy(o => o.Verdict).ToDictionary();
        int Of(Verdict verdict) => counts.GetValueOrDefault(verdict);
        if (counts.Count > 0)
            output.WriteLine($"{what}: {Of(Verdict.Passed)} passed, {Of(Verdict.Failed)} failed, {Of(Verdict.Unsupported)} unsupported");
    }

    private static IEnumerable<(string Check, Outcome Outcome)> Checks(TestResult r) =>
        new[] { ("outputs", r.Forward), ("gradients in float32", r.Single), ("gradients in float64", r.Double) }
            .Where(c => c.Item2 is not null).Select(c => (c.Item1, c.Item2!));

    private static IEnumerable<Outcome> Outcomes(TestResult r) => Checks(r).Select(c => c.Outcome);

    private static string Word(Outcome outcome) => outcome.Verdict.ToString().ToLowerInvariant();

    // A test and its expansion take the same inputs: they must agree with one another, and not only with what is published.
    private static IEnumerable<(string, Outcome)> TwinChecks(TestResult[] results)
    {
        var byName = results.ToDictionary(r => r.Test.Name);
        foreach (var expanded in results)
            if (expanded.Test.Twin is { } name && byName.TryGetValue(name, out var single) && !single.Outputs.IsEmpty
                && !expanded.Outputs.IsEmpty && single.Test.Compare != Compare.Type)
                yield return (expanded.Test.Name, Outcome.Of(() => Difference(single, expanded)));
    }

    private static string? Difference(TestResult single, TestResult expanded) =>
        single.Outputs.Zip(expanded.Outputs)
            .Select((p, k) => Comparison.Difference($"output {k}", p.First, p.Second, p.First.DType.IsFloat
            ? single.Test.Tolerance : 0))
            .Concat(single.Gradients.Where(g => expanded.Gradients.ContainsKey(g.Key))
                .Select(g => Comparison.Difference($"gradient of input {g.Key}", g.Value, expanded.Gradients[g.Key], 1e-7)))
            .FirstOrDefault(d => d is not null);
}
