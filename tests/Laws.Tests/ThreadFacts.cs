namespace Adjoint.Laws;

/// <summary>Many threads, one executable, one store: old values or new ones, never a mixture.</summary>
public class ThreadFacts
{
    private const int Length = 3000;

    [Fact]
    public void Sixty_four_callers_see_no_mixture_while_another_updates()
    {
        Variable a = new("a", [Length], dtype: DType.Float64), b = new("b", [7], dtype: DType.Float64);
        Node x = Input("x", DType.Float64, []);
        var store = new ParameterStore();
        // All elements of both variables are equal after each update, so any reader finds a spread of zero.
        var step = new Computation([x], [], [new(a, a + x), new(b, b + x)]).Compile(store);
        var read = new Computation([x], [Max(a) - Min(a), Max(b) - Min(b), Max(a) - Max(b), Sum(Tanh(a * 0 + x))]).Compile(store);
        bool done = false;
        int mixtures = 0, calls = 0;
        var readers = Enumerable.Range(0, 64).Select(i => Start(() =>
        {
            while (!Volatile.Read(ref done))
            {
                var r = read.Run((double)i);
                if (r[0].Scalar<double>() != 0 || r[1].Scalar<double>() != 0 || r[2].Scalar<double>() != 0
                    || Math.Abs(r[3].Scalar<double>() - Length * Math.Tanh(i)) > 1e-9 * Length)
                    Interlocked.Increment(ref mixtures);
                Interlocked.Increment(ref calls);
            }
        })).ToList();
        for (int k = 0; k < 300; k++)
            step.Run(1.0);
        Volatile.Write(ref done, true);
        readers.ForEach(r => r.Join());
        Assert.Equal((0, 300.0), (mixtures, store.Get<double>("b")[0]));
        Assert.True(calls > 0);
    }

    /// <summary>Small products that do not wait for each other run at the same time, and results are those of one thread.</summary>
    [Theory, InlineData(2), InlineData(3), InlineData(8)]
    public void Kernels_side_by_side_give_the_bits_of_one_thread(int threads)
    {
        var f = Ensemble(9, 24);
        var random = new Random(8);
        HostTensor[] data = [.. f.Inputs.Select(i => Running.Random(random, i.DType, i.Shape.Evaluate(new Dictionary<string, long>())))];
        var (alone, together) = (f.Compile(options: new() { Threads = 1 }), f.Compile(options: new() { Threads = threads }));
        Assert.True(together.Report.Kernels.Count(k => k.Beside) >= 8);
        for (int run = 0; run < 40; run++)
            Running.AssertSameBits(alone.Run(data)[0], together.Run(data)[0], $"loss of step {run}");
        foreach (var variable in f.Variables)
            Running.AssertSameBits(alone.Stored(variable), together.Stored(variable), variable.Name);
    }

    [Fact]
    public void Kernels_side_by_side_touch_nothing_that_another_one_writes()
    {
        foreach (int members in (int[])[2, 5, 40])
            foreach (int width in (int[])[8, 24, 100])
            {
                var program = Ensemble(members, width).Compile().Program;
                for (int first = 0, end; first < program.Steps.Length; first = end)
                {
                    for (end = first + 1; end < program.Steps.Length && program.Steps[end].Beside; end++)
                        for (int other = first; other < end; other++)
                            AssertApart(program, other, end);
                    Assert.DoesNotContain(program.Lifetimes, l => l.Reuses >= 0 && l.First == first && end > first + 1);
                }
            }
    }

    private static void AssertApart(CompiledProgram program, int a, int b)
    {
        HashSet<MemoryPlace> Touched(int step) => [.. program.Steps[step].Touches.Select(x => program.Places[x])];
        HashSet<MemoryPlace> Written(int step) => [.. program.Steps[step].Group.Outputs.Select(o => program.Places[o.Buffer])];
        Assert.Equal(program.Steps[a].Commits, program.Steps[b].Commits);
        Assert.NotSame(program.Steps[a].Group, program.Steps[b].Group);
        Assert.False(Written(a).Overlaps(Touched(b)) || Written(b).Overlaps(Touched(a)), $"steps {a} and {b}");
    }

    // Small networks that have nothing to do with each other but the sum of their losses.
    private static Computation Ensemble(int members, int width)
    {
        Node x = Input("x", DType.Float32, [48, width]), y = Input("y", DType.Float32, [48, 1]), loss = Constant(0f);
        var variables = new List<Variable>();
        for (int m = 0; m < members; m++)
        {
            Variable w = new($"w{m}", [width, width], Init.HeNormal(m)), b = new($"b{m}", [width]),
                v = new($"v{m}", [width, 1], Init.HeNormal(m + 99));
            variables.AddRange([w, b, v]);
            loss += Mean(Square(MatMul(Tanh(MatMul(x, w) + b), v) - y));
        }
        Variable[] all = [.. variables];
        return new Computation([x, y], [loss]).WithUpdates(Adam.Updates(all, Gradient.Of(loss, [.. all]), 0.01));
    }

    [Fact]
    public void Compacting_collections_do_not_move_what_a_call_uses()
    {
        Node x = Input("x", DType.Float32, [50, 40]), w = Input("w", DType.Float32, [40, 30]);
        var compiled = Running.Of([x, w], Softmax(MatMul(x, w)), Sum(x)).Compile();
        var random = new Random(4);
        HostTensor[] data = [Running.Random(random, DType.Float32, [50, 40]), Running.Random(random, DType.Float32, [40, 30])];
        var expected = compiled.Run(data);
        bool done = false;
        int wrong = 0;
        var callers = Enumerable.Range(0, 3).Select(_ => Start(() =>
        {
            while (!Volatile.Read(ref done))
            {
                // Arrays of their own each time, with holes left between them for the collector to close.
                HostTensor[] fresh = [HostTensor.From((Array)data[0].Data.Clone(), data[0].Shape),
                    HostTensor.From((Array)data[1].Data.Clone(), data[1].Shape)];
                var r = compiled.Run(fresh);
                if (!r[0].Bytes.SequenceEqual(expected[0].Bytes) || !r[1].Bytes.SequenceEqual(expected[1].Bytes))
                    Interlocked.Increment(ref wrong);
            }
        })).ToList();
        for (int k = 0; k < 60; k++)
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Volatile.Write(ref done, true);
        callers.ForEach(c => c.Join());
        Assert.Equal(0, wrong);
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        return thread;
    }
}
