using Adjoint.Benchmarks;
using Adjoint.Kernels;
using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>Straight-line code of any length: cut into methods that the JIT handles well, to the same bits.</summary>
[Collection("alone")]
public class SegmentFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    private delegate void Spans(ReadOnlySpan<double> x, Span<double> y);

    public static TheoryData<int, int> Graphs =>
        new() { { 20, 300 }, { 20, 3_000 }, { 20, 20_000 }, { int.MaxValue, 3_000 }, { int.MaxValue, 20_000 } };

    [Theory, MemberData(nameof(Graphs))]
    public void Code_of_any_length_gives_the_bits_of_the_reference(int reach, int ops)
    {
        var f = RandomScalars.Of(reach, ops);
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, 16).Select(_ => random.NextDouble())], y = new double[Results(f)];
        var expected = Running.Truth(f, HostTensor.From(x))[0];
        f.Compile<Spans>(options: new() { Flatten = Flattening.Always })(x, y);
        Running.AssertSameBits(expected, HostTensor.From(y), $"{ops} ops");
    }

    /// <summary>Past its cliffs the JIT writes code three times as long, unoptimised or with every operand in memory.</summary>
    [SkippableTheory, MemberData(nameof(Graphs))]
    public void No_method_falls_off_a_cliff_of_the_JIT(int reach, int ops)
    {
        Skip.IfNot(VectorWidths.Best == VectorWidth.Bits512, "measured with 32 registers");
        using var jit = new Adjoint.Codegen.Tests.EmissionJitLog();
        KernelCache.Clear();
        var f = RandomScalars.Of(reach, ops).Named($"cliff{reach}_{ops}");
        f.Compile<Spans>(options: new() { Flatten = Flattening.Always });
        string name = ops <= ScalarDelegate.MostInstructions ? f.Name : $"{f.Name}_flat";
        Assert.True(jit.TryFind(name, out _, out _), name);
        var methods = jit.All(name);
        int bytes = methods.Sum(m => m.Bytes);
        output.WriteLine($"{methods.Count} methods, {bytes} bytes, {(double)bytes / ops:0.0} per op, largest {methods.Max(m => m.Bytes)}");
        Assert.All(methods, m => Assert.NotEqual(Adjoint.Codegen.Tests.EmissionJitLog.MinOpts, m.Tier));
        Assert.True(bytes <= (reach < ops ? 16 : 24) * ops + 1500 * methods.Count, $"{bytes} bytes for {ops} ops");
    }

    [Fact]
    public void Segmented_code_allocates_nothing_and_may_be_called_from_several_threads()
    {
        var graph = RandomScalars.Of(20, 5_000);
        var f = graph.Compile<Spans>(options: new() { Flatten = Flattening.Always });
        double[] x = [.. Enumerable.Range(0, 16).Select(i => i / 16.0)], y = new double[Results(graph)];
        Garbage.AssertNone(() => f(x, y));
        Running.AssertDoesNotMeet(() =>
        {
            var own = new double[y.Length];
            f(x, own);
            Assert.Equal(y, own);
        });
    }

    [Fact]
    public void What_cannot_be_unrolled_is_named_when_it_is_demanded()
    {
        Node x = Input("x", DType.Float64, ["n"]);
        Assert.Contains("straight-line", Assert.Throws<GraphException>(() =>
            Running.Of([x], x * 2).Compile<Spans>(options: new() { Flatten = Flattening.Always })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_elementwise_work_stays_in_loops()
    {
        Node x = Input("x", DType.Float64, [1000]);
        Assert.Null(FlatChoice.Of(Pipeline.Default.Run(Running.Of([x], Exp(x))).Optimised, new()));
        Node small = Input("x", DType.Float64, [3]);
        Assert.NotNull(FlatChoice.Of(Pipeline.Default.Run(Running.Of([small], Exp(small))).Optimised, new()));
    }

    private static int Results(Computation f) => (int)f.Outputs[0].Value.Shape[0].Constant;
}
