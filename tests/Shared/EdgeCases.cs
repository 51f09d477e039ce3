using System.Numerics;
using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <summary>A function of a float64 vector, where it is asked, and its values there.</summary>
public sealed record EdgeCase(Func<Node, Node> F, double[] X, double[] Y);

/// <summary>Values where formulas break: NaN, infinities, signed zeros, ties, nothing, very small and very large arguments.</summary>
public static partial class EdgeCases
{
    private const double NaN = double.NaN, Inf = double.PositiveInfinity, Tiny = double.Epsilon;

    /// <summary>All cases by name: what each states.</summary>
    public static IReadOnlyDictionary<string, EdgeCase> All { get; } =
        new[] { Functions, Activations, Points, Quotients, Blends, Reductions, Nothing, Rows }.SelectMany(t => t)
        .ToDictionary(c => c.Key, c => c.Value);

    private static Dictionary<string, EdgeCase> Functions => new()
    {
        ["truncation of -0.3 is -0"] = new(x => Truncate(x), [-0.3, 2.7, -2.7, -0.0, NaN, -Inf], [-0.0, 2, -2, -0.0, NaN, -Inf]),
        ["a fraction has the sign of its number"] = new(x => Fraction(x), [-1.25, 2.5, NaN], [-0.25, 0.5, NaN]),
        ["rounding half to even keeps signs"] = new(x => Round(x), [0.5, 1.5, -0.5, -2.5, NaN, 0.49999999999999994],
            [0, 2, -0.0, -2, NaN, 0]),
        ["cube roots of negatives"] = new(x => Cbrt(x), [-27, 0, -0.0, Inf, -Inf, NaN], [-3, 0, -0.0, Inf, -Inf, NaN]),
        ["whole powers of two"] = new(x => Exp2(x), [10, -1, 1023, 1024, -Inf, NaN], [1024, 0.5, Math.ScaleB(1, 1023), Inf, 0, NaN]),
        ["logarithms of powers of two"] = new(x => Log2(x), [8, 0.25, 1, 0, -0.0, -1, Inf, Tiny], [3, -2, 0, -Inf, -Inf, NaN, Inf, -1074]),
        ["logarithms of powers of ten"] = new(x => Log10(x), [1000, 1, 0, -0.0, -1, Inf], [3, 0, -Inf, -Inf, NaN, Inf]),
        ["sine far out"] = new(x => Sin(x), [0, -0.0, Inf, NaN, 1e22], [0, -0.0, NaN, NaN, -0.8522008497671888]),
        ["cosine far out"] = new(x => Cos(x), [-0.0, -Inf, NaN, 1e22], [1, NaN, NaN, 0.5232147853951389]),
        ["tangent"] = new(x => Tan(x), [-0.0, Inf, 1e-300], [-0.0, NaN, 1e-300]),
        ["arc sine outside"] = new(x => Asin(x), [-0.0, 1, -1, 1.5, NaN], [-0.0, Math.PI / 2, -Math.PI / 2, NaN, NaN]),
        ["arc cosine outside"] = new(x => Acos(x), [1, -1, 0, 1.0000000000000002], [0, Math.PI, Math.PI / 2, NaN]),
        ["arc tangent of infinities"] = new(x => Atan(x), [Inf, -Inf, -0.0, NaN], [Math.PI / 2, -Math.PI / 2, -0.0, NaN]),
        ["sinh overflows late and keeps small arguments"] = new(x => Sinh(x) / Abs(x), [1e-20, -1e-20, 800, -Inf], [1, -1, Inf, NaN]),
        ["cosh overflows late"] = new(x => Cosh(x) / Math.Cosh(710), [710, -710, Inf, NaN], [1, 1, Inf, NaN]),
        ["asinh of the huge and the tiny"] = new(x => Asinh(x), [-0.0, 1e-20, -1e200, 1e308, Inf],
            [-0.0, 1e-20, -Math.Log(2) - 200 * Math.Log(10), Math.Log(2) + 308 * Math.Log(10), Inf]),
        ["acosh below 1 and of the huge"] = new(x => Acosh(x), [1, 0.5, 1e300, Inf], [0, NaN, Math.Log(2) + 300 * Math.Log(10), Inf]),
        ["atanh at its ends"] = new(x => Atanh(x), [-0.0, 1, -1, 2, 1e-20], [-0.0, Inf, -Inf, NaN, 1e-20]),
        ["erfc keeps the digits of its tail"] = new(x => Erfc(x) / 2.088487583762545e-45, [10, Inf, NaN], [1, 0, NaN]),
        ["erfc on the left"] = new(x => Erfc(x), [-Inf, -10, 0], [2, 2, 1]),
        ["inverse of erf at its ends"] = new(x => Erfinv(x), [1, -1, 0, -0.0, 2, NaN], [Inf, -Inf, 0, -0.0, NaN, NaN]),
        ["inverse of erfc of the tiny"] = new(x => Digits(Erfc(Erfcinv(x)) / x), [1e-300, 1e-20, 0.5, 1.5], [1, 1, 1, 1]),
        ["inverse of erfc at its ends"] = new(x => Erfcinv(x), [0, 2, -1, 3, NaN], [Inf, -Inf, NaN, NaN, NaN]),
        ["log-gamma at poles and zeros"] = new(x => LogGamma(x), [1, 2, 0, -1, -2, Inf, NaN], [0, 0, Inf, Inf, Inf, Inf, NaN]),
        ["gamma at poles"] = new(x => Gamma(x), [0, -0.0, -1, 1, 5, 172, Inf, NaN], [Inf, -Inf, NaN, 1, 24, Inf, Inf, NaN]),
        ["digamma at poles"] = new(x => Digamma(x), [0, -0.0, -1, Inf, NaN], [-Inf, Inf, NaN, Inf, NaN]),
        ["sinc at 0 and at whole numbers"] = new(x => Abs(Sinc(x)), [0, -0.0, 1, -2, 0.5, Inf, NaN], [1, 1, 0, 0, 2 / Math.PI, NaN, NaN]),
        ["logit at its ends"] = new(x => Logit(x), [0, 1, 0.5, 2, -1], [-Inf, Inf, 0, NaN, NaN]),
        ["what is no number becomes one"] = new(x => NanToNum(x), [NaN, Inf, -Inf, -0.0, 3],
            [0, double.MaxValue, -double.MaxValue, -0.0, 3]),
        ["numbers chosen for what is none"] = new(x => NanToNum(x, 1, 2, 3), [NaN, Inf, -Inf], [1, 2, 3]),
    };

    private static Dictionary<string, EdgeCase> Activations => new()
    {
        ["elu does not overflow"] = new(x => Elu(x, 2), [800, -800, -Inf, Inf, -0.0, NaN], [800, -2, -2, Inf, -0.0, NaN]),
        ["celu does not overflow"] = new(x => Celu(x, 2), [800, -Inf, Inf, NaN], [800, -2, Inf, NaN]),
        ["selu saturates"] = new(x => Selu(x), [-Inf, Inf, NaN], [-1.7580993408473768, Inf, NaN]),
        ["gelu keeps the digits of its tail"] = new(x => Digits(Gelu(x) / 7.619853024160526e-23), [-10, NaN], [-1, NaN]),
        ["hard sigmoid"] = new(x => HardSigmoid(x), [-Inf, -2.5, 0, 2.5, Inf, NaN], [0, 0, 0.5, 1, 1, NaN]),
        ["hard swish"] = new(x => HardSwish(x), [-Inf, -4, 0, 3, Inf, NaN], [0, 0, 0, 3, Inf, NaN]),
        ["hard tanh"] = new(x => HardTanh(x), [-Inf, -0.0, Inf, NaN], [-1, -0.0, 1, NaN]),
        ["relu6"] = new(x => Relu6(x), [-Inf, 3, Inf, NaN], [0, 3, 6, NaN]),
        ["leaky relu"] = new(x => LeakyRelu(x, 0.5), [-0.0, -2, -Inf, NaN], [-0.0, -1, -Inf, NaN]),
        ["parametric relu"] = new(x => PRelu(x, FillLike(x, -1)), [-2, 2, -Inf, NaN], [2, 2, Inf, NaN]),
        ["a threshold is not above itself"] = new(x => ThresholdedRelu(x), [1, 1.5, -Inf, NaN], [0, 1.5, 0, NaN]),
        ["soft shrink"] = new(x => Shrink(x, 0.5, 0.5), [0.5, -0.5, 0.75, -0.75, NaN], [0, 0, 0.25, -0.25, NaN]),
        ["softsign of infinities"] = new(x => Softsign(x), [Inf, -Inf, -0.0, NaN], [1, -1, -0.0, NaN]),
    };

    private static Dictionary<string, EdgeCase> Points => new()
    {
        ["signed zeros choose the angle"] = Pairs((y, x) => Atan2(y, x), [0, -0.0, 0, -0.0, 0, -0.0], [0, 0, -0.0, -0.0, -1, -1],
            [0, -0.0, Math.PI, -Math.PI, Math.PI, -Math.PI]),
        ["angles of infinities"] = Pairs((y, x) => Atan2(y, x), [Inf, Inf, 1, -1, NaN, 1], [Inf, -Inf, -Inf, Inf, 1, NaN],
            [Math.PI / 4, 3 * Math.PI / 4, Math.PI, -0.0, NaN, NaN]),
        ["angles of the tiny and the huge"] = Pairs((y, x) => Atan2(y, x), [1e-300, 1e300, 1e300], [1e-300, 1e300, 1e-300],
            [Math.PI / 4, Math.PI / 4, Math.PI / 2]),
        ["a length is infinite even beside NaN"] = Pairs((a, b) => Hypot(a, b), [0, -0.0, Inf, NaN, NaN, 3, Tiny],
            [0, 0, NaN, -Inf, 1, -4, 0],
            [0, 0, Inf, Inf, NaN, 5, Tiny]),
        ["a length does not overflow"] = Pairs((a, b) => Hypot(a, b) / Maximum(a, b), [3e200, 3e-200], [4e200, 4e-200], [1.25, 1.25]),
        ["log-add-exp of infinities"] = Pairs((a, b) => LogAddExp(a, b), [-Inf, Inf, Inf, -Inf, NaN, 1000],
            [-Inf, -Inf, Inf, 3, -Inf, 1000],
            [-Inf, Inf, Inf, 3, NaN, 1000 + Math.Log(2)]),
        ["x log y of nothing is nothing"] = Pairs((x, y) => XLogY(x, y), [0, 0, 0, 0, -0.0, 1, 2, NaN], [0, -1, Inf, NaN, 0, 0, 1, 1],
            [0, 0, 0, NaN, 0, -Inf, 0, NaN]),
        ["x log(1 + y) of nothing is nothing"] = Pairs((x, y) => XLog1pY(x, y), [0, 0, 0, 1, 2],
            [-1, -2, NaN, 1e-20, -1], [0, 0, NaN, 1e-20, -Inf]),
    };

    private static Dictionary<string, EdgeCase> Quotients => new()
    {
        ["a remainder has the sign of the divisor"] = Pairs((a, b) => Remainder(a, b), [7, -7, 7, -7, 6, -6],
            [3, 3, -3, -3, -3, 3], [1, 2, -2, -1, -0.0, 0]),
        ["a remainder is never the divisor"] = Pairs((a, b) => Remainder(a, b), [-1e-20, 1e-20, -Tiny], [1, -1, 3],
            [Math.BitDecrement(1), -Math.BitDecrement(1), Math.BitDecrement(3)]),
        ["remainders by zero and infinity"] = Pairs((a, b) => Remainder(a, b), [5, 1, -1, Inf, NaN],
            [0, Inf, Inf, 3, 3], [NaN, 1, Inf, NaN, NaN]),
        ["fmod has the sign of the dividend"] = Pairs((a, b) => Fmod(a, b), [7, -7, 7, -6, 5, 5, Inf],
            [3, 3, -3, 3, 0, Inf, 3], [1, -1, 1, -0.0, NaN, 5, NaN]),
        ["fmod of a huge quotient is exact"] = Pairs((a, b) => Fmod(a, b), [1e300, -1e300, 1e22], [3, 7, 17],
            [(double)(new BigInteger(1e300) % 3), -(double)(new BigInteger(1e300) % 7), (double)(new BigInteger(1e22) % 17)]),
        ["a quotient rounded down agrees with its remainder"] = Pairs((a, b) => FloorDivide(a, b),
            [-7, 7, 1, 5, -5, NaN], [2, 2, 0.1, 0, 0, 1], [-4, 3, 9, Inf, -Inf, NaN]),
    };

    private static Dictionary<string, EdgeCase> Blends => new()
    {
        ["the sign bit counts, of zeros too"] = Pairs((a, b) => CopySign(a, b), [3, -3, 0, NaN, -Inf],
            [-0.0, 0, -1, 1, 1], [-3, 3, -0.0, NaN, Inf]),
        ["the sign bit of NaN counts"] = Pairs((a, b) => CopySign(a, b), [3, -3], [Math.CopySign(NaN, -1), Math.CopySign(NaN, 1)], [-3, 3]),
        ["a blend is exact at both ends"] = Pairs((a, t) => Lerp(a, FillLike(a, 1e20), t), [0.1, 0.1], [0, 1], [0.1, 1e20]),
        ["NaN wins against infinity"] = Pairs((a, b) => Maximum(a, b) + Minimum(a, b), [NaN, Inf, -Inf], [Inf, NaN, NaN], [NaN, NaN, NaN]),
        ["a bound that is NaN gives NaN"] = Pairs((x, low) => Clamp(x, low, OnesLike(x)), [0.5, 0.5, NaN], [NaN, 0, 0], [NaN, 0.5, NaN]),
        ["of crossed bounds the upper one"] = Pairs((x, low) => Clamp(x, low, ZerosLike(x)), [-5, 5], [1, 1], [0, 0]),
    };

    // To 11 digits: what is steep far out multiplies the rounding of its argument.
    private static Node Digits(Node x) => Round(x * 1e11) / 1e11;

    // Two operands, first all of one and then all of the other.
    private static EdgeCase Pairs(Func<Node, Node, Node> f, double[] a, double[] b, double[] y) =>
        new(x => f(Slice(x, 0, 0, a.Length), Slice(x, 0, a.Length)), [.. a, .. b], y);
}
