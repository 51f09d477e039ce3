using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Reductions, positions and composites against independent formulas and at their edges.</summary>
public class TensorFacts
{
    private static readonly Dictionary<string, (Func<Node, Node> F, double[] X, double[] Y)> Rows = new()
    {
        ["NaN wins a maximum"] = (x => Max(x), [1, NaN, 3], [NaN]),
        ["NaN wins a minimum"] = (x => Min(x), [1, NaN, -3], [NaN]),
        ["+0 is the larger zero"] = (x => Max(x), [-0.0, 0, -0.0], [0]),
        ["the largest of nothing is -∞"] = (x => Max(x), [], [-Inf]),
        ["the smallest of nothing is ∞"] = (x => Min(x), [], [Inf]),
        ["the sum and the product of nothing"] = (x => Sum(x) + 10 * Product(x), [], [10]),
        ["the mean of nothing is NaN"] = (x => Mean(x), [], [NaN]),
        ["the first of equal elements counts"] = (x => Position(ArgMax(x)), [1, 7, 7, 2], [1]),
        ["and the first of equal small ones"] = (x => Position(ArgMin(x)), [3, -1, 2, -1], [1]),
        ["NaN is the largest, the first one"] = (x => Position(ArgMax(x)), [1, Inf, NaN, 9, NaN], [2]),
        ["and the smallest"] = (x => Position(ArgMin(x)), [1, -Inf, NaN, 9], [2]),
        ["-∞ everywhere has a position"] = (x => Position(ArgMax(x)), [-Inf, -Inf], [0]),
        ["variance does not cancel"] = (x => Variance(x), [1e9 + 1, 1e9 + 2, 1e9 + 3], [2 / 3.0]),
        ["sample variance"] = (x => Variance(x, correction: 1), [1, 2, 3, 4], [5 / 3.0]),
        ["the deviation of a constant is 0"] = (x => StandardDeviation(x), [4, 4, 4], [0]),
        ["length"] = (x => Norm2(x), [3, 4], [5]),
        ["log-sum-exp of large numbers"] = (x => LogSumExp(x), [1000, 1000], [1000 + Math.Log(2)]),
        ["log-sum-exp of -∞"] = (x => LogSumExp(x), [-Inf, -Inf], [-Inf]),
        ["log-sum-exp with ∞"] = (x => LogSumExp(x), [0, Inf], [Inf]),
        ["softmax of large numbers"] = (x => Softmax(x), [1000, 1000], [0.5, 0.5]),
        ["softmax of a masked row"] = (x => Softmax(x), [-Inf, 0], [0, 1]),
        ["softmax of nothing but -∞"] = (x => Softmax(x), [-Inf, -Inf], [NaN, NaN]),
        ["log-softmax where softmax underflows"] = (x => LogSoftmax(x), [0, -2000], [0, -2000]),
        ["layer norm of a constant is 0"] = (x => LayerNorm(x), [3, 3, 3], [0, 0, 0]),
        ["cross entropy of a certain, right logit keeps its digits"] =
            (x => BinaryCrossEntropyWithLogits(x, Constant(new[] { 1.0, 0, 1, 0 })) * 1e17, [40, -40, -40, 40],
                [0.4248354255291589, 0.4248354255291589, 4e18, 4e18]),
        ["huber is quadratic inside, linear outside"] = (x => Huber(x, ZerosLike(x)), [0.5, -0.5, 3, -3], [0.125, 0.125, 2.5, 2.5]),
        ["gelu"] = (x => Gelu(x), [0, 1, -1, 9], [0, 0.8413447460685429, -0.15865525393145705, 9]),
        ["elu does not overflow where it is dead"] = (x => Elu(x), [1000, -1000], [1000, -1]),
        ["a slice backward"] = (x => Slice(x, 0, 3, 0, -2), [0, 1, 2, 3, 4], [3, 1]),
        ["every third element"] = (x => Slice(x, 0, step: 3), [0, 1, 2, 3, 4, 5, 6], [0, 3, 6]),
        ["the last two"] = (x => Slice(x, 0, -2), [0, 1, 2, 3], [2, 3]),
        ["padding between and around"] = (x => Pad(x, 9, [1], [2], [1]), [1, 2, 3], [9, 1, 9, 2, 9, 3, 9, 9]),
        ["padding of nothing"] = (x => Pad(x, 9, [1], [2]), [], [9, 9, 9]),
        ["one-hot of positions outside is zero"] = (x =>
            Reshape(OneHot(Convert(x, DType.Int32), 2, DType.Float64), [6]), [1, -1, 2], [0, 1, 0, 0, 0, 0]),
        ["identity matrix"] = (x => Reshape(IdentityMatrix(2, DType.Float64), [4]), [0], [1, 0, 0, 1]),
        ["duplicates add up"] = (x => ScatterAdd(ZerosLike(x), Constant(new[] { 2, 0, 2 }), x), [1, 2, 4], [2, 0, 5]),
    };

    public static TheoryData<string> EveryRow() => [.. Rows.Keys];

    private static Node Position(Node p) => Convert(p, DType.Float64);

    [Theory, MemberData(nameof(EveryRow))]
    public void Rows_have_the_values_of_their_formulas(string name) => AssertClose(Rows[name].Y, Eval(Rows[name].F, Rows[name].X), 1e-14);

    [Theory, InlineData(-1), InlineData(3)]
    public void A_position_outside_is_an_error(int position)
    {
        Node table = Input("table", DType.Float64, [3, 2]), logits = Input("logits", DType.Float64, [1, 3]);
        foreach (var y in new[] { Gather(table, Constant(position)), ScatterAdd(table, Constant(position), Constant(new double[2])) })
            Assert.Contains("out of range",
                Assert.Throws<ArgumentOutOfRangeException>(() => Eval(y, (table, new double[3, 2]))).Message, StringComparison.Ordinal);
        var loss = SoftmaxCrossEntropy(logits, Constant(new[] { position }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Eval(loss, (logits, new double[1, 3])));
    }

    /// <summary>The loss is -log softmax at the label, also where softmax underflows; its slope is softmax less one at the label.</summary>
    [Fact]
    public void Cross_entropy_is_the_negative_logarithm_of_the_labels_probability()
    {
        Node logits = Input("logits", DType.Float64, [2, 3]), labels = Input("labels", DType.Int32, [2]);
        var loss = SoftmaxCrossEntropy(logits, labels);
        (Node, HostTensor)[] at = [(logits, new double[,] { { 1, 2, 3 }, { 0, 1000, 0 } }), (labels, new[] { 0, 2 })];
        double sum = Math.Exp(-2) + Math.Exp(-1) + 1;
        AssertClose([2 + Math.Log(sum), 1000], Doubles(Eval(loss, at)), 1e-15);
        var slope = Sweep.Pullback(loss, [logits, labels], OnesLike(loss))[0]!;
        AssertClose([Math.Exp(-2) / sum - 1, Math.Exp(-1) / sum, 1 / sum, 0, 1, -1], Doubles(Eval(slope, at)), 1e-15);
    }

    /// <summary>Matrix products of integers are exact, those over nothing are 0.</summary>
    [Fact]
    public void Integer_products_wrap()
    {
        var a = Input("a", DType.Int32, [1, 2]);
        Assert.Equal([unchecked(2 * int.MaxValue + 6)],
            Eval(MatMul(a, Constant(new[,] { { 2 }, { 3 } })), (a, new[,] { { int.MaxValue, 2 } })).ToArray<int>());
    }

    [Fact]
    public void Integers_have_extremes_of_their_type_over_nothing()
    {
        Node narrow = Input("narrow", DType.Int32, [0]), wide = Input("wide", DType.Int64, [0]);
        Assert.Equal(int.MinValue, Eval(Max(narrow), (narrow, Array.Empty<int>())).Scalar<int>());
        Assert.Equal(long.MaxValue, Eval(Min(wide), (wide, Array.Empty<long>())).Scalar<long>());
    }
}
