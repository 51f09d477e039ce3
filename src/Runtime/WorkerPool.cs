namespace Adjoint.Runtime;

/// <summary>Background threads that share one caller's work at a time. Started when first needed, never more than
/// there are processors beside the caller's; a call allocates nothing.</summary>
public sealed class WorkerPool
{
    private static readonly WorkerPool Shared = new(Environment.ProcessorCount - 1);

    private readonly ChunkedJob job;
    private readonly Turnstile door = new(open: false, places: 1);
    private readonly Worker?[] workers;
    private int busy;
    private int callers;
    private int helpers;
    private long jobs;

    internal WorkerPool(int maxWorkers) => (workers, job) = (new Worker?[maxWorkers], new(maxWorkers + 1));

    /// <summary>How many jobs there have been: workers wait for it to change.</summary>
    internal long Jobs => Volatile.Read(ref jobs);

    /// <summary>Runs the kernel over [0, range) on up to <paramref name="threads"/> threads, the caller's among
    /// them.</summary>
    /// <param name="kernel">Called with disjoint ranges that cover [0, range), in any order and at the same
    /// time.</param>
    /// <param name="args">Address of the argument block, which all calls share.</param>
    /// <param name="range">Units of the outer loop; 0 or less does nothing.</param>
    /// <param name="grain">Ranges begin at multiples of it. At least 1.</param>
    /// <param name="threads">1 means the caller alone. So does a pool that is busy with another caller's job, which
    /// includes a kernel that calls this itself. Other callers at work count as threads that are taken.</param>
    /// <returns>0, or the error code of the lowest failing range, whatever the number of threads. An exception that a
    /// kernel throws there is thrown here. Either way every thread has left the kernel when this returns.</returns>
    public static int Run(Kernel kernel, long args, long range, long grain, int threads) =>
        Shared.Execute(kernel, args, range, grain, threads);

    /// <summary>Runs several kernels side by side, which must not touch what another one writes.</summary>
    /// <param name="launches">What to run. An error is that of the lowest failing range of the first launch that fails.</param>
    /// <param name="blocks">Address of their argument blocks.</param>
    /// <param name="threads">As above.</param>
    internal static Failure Run(ReadOnlySpan<Launch> launches, long blocks, int threads) => Shared.Execute(launches, blocks, threads);

    internal int Execute(Kernel kernel, long args, long range, long grain, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grain, 1);
        return range <= 0 ? 0 : Execute([new Launch(kernel, 0, range, grain, 1)], args, threads).Code;
    }

    internal Failure Execute(ReadOnlySpan<Launch> launches, long blocks, int threads)
    {
        // Callers who run alone keep a processor busy as well: with as many of them as processors, none is helped.
        int present = Interlocked.Increment(ref callers);
        try
        {
            threads = Math.Min(threads, workers.Length + 2 - present);
            if (threads <= 1 || (launches.Length == 1 && launches[0].Grains <= 1) || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
                return Alone(launches, blocks);
            try
            {
                job.Begin(launches, blocks, threads);
                Summon((int)Math.Min(threads, job.Count) - 1);
                job.Work(0);
                door.Close();
                return job.End();
            }
            finally
            {
                Volatile.Write(ref busy, 0);
            }
        }
        finally
        {
            Interlocked.Decrement(ref callers);
        }
    }

    private static Failure Alone(ReadOnlySpan<Launch> launches, long blocks)
    {
        for (int i = 0; i < launches.Length; i++)
        {
            ref readonly var launch = ref launches[i];
            if (launch.Kernel(blocks + launch.Block * sizeof(long), 0, launch.Range) is var code and not 0) return new(i, code);
        }
        return default;
    }

    /// <summary>A worker takes part in the present job, if it is one of those wanted and the job is still on.</summary>
    internal void Join(int index)
    {
        if (!door.TryEnter()) return;
        if (index < helpers)
        {
            WakeChildrenOf(index);
            job.Work(index + 1);
        }
        door.Exit();
    }

    private void Summon(int wanted)
    {
        helpers = wanted;
        for (int i = 0; i < wanted; i++) workers[i] ??= new Worker(this, i);
        door.Open();
        Interlocked.Increment(ref jobs);
        WakeChildrenOf(-1);
    }

    // Waking a parked thread costs microseconds, so they wake each other as a tree whose root, -1, is the caller.
    private void WakeChildrenOf(int index)
    {
        for (int child = 2 * index + 2; child <= 2 * index + 3 && child < helpers; child++) workers[child]!.Wake();
    }
}
