using System.Runtime.ExceptionServices;

namespace Adjoint.Runtime;

/// <summary>Kernels' ranges cut into chunks, and these dealt out to threads. Reused from job to job.</summary>
/// <remarks>Each thread begins with a share of its own, the same one in every job of the same kind, so that what it wrote in one
/// kernel it reads in the next from its own cache; then it helps the others.</remarks>
internal sealed class ChunkedJob
{
    // More chunks than threads, so that a thread that lost its core for a while, or whose core is slower, holds up a part of its share
    // only: a few, and more where each still takes so many nanoseconds.
    private const int FewestPerThread = 4, MostPerThread = 16;

    private const double NanosecondsPerChunk = 10_000;

    private readonly Lock failing = new();
    private readonly long[] claimed;   // per thread: how many chunks of its share have been claimed; a cache line apart
    private Part[] parts = new Part[16];
    private int partCount;
    private int threads;
    private long count;
    private long failed;
    private Failure failure;
    private ExceptionDispatchInfo? thrown;

    // A launch with its chunks: those below End that are no earlier part's. They differ by one grain at most.
    private readonly record struct Part(Launch Launch, long Args, long First, long End)
    {
        public long Start(long chunk) => Math.Min(Launch.Range, (chunk - First) * Launch.Grains / (End - First) * Launch.Grain);
    }

    /// <summary>Room for jobs of up to so many threads.</summary>
    public ChunkedJob(int maxThreads) => claimed = new long[(maxThreads + 1) * Homes.Stride];

    /// <summary>Number of chunks of the present job.</summary>
    public long Count => count;

    /// <summary>Starts a job of several chunks per thread, shared out by cost, each but the last of a launch in whole
    /// grains.</summary>
    public void Begin(ReadOnlySpan<Launch> launches, long blocks, int threads)
    {
        if (parts.Length < launches.Length) parts = new Part[launches.Length];
        double cost = 0;
        foreach (ref readonly var launch in launches) cost += launch.Cost;
        long wanted = (long)(threads * Math.Clamp(cost / threads / NanosecondsPerChunk, FewestPerThread, MostPerThread));
        (partCount, count) = (launches.Length, 0);
        for (int i = 0; i < launches.Length; i++)
        {
            ref readonly var launch = ref launches[i];
            long share = launches.Length == 1 ? wanted : Math.Clamp((long)(wanted * launch.Cost / cost), 1, wanted);
            long end = count + Math.Min(launch.Grains, share);
            parts[i] = new Part(launch, blocks + launch.Block * sizeof(long), count, end);
            count = end;
        }
        this.threads = (int)Math.Clamp(count, 1, threads);
        for (int t = 0; t < this.threads; t++) claimed[(t + 1) * Homes.Stride] = 0;
        (failed, failure, thrown) = (long.MaxValue, default, null);
    }

    /// <summary>Computes chunks until none is left. Never throws: what a kernel throws is kept for
    /// <see cref="End"/>.</summary>
    /// <param name="thread">The caller is 0.</param>
    public void Work(int thread)
    {
        for (int t = 0; t < threads; t++) WorkOn((thread + t) % threads);
    }

    // A share ends where the next one begins.
    private void WorkOn(int share)
    {
        long first = share * count / threads, end = (share + 1) * count / threads;
        ref long taken = ref claimed[(share + 1) * Homes.Stride];
        for (long i; Volatile.Read(ref taken) < end - first && (i = first + Interlocked.Increment(ref taken) - 1) < end;)
            if (i < Volatile.Read(ref failed)) Compute(i);
    }

    private void Compute(long index)
    {
        int launch = 0;
        while (parts[launch].End <= index) launch++;
        ref readonly var part = ref parts[launch];
        try
        {
            int error = part.Launch.Kernel(part.Args, part.Start(index), part.Start(index + 1));
            if (error != 0) Fail(index, new(launch, error), null);
        }
        catch (Exception exception)
        {
            Fail(index, default, exception);
        }
    }

    /// <summary>What the lowest failing chunk returned, if any; throws instead if that chunk threw. All threads have
    /// left.</summary>
    public Failure End()
    {
        parts.AsSpan(0, partCount).Clear();   // an idle pool keeps no plan alive
        var exception = thrown;
        thrown = null;
        exception?.Throw();
        return failure;
    }

    // Chunks above a failing one are left out, all below it are computed and will report, so the lowest is final.
    private void Fail(long index, Failure error, Exception? exception)
    {
        lock (failing)
        {
            if (index >= failed) return;
            Volatile.Write(ref failed, index);
            failure = error;
            thrown = exception is null ? null : ExceptionDispatchInfo.Capture(exception);
        }
    }
}
