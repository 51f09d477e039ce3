using Adjoint.Testing;

namespace Adjoint.Runtime.Tests;

public unsafe class WorkerPoolFacts
{
    // More threads than there may be cores, so that everything is tried on any machine. Threads of the tests share it.
    private static readonly WorkerPool Pool = new(maxWorkers: 5);

    private static int[] Visits(long range, long grain, int threads)
    {
        var counts = new int[range];
        fixed (int* p = counts)
        {
            long args = (long)p;
            Assert.Equal(0, Pool.Execute(Kernels.Visit, (long)&args, range, grain, threads));
        }
        return counts;
    }

    [Theory]
    [InlineData(1, 1, 2), InlineData(2, 1, 2), InlineData(1000, 1, 6), InlineData(1000, 7, 3), InlineData(1000, 999, 2)]
    [InlineData(1000, 1000, 2), InlineData(5, 1, 100), InlineData(100_000, 16, 6)]
    public void Every_unit_is_computed_once(long range, long grain, int threads) =>
        Assert.All(Visits(range, grain, threads), count => Assert.Equal(1, count));

    [Fact]
    public void Ranges_begin_at_multiples_of_the_grain()
    {
        int misplaced = 0;
        Pool.Execute((_, begin, end) =>
        {
            if (begin % 48 != 0 || (end % 48 != 0 && end != 1000)) Interlocked.Increment(ref misplaced);
            return 0;
        }, 0, 1000, 48, 6);
        Assert.Equal(0, misplaced);
    }

    [Fact]
    public void An_empty_range_calls_nothing() =>
        Assert.Equal(0, WorkerPool.Run((_, _, _) => throw new InvalidOperationException(), 0, 0, 1, 4));

    [SkippableFact]
    public void No_thread_leaves_its_range()
    {
        Skip.IfNot(GuardedMemory.Available, "guard pages need Linux");
        using var counts = GuardedMemory.EndingAtGuard(4 * 1021);
        long args = counts.Address;
        for (int i = 0; i < 100; i++) Pool.Execute(Kernels.Visit, (long)&args, 1021, 16, 6);
        Assert.All(counts.AsSpan<int>().ToArray(), count => Assert.Equal(100, count));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(500), InlineData(999)]
    public void The_lowest_error_wins_on_any_number_of_threads(long first)
    {
        for (int i = 0; i < 200; i++)
            Assert.Equal((int)first + 1, Pool.Execute(Kernels.FailFrom, (long)&first, 1000, 1, 1 + i % 6));
    }

    [Fact]
    public void An_exception_in_any_range_reaches_the_caller_and_the_pool_goes_on()
    {
        for (int i = 0; i < 200; i++)
        {
            long bad = i * 5;
            var thrown = Assert.Throws<ArithmeticException>(() => Pool.Execute(
                (_, begin, end) => begin <= bad && bad < end ? throw new ArithmeticException("here") : 0,
                0, 1000, 1, 6));
            Assert.Equal("here", thrown.Message);
        }
        Assert.All(Visits(1000, 1, 6), count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_kernel_may_use_the_pool_itself()
    {
        int inner = 0;
        Kernel nested = (_, begin, end) =>
        {
            for (long i = begin; i < end; i++)
                Pool.Execute((_, b, e) => { Interlocked.Add(ref inner, (int)(e - b)); return 0; }, 0, 10, 1, 6);
            return 0;
        };
        Pool.Execute(nested, 0, 100, 1, 6);
        Assert.Equal(1000, inner);
    }

    [Fact]
    public void Callers_at_the_same_time_all_get_their_work_done() =>
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 200; i++) Assert.DoesNotContain(Visits(512, 8, 6), count => count != 1);
        });

    [Fact]
    public void Parked_workers_wake_up()
    {
        for (int i = 0; i < 20; i++)
        {
            Thread.Sleep(2);   // far longer than they spin
            var threads = new HashSet<int>();
            Pool.Execute((_, _, _) =>
            {
                lock (threads) threads.Add(Environment.CurrentManagedThreadId);
                Thread.Sleep(1);
                return 0;
            }, 0, 24, 1, 6);
            if (threads.Count > 1) return;
        }
        Assert.Fail("No worker ever joined.");
    }

    [Fact]
    public void A_pool_without_workers_runs_on_the_caller()
    {
        int caller = Environment.CurrentManagedThreadId;
        new WorkerPool(0).Execute((_, _, _) =>
        {
            Assert.Equal(caller, Environment.CurrentManagedThreadId);
            return 0;
        }, 0, 100, 1, 8);
    }

    [Theory]
    [InlineData(2, 1.0), InlineData(3, 0.0), InlineData(6, 1e9)]
    public void Launches_side_by_side_each_compute_every_unit_once(int threads, double cost)
    {
        long[] ranges = [1, 1000, 0, 17, 5000, 1, 64, 3, 2, 1, 1, 1, 1, 900, 1, 1, 7, 2048];
        int[][] counts = [.. ranges.Select(n => new int[n])];
        var pins = counts.Select(c => System.Runtime.InteropServices.GCHandle.Alloc(c,
            System.Runtime.InteropServices.GCHandleType.Pinned)).ToArray();
        long* blocks = stackalloc long[ranges.Length];
        for (int i = 0; i < ranges.Length; i++) blocks[i] = pins[i].AddrOfPinnedObject();
        Launch[] launches = [.. ranges.Select((n, i) => new Launch(Kernels.Visit, i, n, 1 + i % 3 * 7, i % 2 * cost))];
        for (int run = 0; run < 100; run++) Assert.Equal(default, Pool.Execute(launches, (long)blocks, threads));
        Array.ForEach(pins, p => p.Free());
        Assert.All(counts, c => Assert.All(c, count => Assert.Equal(100, count)));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(6)]
    public void The_error_of_launches_side_by_side_is_the_one_of_a_serial_run(int threads)
    {
        long* blocks = stackalloc long[] { 5000, 70, 3 };
        for (int i = 0; i < 200; i++)
            Assert.Equal(new Failure(1, 71), Pool.Execute(
                [new(Kernels.FailFrom, 0, 100, 1, 1), new(Kernels.FailFrom, 1, 100, 1, 1),
                    new(Kernels.FailFrom, 2, 100, 1, 1)], (long)blocks, threads));
    }

    [Fact]
    public void Callers_at_work_count_as_processors_that_are_taken()
    {
        var pool = new WorkerPool(maxWorkers: 1);
        int caller = Environment.CurrentManagedThreadId, strangers = 0;
        using var started = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var other = new Thread(() => pool.Execute((_, _, _) => { started.Set(); done.Wait(); return 0; }, 0, 1, 1, 2));
        other.Start();
        started.Wait();
        for (int i = 0; i < 50; i++)
            pool.Execute((_, _, _) => { if (Environment.CurrentManagedThreadId != caller) Interlocked.Increment(ref strangers); return 0; }, 0, 64, 1, 2);
        done.Set();
        other.Join();
        Assert.Equal(0, strangers);
    }
}
