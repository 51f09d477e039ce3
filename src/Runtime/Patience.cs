using System.Diagnostics;

namespace Adjoint.Runtime;

/// <summary>How long to wait awake: 40 us of pause instructions, about what it costs to park and be woken, so that a
/// wait is never much dearer than the better of the two. Starts as default.</summary>
/// <remarks>It does not yield. Where more threads want to run than there are cores, a yield costs a turn of all the
/// others, 100 ms with 64 of them; a parked thread is run soon after it is woken.</remarks>
internal struct Patience
{
    private const int PausesPerLook = 8;

    // With one processor the one waited for cannot run while we pause.
    private static readonly long Limit = Environment.ProcessorCount == 1 ? 0 : Stopwatch.Frequency / 25_000;

    private long started;

    /// <summary>Waits a moment. False: waiting awake has lasted long enough.</summary>
    public bool Wait()
    {
        long now = Stopwatch.GetTimestamp();
        if (started == 0) started = now;
        if (now - started >= Limit) return false;
        Thread.SpinWait(PausesPerLook);
        return true;
    }
}
