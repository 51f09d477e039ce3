using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class SinkInterleavesFacts
{
    private static readonly Node A = Doubles("a", 2, 3), B = Doubles("b", 2, 3), Whole = Doubles("whole", 2, 6);

    private static Node Turns => Interleave([Exp(A), B], [1, 2]);

    private static Computation Sink(params Node[] outputs)
    {
        var f = Canonicalise.Run(Of(outputs, [A, B, Whole]), Context);
        var result = SinkInterleaves.Run(f, Context);
        double[][] data = [[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], [.. Enumerable.Range(0, 12).Select(i => i - 5.5)]];
        Assert.Equal(Eval(f, data), Eval(result, data));
        Verifier.Check(result, true, "interleaves");
        return result;
    }

    [Fact]
    public void Maps_are_computed_before_tensors_take_turns()
    {
        var f = Sink(Where(Whole > 0, Turns * 2, ZerosLike(Whole)));
        Assert.IsType<Interleave>(f.Outputs[0].Value.Op);
        Assert.All(f.Applies.Where(a => a.Op is Elementwise), a => Assert.Equal(3, a.Results[0].Shape[1].Constant));
    }

    [Fact]
    public void Tensors_that_take_the_same_turns_meet_one_by_one() => Assert.DoesNotContain(
        Sink(Turns + Interleave([B, A], [1, 2])).Applies, a => a.Op is Operations.Slice);

    [Fact]
    public void Turns_that_somebody_else_reads_stay()
    {
        Node turns = Turns;
        Assert.IsType<Operations.Multiply>(Sink(turns * 2, Sum(turns)).Outputs[0].Value.Op);
    }

    [Fact]
    public void Nothing_to_do_is_the_same_object()
    {
        var f = Of([Turns, Exp(Whole)], [A, B, Whole]);
        Assert.Same(f, SinkInterleaves.Run(f, Context));
    }
}
