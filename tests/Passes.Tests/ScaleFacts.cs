using Xunit.Abstractions;
using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

/// <summary>Work and stack of large graphs. Alone, so that other tests do not count.</summary>
[Collection(nameof(ScaleFacts))]
[CollectionDefinition(nameof(ScaleFacts), DisableParallelization = true)]
public class ScaleFacts(ITestOutputHelper output)
{
    private static readonly Node X = Doubles("x", 8), Y = Doubles("y", 8);

    // Each link has two operands that came before and differs from all others.
    private static Computation Chain(int length, bool gradient = false)
    {
        Node a = X, b = Y;
        for (int i = 0; i < length; i++)
            (a, b) = (b, Node.Of(i % 3 == 0 ? new Multiply() : i % 3 == 1 ? new Add() : new Subtract(), Origin.None, a, b));
        return Of(gradient ? Gradient.Of(Sum(b), [X, Y]) : [b], [X, Y]);
    }

    [Fact]
    public void A_chain_of_a_million_nodes_goes_through_every_pass_on_a_stack_of_256_KB() => OnSmallStack(() =>
    {
        var result = Pipeline.Default.Run(Chain(1_000_000), new() { Verify = false });
        output.WriteLine(result.ToString());
        Assert.Equal(1_000_002, result.Optimised.Applies.Length);
    });

    // Bytes stand for work: they do not depend on what else the machine is doing. Times are the benchmarks' business.
    [Theory, InlineData(false), InlineData(true)]
    public void Work_is_linear_in_nodes(bool gradient)
    {
        var (small, large) = (Chain(gradient ? 3_000 : 10_000, gradient), Chain(gradient ? 30_000 : 100_000, gradient));
        Assert.InRange((double)Allocated(large) / Allocated(small), 0, 11);
    }

    // What reads it says at once where it goes: two tables, a use and its place in the group.
    [Fact]
    public void A_value_with_one_reader_is_fused_without_lists()
    {
        const int Length = 10_000;
        Node a = X;
        for (int i = 0; i < Length; i++)
            a = Node.Of(i % 2 == 0 ? new Multiply() : new Add(), Origin.None, a, Y);
        var f = Of([a], [X, Y]);
        Assert.InRange(Allocated(() => Fuse.Run(f)) / Length, 0, 500);
    }

    private static long Allocated(Computation f) => Allocated(() => Pipeline.Default.Run(f, new() { Verify = false }));

    private static long Allocated(Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
