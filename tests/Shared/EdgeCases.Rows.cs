using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>What is made of a whole row: reductions, running results, softmax, windows.</content>
public static partial class EdgeCases
{
    private static Dictionary<string, EdgeCase> Reductions => new()
    {
        ["NaN wins a maximum of a row"] = new(x => Max(x), [1, NaN, Inf], [NaN]),
        ["NaN wins a minimum of a row"] = new(x => Min(x), [1, NaN, -Inf], [NaN]),
        ["a product of zeros and infinities"] = new(x => Product(x), [0, 3, -Inf], [NaN]),
        ["NaN is where the largest is"] = new(x => Convert(ArgMax(x), DType.Float64), [1, NaN, Inf, NaN], [1]),
        ["the first of equals is where the largest is"] = new(x => Convert(ArgMax(x), DType.Float64), [1, 2, 2], [1]),
        ["the last of equals, if asked for"] = new(x => Convert(ArgMin(x, last: true), DType.Float64), [1, 2, 1], [2]),
        ["NaN is not zero"] = new(x => Convert(CountNonZero(x), DType.Float64), [0, -0.0, NaN, 2], [2]),
        ["the length of zeros"] = new(x => Norm2(x), [0, -0.0], [0]),
        ["a length that squares would not survive"] = new(x => Norm2(x) / 5e-200, [3e-200, 4e-200], [1]),
        ["a length of a row does not overflow"] = new(x => Norm2(x) / 5e200, [3e200, 4e200], [1]),
        ["a length of infinity"] = new(x => Norm2(x), [Inf, 1], [Inf]),
        ["the p-norm of zeros"] = new(x => Norm(x, 3), [0, 0], [0]),
        ["the largest magnitude"] = new(x => Norm(x, Inf), [-3, 2], [3]),
        ["the deviation of equal numbers"] = new(x => StandardDeviation(x), [0.1, 0.1, 0.1, 0.1], [0]),
        ["the variance of one number, corrected"] = new(x => Variance(x, correction: 1), [7], [NaN]),
        ["a large mean does not spoil a variance"] = new(x => Variance(x), [1e9 + 1, 1e9 + 2, 1e9 + 3], [2.0 / 3]),
        ["log-sum-exp of -∞"] = new(x => LogSumExp(x), [-Inf, -Inf], [-Inf]),
        ["log-sum-exp of ∞"] = new(x => LogSumExp(x), [Inf, 1], [Inf]),
        ["log-sum-exp does not overflow"] = new(x => LogSumExp(x), [1000, 1000], [1000 + Math.Log(2)]),
        ["log-sum-exp lets NaN pass"] = new(x => LogSumExp(x), [NaN, -Inf], [NaN]),
        ["a median with NaN"] = new(x => Median(x), [1, NaN, 2], [NaN]),
        ["a median of two"] = new(x => Median(x), [4, 1], [2.5]),
    };

    private static Dictionary<string, EdgeCase> Nothing => new()
    {
        ["the sum of nothing"] = Empty(x => Sum(x), 0), ["the product of nothing"] = Empty(x => Product(x), 1),
        ["the largest of nothing"] = Empty(x => Max(x), -Inf), ["the smallest of nothing"] = Empty(x => Min(x), Inf),
        ["the mean of nothing"] = Empty(x => Mean(x), NaN), ["log-sum-exp of nothing"] = Empty(x => LogSumExp(x), -Inf),
        ["the length of nothing"] = Empty(x => Norm2(x), 0), ["the log-sum of nothing"] = Empty(x => LogSum(x), -Inf),
        ["any of nothing"] = Empty(x => Convert(Any(x > 0), DType.Float64), 0),
        ["all of nothing"] = Empty(x => Convert(All(x > 0), DType.Float64), 1),
        ["a product of matrices over nothing"] = Empty(x => Reshape(MatMul(Reshape(x, [1, 0]), Reshape(x, [0, 1])), []), 0),
    };

    private static Dictionary<string, EdgeCase> Rows => new()
    {
        ["softmax of -∞ everywhere"] = new(x => Softmax(x), [-Inf, -Inf], [NaN, NaN]),
        ["softmax beside -∞"] = new(x => Softmax(x), [-Inf, 1000, 1000], [0, 0.5, 0.5]),
        ["softmax of what is masked throughout"] = new(x => MaskedSoftmax(x, x > 0), [-1, -2], [0, 0]),
        ["softmax of what is left"] = new(x => MaskedSoftmax(x, x > 0), [-1, 5, 5], [0, 0.5, 0.5]),
        ["log-softmax where softmax vanishes"] = new(x => LogSoftmax(x), [1000, 0, -Inf], [0, -1000, -Inf]),
        ["of a tie in hardmax the first"] = new(x => Hardmax(x), [1, 2, 2], [0, 1, 0]),
        ["a running product with zeros"] = new(x => CumulativeProduct(x), [2, 0, 3, -1], [2, 0, 0, -0.0]),
        ["a running sum stays NaN"] = new(x => CumulativeSum(x), [1, Inf, -Inf, 1], [1, Inf, NaN, NaN]),
        ["a running maximum stays NaN"] = new(x => CumulativeMax(x), [1, 0, NaN, 3], [1, 1, NaN, NaN]),
        ["a running log-sum-exp from -∞"] = new(x => CumulativeLogSumExp(x), [-Inf, -Inf, 0, 1000], [-Inf, -Inf, 0, 1000]),
        ["NaN is sorted last"] = new(x => Sort(x), [NaN, 1, -Inf, Inf], [-Inf, 1, Inf, NaN]),
        ["NaN is sorted last, descending too"] = new(x => Sort(x, descending: true), [NaN, 1, Inf], [Inf, 1, NaN]),
        ["equal zeros keep their order"] = new(x => Sort(x), [0, -0.0, -1], [-1, 0, -0.0]),
        ["NaN wins a pool, and -∞ is no padding"] = new(x => Reshape(MaxPool(Reshape(x, [1, 1, 4]), new([2])), [3]),
            [-Inf, -Inf, NaN, 1], [-Inf, NaN, NaN]),
        ["a row of zeros normalised"] = new(x => LpNormalise(x), [0, 0], [0, 0]),
        ["the cosine beside a zero vector"] = new(x => CosineSimilarity(x, OnesLike(x)), [0, 0], [0]),
        ["cross entropy of certain errors"] = new(x => BinaryCrossEntropy(x, 1 - x), [0, 1], [100, 100]),
        ["cross entropy of certain truths"] = new(x => BinaryCrossEntropy(x, x), [0, 1], [0, 0]),
    };

    private static EdgeCase Empty(Func<Node, Node> f, double y) => new(x => f(Slice(x, 0, 0, 0)), [1, 2], [y]);
}
