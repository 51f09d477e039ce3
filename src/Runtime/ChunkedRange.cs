using System.Runtime.ExceptionServices;

namespace Adjoint.Runtime;

/// <summary>A kernel's range cut into chunks that threads claim in ascending order. Reused from job to job.</summary>
internal sealed class ChunkedRange
{
    // More chunks than threads, so that a thread that lost its core for a while holds up a part of its share only.
    private const int ChunksPerThread = 4;

    private readonly Lock failing = new();
    private Kernel? kernel;
    private long args;
    private long range;
    private long chunk;
    private long count;
    private long claimed;
    private long failed;
    private int code;
    private ExceptionDispatchInfo? thrown;

    /// <summary>Number of chunks of the present job.</summary>
    public long Count => count;

    /// <summary>Starts a job of about four chunks per thread, each but the last a multiple of the grain.</summary>
    public void Begin(Kernel kernel, long args, long range, long grain, int threads)
    {
        (this.kernel, this.args, this.range) = (kernel, args, range);
        long grains = Quotient(range, grain);
        chunk = Quotient(grains, Math.Min(grains, (long)threads * ChunksPerThread)) * grain;
        count = Quotient(range, chunk);
        (claimed, failed, code, thrown) = (0, long.MaxValue, 0, null);
    }

    /// <summary>Computes chunks until none is left. Never throws: what a kernel throws is kept for
    /// <see cref="End"/>.</summary>
    public void Work()
    {
        for (long i; (i = Interlocked.Increment(ref claimed) - 1) < count;)
        {
            try
            {
                long begin = i * chunk;
                int error = kernel!(args, begin, Math.Min(begin + chunk, range));
                if (error != 0) Fail(i, error, null);
            }
            catch (Exception exception)
            {
                Fail(i, 0, exception);
            }
        }
    }

    /// <summary>The code of the lowest failing chunk, or 0; throws instead if that chunk threw. All threads have
    /// left.</summary>
    public int End()
    {
        kernel = null;   // an idle pool keeps no plan alive
        var exception = thrown;
        thrown = null;
        exception?.Throw();
        return code;
    }

    // Chunks above a failing one are not begun; all below it have been claimed and will report, so the lowest is final.
    private void Fail(long index, int error, Exception? exception)
    {
        lock (failing)
        {
            if (index >= failed) return;
            failed = index;
            code = error;
            thrown = exception is null ? null : ExceptionDispatchInfo.Capture(exception);
        }
        Interlocked.Exchange(ref claimed, count);
    }

    private static long Quotient(long a, long b) => (a + b - 1) / b;   // rounded up
}
