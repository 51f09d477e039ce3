using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>
/// A row that a select drops contributes nothing, also where the
/// row is NaN or -∞ throughout: attention masks, padded batches.
/// </summary>
public class DeadRowFacts
{
    // Row 0 is dead, row 1 is alive.
    private static readonly double[,] Logits = { { -Inf, -Inf, -Inf }, { 1, 2, 4 } };

    private static readonly Dictionary<string, Func<Node, Node>> Rows = new()
    {
        ["softmax"] = x => Softmax(x),
        ["log-softmax"] = x => LogSoftmax(x),
        ["log-sum-exp"] = x => LogSumExp(x, [1], keepDims: true),
        ["cross entropy"] = x => ExpandDims(SoftmaxCrossEntropy(x, Constant(new[] { 0, 2 })), 1),
        ["softmax of columns"] = x => Transpose(Softmax(Transpose(x), 0)),
    };

    public static TheoryData<string> Every() => [.. Rows.Keys];

    private static Node Masked(Node y) => Where(Constant(new[,] { { false }, { true } }), y, ZerosLike(y));

    [Theory, MemberData(nameof(Every))]
    public void A_dead_row_has_a_cotangent_of_zero_and_the_other_row_the_one_that_it_has_alone(string name)
    {
        Node x = Input("x", DType.Float64, [2, 3]), alone = Input("alone", DType.Float64, [1, 3]);
        var all = Slopes(Masked(Rows[name](x)), x, Logits);
        Assert.Equal([0, 0, 0], all[..3]);
        Node one = Rows[name](Concat([alone, alone], 0));
        Assert.All(all[3..], d => Assert.True(double.IsFinite(d)));
        AssertClose(Slopes(Slice(one, 0, 1, 2), alone, new double[,] { { 1, 2, 4 } }), all[3..], 1e-12);
    }

    /// <summary>Which elements of a row are alive does not matter to those that meet them in sums.</summary>
    [Fact]
    public void A_dead_element_of_a_live_row_still_has_its_part_in_the_others()
    {
        Node x = Input("x", DType.Float64, [3]);
        Node picked = Where(Constant(new[] { true, false, false }), Softmax(x), ZerosLike(x));
        double e = Math.Exp(-1), s = 2 * e + 1;
        AssertClose([1 / s * (1 - 1 / s), -e / s / s, -e / s / s], Slopes(picked, x, new double[] { 1, 0, 0 }), 1e-14);
    }

    private static double[] Slopes(Node y, Node x, Array at)
    {
        y = Sweep.Inline(y, [x]);
        // Weights tell the elements of a row apart.
        Node weights = y.Shape[-1] == Dim.One ? OnesLike(y) : Iota(y.Shape, -1, DType.Float64) + 1;
        return Doubles(Eval(Sweep.Pullback(y, [x], y.Rank == 1 ? OnesLike(y) : weights)[0]!, (x, at)));
    }
}
