using System.Collections.Immutable;
using System.Diagnostics;

namespace Adjoint.Codegen;

/// <summary>Wall-clock time by stage of the compiler; a stage that comes again adds to its time.</summary>
/// <param name="name">A stage that is over.</param>
/// <param name="before">How long it took.</param>
internal sealed class StageClock(string name, TimeSpan before)
{
    private readonly List<(string Stage, TimeSpan Time)> times = [(name, before)];
    private long last = Stopwatch.GetTimestamp();

    /// <summary>The stages in the order in which they first ended.</summary>
    public ImmutableArray<(string Stage, TimeSpan Time)> Times => [.. times];

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
