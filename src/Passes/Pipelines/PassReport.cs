using System.Collections.Immutable;
using System.Globalization;

namespace Adjoint.Passes;

/// <summary>What one pass did.</summary>
/// <param name="Name">The pass.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Time">Wall-clock time, checks not included.</param>
/// <param name="NodesBefore">Applications that came in.</param>
/// <param name="NodesAfter">Applications that went out.</param>
/// <param name="Fired">Rules and how often each was applied.</param>
public sealed record PassReport(
    string Name, string Purpose, TimeSpan Time, int NodesBefore, int NodesAfter, ImmutableArray<(Rule Rule, int Count)> Fired)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-14} {NodesBefore,8} -> {NodesAfter,-8} {Time.TotalMilliseconds,8:0.00} ms") +
        string.Concat(Fired.Select(f => string.Create(CultureInfo.InvariantCulture, $"\n    {f.Count,6} x {f.Rule}")));
}

/// <summary>What a pipeline made of a computation.</summary>
/// <param name="Source">The computation as the user built it.</param>
/// <param name="Differentiated">The computation with its derivatives, before anything is optimised.</param>
/// <param name="Optimised">The computation after the last pass.</param>
/// <param name="Passes">What each pass did, in order.</param>
public sealed record PipelineResult(
    Computation Source, Computation Differentiated, Computation Optimised, ImmutableArray<PassReport> Passes)
{
    /// <summary>A line per pass and per rule that was applied.</summary>
    public override string ToString() => string.Join('\n', Passes);
}
