using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>Lets any number in while open; whoever closes it waits until all have left. One atomic instruction each way.
/// The readers' side of a store's lock and the door to a worker pool's job are both this.</summary>
/// <remarks>Not reentrant: entering twice can deadlock with a closer. Closers exclude each other by other means.</remarks>
internal sealed class Turnstile(bool open)
{
    private const int Closed = int.MinValue;

    private readonly object bench = new();   // where threads park
    private int state = open ? 0 : Closed;   // the sign says closed, the rest counts who is inside or about to bounce
    private int parked;
    private int queued;

    /// <summary>Waits until open, then enters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (!TryEnter()) Queue();
    }

    /// <summary>Enters if open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref state) > 0) return true;
        Exit();
        return false;
    }

    /// <summary>Leaves; the last one out wakes the closer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (Interlocked.Decrement(ref state) == Closed) WakeParked();
    }

    /// <summary>Lets nobody in any more and waits until the last one has left.</summary>
    public void Close()
    {
        GiveWay();
        if (Interlocked.Or(ref state, Closed) != 0) WaitFor(drained: true);
    }

    /// <summary>Lets everybody in again.</summary>
    public void Open()
    {
        Interlocked.And(ref state, ~Closed);
        WakeParked();
    }

    // Those kept out by the last closing go first, for as long as patience lasts: a thread that closes in a loop must not
    // starve them, and one that never gets a core must not starve the closer.
    private void GiveWay()
    {
        for (var patience = default(Patience); Volatile.Read(ref queued) != 0 && patience.Wait();) { }
    }

    private void Queue()
    {
        Interlocked.Increment(ref queued);
        do WaitFor(drained: false);
        while (!TryEnter());
        Interlocked.Decrement(ref queued);
    }

    private void WaitFor(bool drained)
    {
        for (var patience = default(Patience); patience.Wait();)
            if (Is(drained)) return;

        lock (bench)
        {
            // Counted before looking again; the other side changes the state before it looks at the count. Both are full
            // fences, so one of the two sees the other.
            Interlocked.Increment(ref parked);
            while (!Is(drained)) Monitor.Wait(bench);
            Interlocked.Decrement(ref parked);
        }
    }

    private bool Is(bool drained)
    {
        int seen = Volatile.Read(ref state);
        return drained ? seen == Closed : seen >= 0;
    }

    private void WakeParked()
    {
        if (Volatile.Read(ref parked) == 0) return;
        lock (bench) Monitor.PulseAll(bench);
    }
}
