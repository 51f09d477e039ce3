using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

/// <summary>A branch that is not taken contributes nothing, also where its slope is infinite, at orders one to three.</summary>
public class GuardFacts
{
    private static readonly Node X = Doubles("x", 4);
    private static readonly double[] Points = [0, -1, 4, 9];

    private static readonly Dictionary<string, Func<Node, Node>> Cases = new()
    {
        ["sqrt"] = x => Where(x > 0, Sqrt(x), 0 * x),
        ["log"] = x => Where(x > 0, Log(x), 0 * x),
        ["reciprocal"] = x => Where(x > 0, 1 / x, 0 * x),
        ["a sum after it"] = x => BroadcastTo(Sum(Where(x > 0, Sqrt(x), 0 * x)), [4]) * x,
        ["a sum before the choice"] = x => Sum(Where(
            BroadcastTo(Reshape(x, [4, 1]), [4, 3]) > 0, BroadcastTo(Reshape(Sqrt(x), [4, 1]), [4, 3]), Zeros()), [1]),
        ["views between"] = x => Where(x > 0, Reshape(Transpose(Reshape(Log(x), [2, 2])), [4]), Zeros(4)),
        ["a product of the two"] = x => Where(x > 0, Sqrt(x) * Log(x), 0 * x),
        ["nested choices"] = x => Where(x > 0, Where(x > 5, Log(x - 5), Sqrt(x)), 0 * x),
        ["two uses, both guarded"] = x => Twice(Sqrt(x), x),
        ["maximum"] = x => Sqrt(Maximum(x, Zeros(4) + 1)),
        ["a call"] = x => Where(x > 0, Call.Of("root", Origin.None, [x], a => [Sqrt(a[0])])[0], 0 * x),
        ["a matrix product"] = x => Reshape(MatMul(Reshape(Where(x > 0, Sqrt(x), 0 * x), [1, 4]), Weights()), [4]) * x,
        ["a matrix product by hand"] = x => Sum(BroadcastTo(Where(x > 0, Sqrt(x), 0 * x), [4, 4]) * Weights(), [1]),
    };

    public static TheoryData<string> EveryCase() => [.. Cases.Keys];

    private static Node Twice(Node root, Node x) => Where(x > 0, root, 0 * x) + Where(x > 5, root * x, 0 * x);

    private static Node Zeros(int rows = 4) => rows == 4 ? Scalar(DType.Float64, 0) : Constant(new double[rows]);

    private static Node Weights() => Constant(new double[,] { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 1, 3, 5, 7 }, { 2, 4, 6, 8 } });

    [Theory, MemberData(nameof(EveryCase))]
    public void Gradients_are_finite_at_orders_one_to_three_in_both_modes_and_after_optimisation(string name)
    {
        var nodes = new List<Node> { Cases[name](X) };
        for (int order = 1; order <= 3; order++)
            nodes.Add(Gradient.Of(Sum(nodes[^1]), [X])[0]);
        nodes.Add(Gradient.Jvp([nodes[1]], [X], [OnesLike(X)])[0]);
        var result = Pipeline.Default.Run(Of(nodes, [X]), new() { Verify = true });
        foreach (var f in new[] { result.Differentiated, result.Optimised })
        {
            var values = Eval(f, Points);
            Assert.All(values.Skip(1), v => Assert.All(v, d => Assert.True(double.IsFinite(d), $"{d} in {string.Join(", ", v)}")));
            AssertClose(values[2], values[4]);
        }
    }

    [Fact]
    public void The_slope_of_a_guarded_root_is_zero_where_it_is_not_taken_and_right_where_it_is() =>
        AssertClose([0, 0, 0.25, 1 / 6.0], Eval(Gradient.Of(Sum(Cases["sqrt"](X)), [X])[0], (X, Points)));
}
