namespace Adjoint.Runtime;

/// <summary>A background thread of a <see cref="WorkerPool"/>: spins for the next job for a while, then
/// parks.</summary>
internal sealed class Worker
{
    private readonly WorkerPool pool;
    private readonly int index;
    private readonly object bench = new();
    private int parked;

    public Worker(WorkerPool pool, int index)
    {
        (this.pool, this.index) = (pool, index);
        new Thread(Loop) { IsBackground = true, Name = $"Adjoint worker {index}" }.Start();
    }

    /// <summary>Wakes the thread if it is parked. The pool has counted its new job before.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref parked) == 0) return;
        lock (bench) Monitor.Pulse(bench);
    }

    private void Loop()
    {
        for (long seen = 0; ;)
        {
            seen = WaitForJobAfter(seen);
            pool.Join(index);
        }
    }

    private long WaitForJobAfter(long seen)
    {
        for (var patience = default(Patience); patience.Wait();)
            if (pool.Jobs != seen) return pool.Jobs;

        lock (bench)
        {
            // A full fence between saying "parked" and looking for a job, as between the pool's counting and its look
            // at the flag: one of the two sees the other.
            Interlocked.Exchange(ref parked, 1);
            while (pool.Jobs == seen) Monitor.Wait(bench);
            Volatile.Write(ref parked, 0);
            return pool.Jobs;
        }
    }
}
