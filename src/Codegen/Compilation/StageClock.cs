using System.Collections.Immutable;
using System.Diagnostics;

namespace Adjoint.Codegen;

/// <summary>Wall-clock time by stage of the compiler; a stage that comes again adds to its time.</summary>
/// <param name="name">A stage that is over.</param>
/// <param name="before">How long it took.</param>
/// <param name="budget">After how long in all what is optional is left out; null for no limit.</param>
internal sealed class StageClock(string name, TimeSpan before, TimeSpan? budget = null)
{
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly List<string> leftOut = [];
    private readonly List<(string Stage, TimeSpan Time)> times = [(name, before)];
    private long last = Stopwatch.GetTimestamp();

    /// <summary>The stages in the order in which they first ended.</summary>
    public ImmutableArray<(string Stage, TimeSpan Time)> Times => [.. times];

    /// <summary>What the budget did not allow, in the order in which it came up.</summary>
    public ImmutableArray<string> LeftOut => [.. leftOut];

    /// <summary>Whether there is time for an optional stage; it is noted if not.</summary>
    public bool Allows(string stage)
    {
        bool allows = budget is not { } limit || before + Stopwatch.GetElapsedTime(start) < limit;
        if (!allows && !leftOut.Contains(stage))
            leftOut.Add(stage);
        return allows;
    }

    /// <summary>Ends a stage.</summary>
    public void Mark(string stage)
    {
        var time = Stopwatch.GetElapsedTime(last);
        last = Stopwatch.GetTimestamp();
        int known = times.FindIndex(t => t.Stage == stage);
        if (known < 0)
            times.Add((stage, time));
        else
            times[known] = (stage, times[known].Time + time);
    }
}
