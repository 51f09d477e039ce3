using System.Collections.Immutable;

namespace Adjoint.Benchmarks;

/// <summary>
/// One call of ours, and what it is timed against in turns: other code of this process and, by the names of suite and
/// case, programs beside it (<see cref="Peer"/>).
/// </summary>
/// <param name="Suite">The suite.</param>
/// <param name="Case">What is computed, with its sizes; float32 and one thread unless it says otherwise.</param>
/// <param name="Call">The compiled computation on arguments that stay; results are written, so that nothing is dead.</param>
internal sealed record Workload(string Suite, string Case, Action Call)
{
    /// <summary>Code in this process that does the same.</summary>
    public ImmutableArray<(string Name, Action Call)> Rivals { get; init; } = [];

    /// <summary>Seconds that the machine needs at least: operations at its measured peak, bytes at its measured bandwidth.</summary>
    public ImmutableArray<(string Name, double Seconds)> Floors { get; init; } = [];
}
