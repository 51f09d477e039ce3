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
/// <param name="Beside">The step neither reads nor writes what the step before it writes, nor writes what that one reads, and
/// so with all steps back to the last that is not beside another: they may run at the same time.</param>
public sealed record Step(
    string Name,
    Kernel Kernel,
    ImmutableArray<ArgWord> Args,
    long Range,
    long Grain = 1,
    double Cost = 0,
    bool Commits = false,
    bool Beside = false)
{
    // A spinning worker joins within 1 us, a parked one within 10 to 50: below this much work each, help is not worth it. Where
    // there are small steps side by side there are more of them, and the worker is not parked for long.
    private const double NanosecondsPerThread = 10_000, NanosecondsPerThreadBeside = 2_000;

    /// <summary>How many threads can help with this step alone, the caller's among them.</summary>
    public int UsefulThreads => (int)Math.Clamp(Cost / NanosecondsPerThread, 1, Pieces);

    // Into how many the range can be cut.
    private long Pieces => (Math.Max(Range, 1) + Grain - 1) / Grain;

    /// <summary>How many threads can help with steps that run side by side.</summary>
    internal static int ThreadsFor(ImmutableArray<Step> beside) => beside.Length == 1 ? beside[0].UsefulThreads
        : (int)Math.Clamp(beside.Sum(step => step.Cost) / NanosecondsPerThreadBeside, 1, beside.Sum(step => step.Pieces));
}
