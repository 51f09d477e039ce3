using System.Runtime.CompilerServices;

namespace Adjoint.Runtime;

/// <summary>Lets any number in while open; whoever closes it waits until all have left. One atomic instruction each
/// way. The readers' side of a store's lock and the door to a worker pool's job are both this.</summary>
/// <param name="open">How it begins.</param>
/// <param name="places">How many counters the threads inside spread over, a power of two up to
/// <see cref="Homes.Count"/>: with more of them, entering scales with the threads and closing has more to look
/// at.</param>
/// <remarks>Who entered leaves on the same thread. Not reentrant: entering twice can deadlock with a closer. Closers
/// exclude each other by other means.</remarks>
internal sealed class Turnstile(bool open, int places)
{
    private readonly object bench = new();   // where threads park
    private readonly int[] inside = new int[(places + 1) * Stride];   // a few who are about to bounce count, too
    private readonly int mask = places - 1;
    private int closed = open ? 0 : 1;
    private int parked;
    private int queued;

    // Two cache lines, as in Homes, of 4-byte elements.
    private const int Stride = 2 * Homes.Stride;

    private ref int Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref inside[((Environment.CurrentManagedThreadId & mask) + 1) * Stride];
    }

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
        // Counted before looking, as a closer closes before it looks at the counts. Both are full fences, so one of the
        // two sees the other.
        Interlocked.Increment(ref Mine);
        if (Volatile.Read(ref closed) == 0) return true;
        Exit();
        return false;
    }

    /// <summary>Leaves, and wakes a closer that waits for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (Interlocked.Decrement(ref Mine) == 0 && Volatile.Read(ref closed) != 0) WakeParked();
    }

    /// <summary>Lets nobody in any more and waits until the last one has left.</summary>
    public void Close()
    {
        GiveWay();
        Interlocked.Exchange(ref closed, 1);
        for (int i = Stride; i < inside.Length; i += Stride)
            if (Volatile.Read(ref inside[i]) != 0) WaitForZero(ref inside[i]);
    }

    /// <summary>Lets everybody in again.</summary>
    public void Open()
    {
        Interlocked.Exchange(ref closed, 0);
        WakeParked();
    }

    // Those kept out by the last closing go first, for as long as patience lasts: a thread that closes in a loop must
    // not starve them, and one that never gets a core must not starve the closer.
    private void GiveWay()
    {
        for (var patience = default(Patience); Volatile.Read(ref queued) != 0 && patience.Wait();) { }
    }

    private void Queue()
    {
        Interlocked.Increment(ref queued);
        do WaitForZero(ref closed);
        while (!TryEnter());
        Interlocked.Decrement(ref queued);
    }

    private void WaitForZero(ref int word)
    {
        for (var patience = default(Patience); patience.Wait();)
            if (Volatile.Read(ref word) == 0) return;

        lock (bench)
        {
            // The same agreement: parked is counted before the word is looked at again, and the other side changes the
            // word before it looks whether anybody parks.
            Interlocked.Increment(ref parked);
            while (Volatile.Read(ref word) != 0) Monitor.Wait(bench);
            Interlocked.Decrement(ref parked);
        }
    }

    private void WakeParked()
    {
        if (Volatile.Read(ref parked) == 0) return;
        lock (bench) Monitor.PulseAll(bench);
    }
}
