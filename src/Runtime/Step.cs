using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>One kernel launch of a <see cref="Plan"/>.</summary>
/// <param name="Name">For reports and errors.</param>
/// <param name="Kernel">The code.</param>
/// <param name="Args">How its argument block is filled, word by word.</param>
/// <param name="Range">Number of units of the outer loop; the step computes [0, Range).</param>
/// <param name="Grain">Smallest piece worth giving a thread, at least 1. The range is split only at multiples of
/// it.</param>
/// <param name="Cost">Estimated nanoseconds for the whole range on one thread; small steps stay on the
/// caller's.</param>
/// <param name="Commits">The step overwrites parameters: it runs after every compute step has succeeded, while no other
/// thread reads the store. It must not fail, since half a commit cannot be taken back.</param>
public sealed record Step(
    string Name,
    Kernel Kernel,
    ImmutableArray<ArgWord> Args,
    long Range,
    long Grain = 1,
    double Cost = 0,
    bool Commits = false);
