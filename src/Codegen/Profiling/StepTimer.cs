using System.Diagnostics;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>One launch of a kernel.</summary>
/// <param name="Step">Which step of the plan.</param>
/// <param name="Start">Ticks since the profile began.</param>
/// <param name="Ticks">How long it took.</param>
internal readonly record struct StepTime(int Step, long Start, long Ticks)
{
    public double StartSeconds => Start / (double)Stopwatch.Frequency;

    public double Seconds => Ticks / (double)Stopwatch.Frequency;
}

/// <summary>Takes the time of every step of a run.</summary>
internal sealed class StepTimer : IStepObserver
{
    private readonly long origin = Stopwatch.GetTimestamp();
    private readonly List<StepTime> call = [];
    private long start;

    public void Before(int step, long args) => start = Stopwatch.GetTimestamp();

    public void After(int step, long args) => call.Add(new(step, start - origin, Stopwatch.GetTimestamp() - start));

    /// <summary>The steps since the last time this was asked.</summary>
    public IReadOnlyList<StepTime> Take()
    {
        var taken = call.ToArray();
        call.Clear();
        return taken;
    }
}
