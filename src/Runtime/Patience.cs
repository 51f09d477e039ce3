using System.Diagnostics;

namespace Adjoint.Runtime;

/// <summary>How long to wait awake: some microseconds of pause instructions, since a fork-join ends within one or two;
/// then yields, so that whoever is waited for gets the core; after that it is time to park. Starts as default.</summary>
internal struct Patience
{
    private const int PausesPerLook = 8;

    private static readonly long ParkAfter = Stopwatch.Frequency / 25_000;   // 40 us

    // With one processor the one waited for cannot run while we pause.
    private static readonly long YieldAfter = Environment.ProcessorCount == 1 ? 0 : Stopwatch.Frequency / 100_000;

    private long started;

    /// <summary>Waits a moment. False: waiting awake has lasted long enough.</summary>
    public bool Wait()
    {
        long now = Stopwatch.GetTimestamp();
        if (started == 0) started = now;
        if (now - started >= ParkAfter) return false;
        if (now - started >= YieldAfter) Thread.Yield();
        else Thread.SpinWait(PausesPerLook);
        return true;
    }
}
