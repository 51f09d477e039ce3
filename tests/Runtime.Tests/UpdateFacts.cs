namespace Adjoint.Runtime.Tests;

/// <summary>Runs that update parameters, and what others see of it.</summary>
public unsafe class UpdateFacts
{
    private const int N = 256;

    private readonly ParameterStore store = new();
    private readonly ParameterBuffer w;
    private readonly ParameterBuffer v;

    public UpdateFacts() => (w, v) = (store.GetOrAdd("w", typeof(float), [N]), store.GetOrAdd("v", typeof(float), [N]));

    // w' = w + 1 and v' = v + 1, by way of the arena, then both committed.
    private Plan Increment(params Step[] last) => new(
        [
            Shift(ArgWord.Parameter(0), ArgWord.Arena(0), 1), Shift(ArgWord.Parameter(1), ArgWord.Arena(4 * N), 1),
            .. last,
            Shift(ArgWord.Arena(0), ArgWord.Parameter(0), 0) with { Commits = true },
            Shift(ArgWord.Arena(4 * N), ArgWord.Parameter(1), 0) with { Commits = true },
        ],
        [], 8 * N, [], store, [w, v]);

    private Plan CopyBoth() => new(
        [
            Shift(ArgWord.Parameter(0), ArgWord.External(0), 0),
            Shift(ArgWord.Parameter(1), ArgWord.External(0, 4 * N), 0),
        ],
        [false], 0, [], store, [w, v]);

    private static Step Shift(ArgWord x, ArgWord y, float by) =>
        new("shift", Kernels.Shift, [x, y, ArgWord.Literal(BitConverter.SingleToInt32Bits(by))], N);

    [Fact]
    public void An_update_is_there_after_the_run()
    {
        var plan = Increment();
        plan.Run(null);
        plan.Run(null);
        Assert.All(store.Get<float>("v"), x => Assert.Equal(2, x));
    }

    [Fact]
    public void An_error_leaves_all_parameters_unchanged_and_the_store_usable()
    {
        var failing = Increment(new Step("fails", Kernels.FailFrom, [ArgWord.Literal(0)], 1));
        Assert.Throws<InvalidOperationException>(() => failing.Run(null));
        var throwing = Increment(new Step("throws", (_, _, _) => throw new ArithmeticException(), [], 1));
        Assert.Throws<ArithmeticException>(() => throwing.Run(null));
        Assert.All(store.Get<float>("w"), x => Assert.Equal(0, x));
        store.Set<float>("w", new float[N]);
        Increment().Run(null);
        Assert.All(store.Get<float>("w"), x => Assert.Equal(1, x));
    }

    [Fact]
    public void Updates_exclude_each_other()
    {
        var plan = Increment();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int i = 0; i < 500; i++) plan.Run(null);
        });
        Assert.All(store.Get<float>("w"), x => Assert.Equal(4000, x));
    }

    [Fact]
    public void Sixty_four_readers_see_no_mixture_while_another_thread_updates()
    {
        var (read, update) = (CopyBoth(), Increment());
        bool stop = false;
        int mixtures = 0;
        var readers = Enumerable.Range(0, 64).Select(_ => new Thread(() =>
        {
            var seen = new float[2 * N];
            while (!Volatile.Read(ref stop))
            {
                fixed (float* p = seen)
                {
                    long word = (long)p;
                    read.Run(&word);
                }
                if (seen.AsSpan().ContainsAnyExcept(seen[0])) Interlocked.Increment(ref mixtures);
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        // On a busy machine an update waits until a preempted reader has its turn again; then ten must do.
        for (var end = DateTime.UtcNow.AddSeconds(1); update.Runs < 10 || DateTime.UtcNow < end;) update.Run(null);
        Volatile.Write(ref stop, true);
        readers.ForEach(reader => Assert.True(reader.Join(TimeSpan.FromSeconds(10))));
        Assert.Equal(0, mixtures);
        Assert.True(read.Runs > 64, $"only {read.Runs} reads got through");
    }

    [Fact]
    public void Snapshots_see_no_mixture_while_another_thread_updates()
    {
        var update = Increment();
        using var updater = new Repeating(() => update.Run(null));
        for (int i = 0; i < 500; i++)
        {
            var snapshot = store.Snapshot();
            Assert.False(snapshot.Get<float>("w").AsSpan().ContainsAnyExcept(snapshot.Get<float>("v")[N - 1]));
        }
    }
}
