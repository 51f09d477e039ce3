using System.Collections.Immutable;

namespace Adjoint.Runtime.Tests;

public unsafe class PlanFacts
{
    private static readonly float[] X = [1, 2, 3, 4, 5];

    // y = 2 x + 1 by way of the arena; the factor is a constant, the shift a literal.
    private static Plan Affine(NativeBuffer factor) => new(
        [
            new("scale", Kernels.Scale, [ArgWord.External(0), ArgWord.Arena(64), ArgWord.Constant(0, 4)], X.Length),
            new("shift", Kernels.Shift, [ArgWord.Arena(64), ArgWord.External(1), Bits(1f)], X.Length),
        ],
        inlineExternals: [false, false], arenaBytes: 128, constants: [factor]);

    private static ArgWord Bits(float value) => ArgWord.Literal(BitConverter.SingleToInt32Bits(value));

    private static float[] Run(Plan plan, float[] x)
    {
        var y = new float[x.Length];
        fixed (float* px = x, py = y)
        {
            long* words = stackalloc long[] { (long)px, (long)py };
            plan.Run(words);
        }
        return y;
    }

    [Fact]
    public void Steps_run_in_order_through_the_arena()
    {
        var factor = new NativeBuffer(8);
        factor.AsSpan<float>()[1] = 2;
        var plan = Affine(factor);
        Assert.Equal([3, 5, 7, 9, 11], Run(plan, X));
        Assert.Equal([1, 1, 1, 1, 1], Run(plan, new float[5]));
        Assert.Equal(2, plan.Runs);
    }

    [Fact]
    public void Steps_beside_each_other_give_the_results_of_steps_in_a_row()
    {
        float* y = stackalloc float[45];
        long* words = stackalloc long[10];
        foreach (bool beside in new[] { false, true })
        {
            var plan = new Plan(
                [.. Enumerable.Range(0, 9).Select(i =>
                    new Step($"shift {i}", Kernels.Shift, [ArgWord.External(0), ArgWord.External(i + 1), Bits(i)],
                    5, Cost: 20_000, Beside: beside && i % 3 != 0))], [.. new bool[10]]) { Threads = 4 };
            fixed (float* px = X)
            {
                words[0] = (long)px;
                for (int i = 0; i < 9; i++) words[i + 1] = (long)(y + 5 * i);
                for (int run = 0; run < 50; run++) plan.Run(words);
            }
            for (int i = 0; i < 45; i++) Assert.Equal(X[i % 5] + i / 5, y[i]);
        }
    }

    [Fact]
    public void A_step_beside_nothing_is_refused() => Assert.Contains("beside", Assert.Throws<ArgumentException>(
        () => new Plan([new("nothing", Kernels.Nothing, [], 1, Beside: true)], [])).Message);

    [Fact]
    public void An_inline_external_reaches_the_kernel_by_address()
    {
        var plan = new Plan(
            [new("scale", Kernels.Scale, [ArgWord.External(0), ArgWord.External(1), ArgWord.External(2)], 5)],
            inlineExternals: [false, false, true]);
        var y = new float[5];
        fixed (float* px = X, py = y)
        {
            long* words = stackalloc long[] { (long)px, (long)py, BitConverter.SingleToInt32Bits(3f) };
            plan.Run(words);
        }
        Assert.Equal([3, 6, 9, 12, 15], y);
    }

    [Fact]
    public void A_byte_offset_selects_part_of_an_external()
    {
        var plan = new Plan(
            [new("shift", Kernels.Shift, [ArgWord.External(0, 8), ArgWord.External(1, 4), Bits(0)], 2)],
            [false, false]);
        Assert.Equal([0, 3, 4, 0, 0], Run(plan, X));
    }

    [Fact]
    public void More_words_than_fit_on_the_stack_work_too()
    {
        var shift = new Step("shift", Kernels.Shift, [ArgWord.External(0), ArgWord.External(1), Bits(1)], 5);
        var plan = new Plan([.. Enumerable.Repeat(shift, 40)], [false, false]);
        Assert.Equal([2, 3, 4, 5, 6], Run(plan, X));
    }

    [Fact]
    public void An_error_code_becomes_the_translators_exception()
    {
        var plan = new Plan(
            [new("fine", Kernels.Nothing, [], 1), new("fails", Kernels.FailFrom, [ArgWord.Literal(6)], 10)],
            [], translate: (step, code) => new ArithmeticException($"{step}:{code}"));
        Assert.Equal("1:7", Assert.Throws<ArithmeticException>(() => plan.Run(null)).Message);
    }

    [Fact]
    public void A_parallel_step_gives_what_a_serial_one_gives()
    {
        float[] x = [.. Enumerable.Range(0, 100_003).Select(i => i * 0.1f)];
        var step = new Step("shift", Kernels.Shift, [ArgWord.External(0), ArgWord.External(1), Bits(1)],
            x.Length, 64, 1e6);
        var serial = new Plan([step], [false, false]) { Threads = 1 };
        Assert.Equal(Run(serial, x), Run(new Plan([step], [false, false]) { Threads = 8 }, x));
    }

    [Fact]
    public void An_observer_sees_every_step_before_and_after()
    {
        var log = new Log();
        var plan = new Plan(
            [new("a", Kernels.Nothing, [], 1), new("b", Kernels.FailFrom, [ArgWord.Literal(0)], 1)], []);
        Assert.Throws<InvalidOperationException>(() => plan.Run(null, log));
        Assert.Equal(["before 0", "after 0", "before 1"], log.Seen);
    }

    [Fact]
    public void A_kernel_may_run_its_own_plan_again()
    {
        Plan? plan = null;
        int depth = 0;
        Kernel nested = (args, _, _) =>
        {
            if (depth++ < 3) plan!.Run(null);
            *(long*)Kernels.Word(args, 0) = depth;
            return 0;
        };
        plan = new Plan([new("nested", nested, [ArgWord.Arena(0)], 1)], [], arenaBytes: 8);
        plan.Run(null);
        Assert.Equal(4, depth);
        Assert.Equal(4, plan.Runs);
    }

    public static TheoryData<string, ImmutableArray<Step>> BadParts { get; } = new()
    {
        { "outside", [new("s", Kernels.Nothing, [ArgWord.External(1)], 1)] },
        { "outside", [new("s", Kernels.Nothing, [ArgWord.Arena(65)], 1)] },
        { "outside", [new("s", Kernels.Nothing, [ArgWord.Constant(0)], 1)] },
        { "outside", [new("s", Kernels.Nothing, [ArgWord.Parameter(0, 9)], 1)] },
        { "outside", [new("s", Kernels.Nothing, [ArgWord.Parameter(-1)], 1)] },
        { "grain 0", [new("s", Kernels.Nothing, [], 1, 0)] },
        { "computes after", [new("c", Kernels.Nothing, [], 1, Commits: true), new("s", Kernels.Nothing, [], 1)] },
    };

    [Theory, MemberData(nameof(BadParts), DisableDiscoveryEnumeration = true)]
    public void Parts_that_do_not_fit_are_refused(string reason, ImmutableArray<Step> steps)
    {
        var store = new ParameterStore();
        var w = store.GetOrAdd("w", typeof(double), []);
        var refusal = Assert.Throws<ArgumentException>(() => new Plan(steps, [false], 64, [], store, [w]));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_of_another_store_is_refused()
    {
        var w = new ParameterStore().GetOrAdd("w", typeof(float), [1]);
        Assert.Throws<ArgumentException>(() => new Plan([], [], store: new ParameterStore(), parameters: [w]));
        Assert.Throws<ArgumentException>(() => new Plan([], [], parameters: [w]));
    }
}

internal sealed class Log : IStepObserver
{
    public List<string> Seen { get; } = [];

    public void Before(int step, long args) => Seen.Add($"before {step}");

    public void After(int step, long args) => Seen.Add($"after {step}");
}
