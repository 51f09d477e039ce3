namespace Adjoint.Passes.Tests;

/// <summary>
/// Functions of one tensor, elementwise in effect, smooth where
/// they are tested: what derivatives of all orders are checked on.
/// </summary>
internal static class DerivativeCases
{
    /// <summary>Points in (0.3, 1.4), away from kinks at 0, 0.5 and 1.</summary>
    public static readonly double[] Points = [0.37, 0.62, 0.81, 1.17, 1.33];

    public static readonly Dictionary<string, Func<Node, Node>> All = new()
    {
        ["add"] = x => x + x * x * x, ["subtract"] = x => 1 - x * x * x, ["multiply"] = x => x * x * x * x,
        ["divide"] = x => (x + 1) / (x * x + 2), ["negate"] = x => -(x * x) * x,
        ["exp"] = x => Exp(-x * x), ["expm1"] = x => Expm1(x * x), ["log"] = x => Log(x * x + x), ["log1p"] = x => Log1p(x * x),
        ["tanh"] = x => Tanh(x * x), ["sigmoid"] = x => Sigmoid(2 * x - 1), ["softplus"] = x => Softplus(x * x - 1),
        ["log-sigmoid"] = x => LogSigmoid(x * x),
        ["sin"] = x => Sin(x * x), ["cos"] = x => Cos(x * x), ["tan"] = x => Tan(x / 2), ["erf"] = x => Erf(x * x),
        ["sqrt"] = x => Sqrt(x * x + x), ["rsqrt"] = x => Rsqrt(x + x * x), ["reciprocal"] = x => Reciprocal(x + x * x),
        ["pow"] = x => Pow(x, 2.5), ["pow of both"] = x => Pow(x, x), ["whole power"] = x => Pow(x * x + x, 5),
        ["negative power"] = x => Pow(x, -3),
        ["square"] = x => Square(Square(x)), ["abs"] = x => Abs(x - 1) * x * x, ["sign"] = x => Sign(x - 1) * x * x * x,
        ["relu"] = x => Relu(x - 1) * x * x,
        ["maximum"] = x => Maximum(x * x * x, x * x), ["minimum"] = x => Minimum(x * x * x, x * x),
        ["clamp"] = x => Clamp(x * x * x, 0.5, 1.0) * x * x,
        ["where"] = x => Where(x > 1, x * x * x, Sin(x)), ["floor"] = x => Floor(x) * x * x * x,
        ["stop"] = x => StopGradient(x * x) * 0 + x * x * x,
        ["call"] = x => Call.Of("cube", Origin.None, [x], a => [a[0] * a[0] * a[0]])[0] * x,
        ["views"] = x => Reshape(Transpose(Reshape(x * x * x, [1, 5])), [5]),
        ["matrix product"] = x => Reshape(
            MatMul(Constant(new double[5, 5] { { 1, 0, 0, 0, 0 }, { 0, 2, 0, 0, 0 }, { 0, 0, 3, 0, 0 },
                { 0, 0, 0, 4, 0 }, { 0, 0, 0, 0, 5 } }),
            Reshape(x * x * x, [5, 1])), [5]),
        ["sum and broadcast"] = x => Sum(BroadcastTo(Reshape(x * x * x, [5, 1]), [5, 3]) * Constant(new[] { 1.0, 2, 3 }), [1]),
    };
}
