using Adjoint.Tests;
using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>What derivatives are where none exists: ties, kinks, bounds, zeros. Both modes agree on it.</summary>
public class ConventionFacts
{
    private static readonly Dictionary<string, EdgeCase> Slopes = new(KinkCases.All)
    {
        ["abs is flat at 0"] = new(x => Abs(x), [-2, 0, -0.0, 3], [-1, 0, 0, 1]),
        ["relu is flat at 0"] = new(x => Relu(x), [-2, 0, 3], [0, 0, 1]),
        ["sign is flat"] = new(x => Sign(x) + 0 * x, [-2, 0, 3], [0, 0, 0]),
        ["a tie of two is shared"] = new(x => Maximum(x, 1), [0, 1, 2], [0, 0.5, 1]),
        ["a tie of two is shared below"] = new(x => Minimum(x, 1), [0, 1, 2], [1, 0.5, 0]),
        ["a maximum with itself has slope 1"] = new(x => Maximum(x, x), [-1, 0, 2], [1, 1, 1]),
        ["clamp passes at its bounds"] = new(x => Clamp(x, -1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]),
        ["the dead branch does not speak"] = new(x => Where(x > 0, Sqrt(x), 0 * x), [0, -1, 4], [0, 0, 0.25]),
        ["nor does a dead logarithm"] = new(x => Where(x > 0, x * Log(x), 0 * x), [0, 1], [0, 1]),
        ["relu guards a root"] = new(x => Relu(Sqrt(x) - 1), [0, 4], [0, 0.25]),
        ["a maximum guards a root"] = new(x => Maximum(Sqrt(x), 1), [0, 4], [0, 0.25]),
        ["zero to a power"] = new(x => Pow(x, 2.0), [0, 3], [0, 6]),
        ["zero to the power zero is flat"] = new(x => Pow(x, 0.0), [0, 3], [0, 0]),
        ["zero to a whole power"] = new(x => Pow(x, 1), [0, 3], [1, 1]),
        ["power in the exponent at base 0"] = new(x => Pow(0.0, x), [0, 2], [0, 0]),
        ["sigmoid keeps its digits"] = new(x => Sigmoid(x), [40], [4.248354255291589e-18]),
        ["softplus far out"] = new(x => Softplus(x), [-1000, 1000], [0, 1]),
        ["log-sigmoid far out"] = new(x => LogSigmoid(x), [-1000, 1000], [1, 0]),
        ["a guard passes through a gather"] = new(x => Where(x > 0, Gather(Sqrt(x), Constant(new[] { 0, 1 })), 0 * x), [0, 4], [0, 0.25]),
        ["a guard passes through a product's rows"] = new(x => Where(x > 0,
            Reshape(MatMul(Reshape(Sqrt(x), [2, 1]), Constant(new double[,] { { 3 } })), [2]), 0 * x), [0, 4], [0, 0.75]),
        ["a maximum shares among ties"] = new(x => Max(x) + 0 * x, [2, 1, 2], [1.5, 0, 1.5]),
        ["of a tie in a pool the first takes all"] = new(x =>
            Reshape(MaxPool(Reshape(x, [1, 1, 3]), new([3])), [1]) + 0 * x, [1, 2, 2], [0, 3, 0]),
        ["a tie in a pool can be shared"] = new(x =>
            Reshape(MaxPool(Reshape(x, [1, 1, 3]), new([3]), sharesTies: true), [1]) + 0 * x, [1, 2, 2], [0, 1.5, 1.5]),
        ["a product with one zero"] = new(x => BroadcastTo(Product(x), [3]), [0, 2, 3], [18, 0, 0]),
        ["a product with two zeros"] = new(x => BroadcastTo(Product(x), [3]), [0, 0, 3], [0, 0, 0]),
        ["the length of the zero vector"] = new(x => BroadcastTo(Norm2(x), [2]), [0, 0], [0, 0]),
        ["the deviation of a constant"] = new(x => BroadcastTo(StandardDeviation(x), [2]), [3, 3], [0, 0]),
        ["log-sum-exp of -∞ is flat"] = new(x => BroadcastTo(LogSumExp(x), [2]), [-Inf, -Inf], [0, 0]),
        ["leaky relu at 0 has the small slope"] = new(x => LeakyRelu(x, 0.1), [0], [0.1]),
        ["elu at 0 has slope 1"] = new(x => Elu(x), [0], [1]),
        ["cross entropy on a logit of 0"] = new(x => BinaryCrossEntropyWithLogits(x, OnesLike(x)), [0, 40], [-0.5, -4.248354255291589e-18]),
        ["stop-gradient stops one path only"] = new(x => x * StopGradient(x), [3], [3]),
    };

    public static TheoryData<string> Every() => [.. Slopes.Keys];

    [Theory, MemberData(nameof(Every))]
    public void Reverse_slopes_at_kinks(string name)
    {
        var x = Input("x", DType.Float64, [Slopes[name].X.Length]);
        var y = Sweep.Inline(Slopes[name].F(x), [x]);
        var slope = Sweep.Pullback(y, [x], OnesLike(y))[0] ?? ZerosLike(x);
        Close(Slopes[name].Y, Doubles(Eval(slope, (x, Slopes[name].X))));
    }

    [Fact]
    public void A_root_that_is_not_guarded_is_honestly_steep_at_0()
    {
        var x = Input("x", DType.Float64, []);
        Assert.Equal(Inf, Eval(Sweep.Pullback(Sqrt(x), [x], OnesLike(x))[0]!, (x, 0.0)).Scalar<double>());
    }

    [Theory, MemberData(nameof(Every))]
    public void Forward_slopes_at_kinks(string name)
    {
        // Along each axis e_i, the sum of the tangent is what the cotangent of ones holds at i.
        int n = Slopes[name].X.Length;
        var x = Input("x", DType.Float64, [n]);
        var y = Sweep.Inline(Slopes[name].F(x), [x]);
        for (int i = 0; i < n; i++)
        {
            var axis = Constant(Enumerable.Range(0, n).Select(j => j == i ? 1.0 : 0).ToArray());
            var slope = Sum(Sweep.Pushforward(y, [x], [axis]) ?? ZerosLike(x));
            Close([Slopes[name].Y[i]], Doubles(Eval(slope, (x, Slopes[name].X))));
        }
    }

    /// <summary>d²(abc)/da dx = (0, c, b): the products of the others know that they depend on a zero.</summary>
    [Fact]
    public void The_second_derivative_of_a_product_is_exact_at_zeros()
    {
        var x = Input("x", DType.Float64, [3]);
        var slope = Sweep.Pullback(Product(x), [x], Scalar(DType.Float64, 1))[0]!;
        var change = Sweep.Pushforward(slope, [x], [Constant(new double[] { 1, 0, 0 })])!;
        Assert.Equal([0, 3, 2], Doubles(Eval(change, (x, new double[] { 0, 2, 3 }))));
        Assert.Equal([0, 3, 0], Doubles(Eval(change, (x, new double[] { 0, 0, 3 }))));
    }

    /// <summary>An operand that is not needed costs nothing: no cotangent is built for it.</summary>
    [Fact]
    public void Only_needed_cotangents_are_built()
    {
        foreach (var c in OpCases.All.Where(c => c.Differentiable))
        {
            var (_, y) = c.Graph(DType.Float64);
            if (y.Op is Call { HasOwnDerivative: false })
                continue;
            var cts = y.Op.Vjp(y.Apply.Inputs, y.Apply.Results,
                [.. y.Apply.Results.Select(r => r == y ? new Cotangent(OnesLike(y)) : (Cotangent?)null)],
                [.. y.Apply.Inputs.Select(_ => false)]);
            Assert.True(cts.All(ct => ct is null), c.Name);
        }
    }

    // Relative, so that small slopes count.
    private static void Close(double[] expected, double[] actual) =>
        AssertClose([.. expected.Select(e => e == 0 || double.IsInfinity(e) ? e : 1)],
            [.. actual.Zip(expected, (a, e) => e == 0 || double.IsInfinity(e) ? a : a / e)], 1e-12);
}
