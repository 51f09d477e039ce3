using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class HoistViewsFacts
{
    private static readonly Node X = Doubles("x", 4, 3), Y = Doubles("y", 4, 3), Z = Doubles("z", 2, 6), Row = Doubles("row", 3);

    private static Computation Hoist(Node output)
    {
        var f = Canonicalise.Run(Of([output], [X, Y, Z, Row]), Context);
        var result = HoistViews.Run(f, Context);
        var data = new double[][] { Ramp(12, 1), Ramp(12, 2), Ramp(12, 3), Ramp(3, 4) };
        Assert.Equal(Eval(f, data)[0], Eval(result, data)[0]);
        Verifier.Check(result, true, "views");
        return result;
    }

    private static double[] Ramp(int n, double slope) => [.. Enumerable.Range(1, n).Select(i => slope * i / n)];

    [Fact]
    public void A_reshape_between_elementwise_ops_moves_to_the_leaves()
    {
        var f = Hoist(Reshape(Exp(X * Y) + 2, [2, 6]) * Z);
        Assert.All(f.Applies.Where(a => a.Op is Reshape), a => Assert.IsType<InputOp>(a.Inputs[0].Op));
        Assert.Equal(2, Count<Reshape>(f));
    }

    [Fact]
    public void Two_reshapes_in_a_row_of_elementwise_ops_meet_at_the_leaves()
    {
        var f = Canonicalise.Run(Hoist(Exp(Reshape(Sin(Reshape(X * Y, [12])), [2, 6]))), Context);
        Assert.All(f.Applies.Where(a => a.Op is Reshape), a => Assert.IsType<InputOp>(a.Inputs[0].Op));
    }

    [Fact]
    public void Where_a_broadcast_would_have_to_be_written_out_everything_stays() =>
        Assert.IsType<Exp>(Hoist(Reshape(Exp(X + Row), [2, 6]) * Z).Applies.Single(a => a.Op is Reshape).Inputs[0].Op);

    [Fact]
    public void A_value_with_two_readers_stays()
    {
        Node shared = Exp(X);
        Assert.IsType<Exp>(Hoist(Sum(Reshape(shared, [2, 6]) * Z) + Sum(shared)).Applies.Single(a => a.Op is Reshape).Inputs[0].Op);
    }

    [Fact]
    public void A_reshape_that_only_an_output_reads_stays() => Assert.IsType<Reshape>(Hoist(Reshape(Exp(X), [12])).Outputs[0].Value.Op);
}
