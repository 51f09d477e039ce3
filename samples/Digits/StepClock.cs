using System.Diagnostics;

namespace Digits;

/// <summary>Times steps, and counts what they allocate on the calling thread.</summary>
internal sealed class StepClock
{
    private readonly List<double> microseconds = [];
    private long startTicks, startBytes, bytes;

    /// <summary>The time of a typical step.</summary>
    public double MedianMicroseconds => microseconds.Count == 0 ? 0 : microseconds.Order().ElementAt(microseconds.Count / 2);

    /// <summary>Bytes of garbage per step.</summary>
    public double AllocatedBytesPerStep => microseconds.Count == 0 ? 0 : (double)bytes / microseconds.Count;

    public void Reset()
    {
        microseconds.Clear();
        bytes = 0;
    }

    public void Start()
    {
        startBytes = GC.GetAllocatedBytesForCurrentThread();
        startTicks = Stopwatch.GetTimestamp();
    }

    public void Stop()
    {
        var time = Stopwatch.GetElapsedTime(startTicks);
        bytes += GC.GetAllocatedBytesForCurrentThread() - startBytes;
        microseconds.Add(time.TotalMicroseconds);
    }
}
