using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <summary>
/// Slopes of a sum of results (Y) where no derivative exists, or where
/// a formula for it breaks: ties, kinks, bounds, zeros, infinities.
/// </summary>
public static class KinkCases
{
    private const double NaN = double.NaN, Inf = double.PositiveInfinity;

    /// <summary>All cases by name: what each states.</summary>
    public static IReadOnlyDictionary<string, EdgeCase> All { get; } =
        new[] { Activations, Points, Bounds, Reductions, Running, Losses }.SelectMany(t => t).ToDictionary(c => c.Key, c => c.Value);

    private static Dictionary<string, EdgeCase> Activations => new()
    {
        ["relu6 rises strictly inside"] = new(x => Relu6(x), [0, 3, 6, 7, -1], [0, 1, 0, 0, 0]),
        ["hard tanh rises strictly inside"] = new(x => HardTanh(x), [-1, 0, 1, 2], [0, 1, 0, 0]),
        ["hard sigmoid rises strictly inside"] = new(x => HardSigmoid(x), [-2.5, 0, 2.5, 9], [0, 0.2, 0, 0]),
        ["hard swish has inner slopes at -3 and 3"] = new(x => HardSwish(x), [-3, 3, -4, 4, 0], [-0.5, 1.5, 0, 1, 0.5]),
        ["leaky relu at zeros"] = new(x => LeakyRelu(x, 0.1), [0, -0.0, 2], [0.1, 0.1, 1]),
        ["parametric relu at 0"] = new(x => PRelu(x, FillLike(x, 0.25)), [0, -1, 1], [0.25, 0.25, 1]),
        ["the slope of a parametric relu, at 0"] = new(x => PRelu(Constant(new[] { 0.0, -2, 2 }), x), [0.25, 0.25, 0.25], [0, -2, 0]),
        ["elu at 0 has slope alpha"] = new(x => Elu(x, 2), [0, -800, 800], [2, 0, 1]),
        ["celu at 0 has slope 1"] = new(x => Celu(x, 2), [0, 800], [1, 1]),
        ["selu at 0"] = new(x => Selu(x), [0], [1.0507009873554804934193349852946 * 1.6732632423543772848170429916717]),
        ["softsign at 0"] = new(x => Softsign(x), [0, 1], [1, 0.25]),
        ["a threshold is flat at its jump"] = new(x => ThresholdedRelu(x), [1, 1.5, 0], [0, 1, 0]),
        ["shrinkage is flat at its kinks"] = new(x => Shrink(x, 0.5, 0.5), [0.5, -0.5, 0.75, -0.75, 0], [0, 0, 1, 1, 0]),
        ["a fraction rises at its jumps"] = new(x => Fraction(x), [1.5, 2], [1, 1]),
        ["sinc is flat at 0"] = new(x => Sinc(x), [0], [0]),
        ["numbers in place of none are flat"] = new(x => NanToNum(x), [NaN, Inf, -Inf, 2], [0, 0, 0, 1]),
    };

    private static Dictionary<string, EdgeCase> Points => new()
    {
        ["an angle is flat at the origin"] = Pair((y, x) => Atan2(y, x), [0, 0], [0, 0]),
        ["an angle is flat at a signed origin"] = Pair((y, x) => Atan2(y, x), [-0.0, -0.0], [0, 0]),
        ["an angle far out"] = Pair((y, x) => 1e200 * Atan2(y, x), [0, 1e200], [1, 0]),
        ["a length is flat at the origin"] = Pair((a, b) => Hypot(a, b), [0, 0], [0, 0]),
        ["a length on an axis"] = Pair((a, b) => Hypot(a, b), [0, -2], [0, -1]),
        ["log-add-exp of two -∞ is flat"] = Pair((a, b) => LogAddExp(a, b), [-Inf, -Inf], [0, 0]),
        ["log-add-exp of two ∞ is shared"] = Pair((a, b) => LogAddExp(a, b), [Inf, Inf], [0.5, 0.5]),
        ["log-add-exp beside -∞"] = Pair((a, b) => LogAddExp(a, b), [3, -Inf], [1, 0]),
        ["x log y at 0 is flat"] = Pair((x, y) => XLogY(x, y), [0, 0], [0, 0]),
        ["x log(1 + y) at 0 is flat"] = Pair((x, y) => XLog1pY(x, y), [0, -1], [0, 0]),
        ["a remainder"] = Pair((a, b) => Remainder(a, b), [-7, 3], [1, 3]),
        ["fmod"] = Pair((a, b) => Fmod(a, b), [-7, 3], [1, 2]),
        ["a sign copied"] = new(x => CopySign(x, -OnesLike(x)), [2, -2, 0, -0.0], [-1, 1, 0, 0]),
    };

    private static Dictionary<string, EdgeCase> Bounds => new()
    {
        ["at equal bounds x has the slope"] = Triple((x, low, high) => Clamp(x, low, high), [1, 1, 1], [1, 0, 0]),
        ["beyond a bound the bound has it"] = Triple((x, low, high) => Clamp(x, low, high), [0, 1, 2], [0, 1, 0]),
        ["of crossed bounds the upper one has it"] = Triple((x, low, high) => Clamp(x, low, high), [0, 1, -1], [0, 0, 1]),
        ["a blend at its start"] = Triple((a, b, t) => Lerp(a, b, t), [2, 5, 0], [1, 0, 3]),
        ["a blend at its end"] = Triple((a, b, t) => Lerp(a, b, t), [2, 5, 1], [0, 1, 3]),
    };

    private static Dictionary<string, EdgeCase> Reductions => new()
    {
        ["a minimum shares among ties"] = new(x => Min(x), [1, 1, 2], [0.5, 0.5, 0]),
        ["a sum of magnitudes is flat at 0"] = new(x => Norm1(x), [0, -2], [0, -1]),
        ["a p-norm of zeros is flat"] = new(x => Norm(x, 3), [0, 0], [0, 0]),
        ["a p-norm along zeros is flat"] = new(x => Norm(x, 0.5), [0, 4], [0, 1]),
        ["a largest magnitude is shared"] = new(x => Norm(x, Inf), [2, -2], [0.5, -0.5]),
        ["the length of tiny numbers"] = new(x => Norm2(x), [3e-200, 4e-200], [0.6, 0.8]),
        ["a row of zeros normalised is flat"] = new(x => LpNormalise(x), [0, 0], [0, 0]),
        ["the cosine beside a zero vector is flat"] = new(x => CosineSimilarity(x, OnesLike(x)), [0, 0], [0, 0]),
        ["a corrected deviation of a constant is flat"] = new(x => StandardDeviation(x, correction: 1), [3, 3], [0, 0]),
        ["log-sum-exp beside -∞"] = new(x => LogSumExp(x), [-Inf, 2], [0, 1]),
        ["what is masked throughout is flat"] = new(x => MaskedSoftmax(x, x > 0), [-1, -2], [0, 0]),
        ["a singular determinant has cofactors"] = new(x => Determinant(Reshape(x, [2, 2])), [1, 2, 2, 4], [4, -2, -2, 1]),
        ["the determinant of zeros is flat"] = new(x => Determinant(Reshape(x, [2, 2])), [0, 0, 0, 0], [0, 0, 0, 0]),
        ["a product of three with a zero"] = new(x => Product(x), [0, 2, 5], [10, 0, 0]),
    };

    private static Dictionary<string, EdgeCase> Running => new()
    {
        ["a running product from 0"] = new(x => CumulativeProduct(x), [0, 2, 3], [9, 0, 0]),
        ["a running product through 0"] = new(x => CumulativeProduct(x), [2, 0, 3], [1, 8, 0]),
        ["a running product through two zeros"] = new(x => CumulativeProduct(x), [2, 0, 0], [1, 2, 0]),
        ["of ties in a running maximum the first"] = new(x => CumulativeMax(x), [1, 1, 0], [3, 0, 0]),
        ["a running log-sum-exp of -∞ is flat"] = new(x => CumulativeLogSumExp(x), [-Inf, -Inf], [0, 0]),
        ["a sorted tie keeps its places"] = new(x => Sort(x) * Constant(new[] { 1.0, 2, 3 }), [2, 1, 1], [3, 1, 2]),
        ["a median of two shares"] = new(x => Median(x), [4, 1], [0.5, 0.5]),
    };

    private static Dictionary<string, EdgeCase> Losses => new()
    {
        ["an absolute error of none is flat"] = new(x => AbsoluteError(x, OnesLike(x)), [1, 2, 0], [0, 1, -1]),
        ["huber where its pieces meet"] = new(x => Huber(x, ZerosLike(x)), [1, -1, 0, 5], [1, -1, 0, 1]),
        ["smooth L1 where its pieces meet"] = new(x => SmoothL1(x, ZerosLike(x), 0.5), [0.5, -0.5, 0, 5], [1, -1, 0, 1]),
        ["a hinge at its margin is flat"] = new(x => Hinge(x, OnesLike(x)), [1, 0], [0, -1]),
        ["cross entropy of a certain error is flat"] = new(x => BinaryCrossEntropy(x, OnesLike(x)), [0, 1], [0, -1]),
    };

    private static EdgeCase Pair(Func<Node, Node, Node> f, double[] x, double[] y) => new(v => f(Part(v, 0), Part(v, 1)), x, y);

    private static EdgeCase Triple(Func<Node, Node, Node, Node> f, double[] x, double[] y) =>
        new(v => f(Part(v, 0), Part(v, 1), Part(v, 2)), x, y);

    private static Node Part(Node v, int i) => Slice(v, 0, i, i + 1);
}
