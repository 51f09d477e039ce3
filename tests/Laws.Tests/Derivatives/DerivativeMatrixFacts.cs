using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>
/// Every op, both modes in every mixture, orders one to three: the mixtures
/// agree, and each order is what differences of the one below say.
/// </summary>
public class DerivativeMatrixFacts
{
    private static readonly string[] Second = ["rr", "rf", "fr", "ff"], Third = ["rrr", "rrf", "rfr", "rff", "frr", "frf", "ffr", "fff"];

    public static TheoryData<OpCase> Cases => GradientFacts.Cases;

    [Theory, MemberData(nameof(Cases))]
    public void Mixtures_of_modes_agree_at_second_order_and_with_differences(OpCase op) => Check(op, Second, "r", 1e-10, 2e-5);

    [Theory, MemberData(nameof(Cases))]
    public void Mixtures_of_modes_agree_at_third_order_and_with_differences(OpCase op) => Check(op, Third, "rf", 1e-9, 1e-4);

    private static void Check(OpCase op, string[] mixtures, string below, double agreement, double difference)
    {
        var at = new Direction(op);
        var truths = at.Truths([.. mixtures.Select(at.Along)]);
        for (int i = 1; i < truths.Length; i++)
            Running.AssertClose(truths[0], truths[i], agreement, $"{op}, {mixtures[0]} against {mixtures[i]}");
        Running.AssertClose(at.Difference(at.Along(below)), truths[0], difference, $"{op}, differences of {below}");
        string compiled = mixtures[op.Name.Length % mixtures.Length];
        Running.AssertClose(truths[0], at.Compiled(at.Along(compiled)), agreement, $"{op}, {compiled} compiled");
    }

    public static TheoryData<string> Guards => [.. Guarded.Keys];

    // Each is finite where its mask is open, and has an infinite slope, or none, at an edge where it is closed: at 0, 1 or -1.
    private static readonly Dictionary<string, Func<Node, Node>> Guarded = new()
    {
        ["sqrt"] = x => Where(x > 0, Sqrt(x), x * 0),
        ["log"] = x => Where(x > 0, Log(x), x * 0),
        ["log of a base"] = x => Where(x > 0, Log2(x) + Log10(x), x * 0),
        ["log1p"] = x => Where(x > -1, Log1p(x), x * 0),
        ["division"] = x => Where(NotEqual(x, ZerosLike(x)), (x + 2) / x, x * 0),
        ["reciprocal"] = x => Where(x < 0, Reciprocal(x), x * 0),
        ["rsqrt"] = x => Where(x > 0, Rsqrt(x), x * 0),
        ["pow of a constant"] = x => Where(x > 0, Pow(x, 0.3), x * 0),
        ["pow of itself"] = x => Where(x > 0, Pow(x, x), x * 0),
        ["norm of a row"] = x => Where(NotEqual(x, ZerosLike(x)), Sqrt(x * x), x * 0),
        ["hypot"] = x => Where(NotEqual(x, ZerosLike(x)), Hypot(x, x), x * 0),
        ["cbrt"] = x => Where(NotEqual(x, ZerosLike(x)), Cbrt(x), x * 0),
        ["acos"] = x => Where(Abs(x) < 1, Acos(x), x * 0),
        ["asin"] = x => Where(Abs(x) < 1, Asin(x), x * 0),
        ["acosh"] = x => Where(x > 1, Acosh(x), x * 0),
        ["atanh"] = x => Where(Abs(x) < 1, Atanh(x), x * 0),
        ["atan2 at the origin"] = x => Where(NotEqual(x, ZerosLike(x)), Atan2(x, x * 2), x * 0),
        ["logit"] = x => Where(And(x > 0, x < 1), Logit(x), x * 0),
        ["x log x"] = x => Where(x > 0, XLogY(x, x), x * 0),
        ["nested"] = x => Where(x > 0, Sqrt(Log(x * x + x)), x * 0) is var y ? Where(x > 0.9, y, x * 0) : x,
        ["through a view"] = x => Where(x > 0, Flip(Log(Flip(x))), x * 0),
    };

    [Theory, MemberData(nameof(Guards))]
    public void Guarded_functions_are_finite_at_their_edges_in_every_mixture_of_modes(string name)
    {
        Node x = Input("x", DType.Float64, [8]), t = Input("t", DType.Float64, [8]);
        Node Next(Node y, char mode) => mode == 'f' ? Gradient.Jvp([y], [x], [t])[0] : Gradient.Vjp([y], [x], [t])[0];
        string[] mixtures = ["r", "f", .. Second, .. Third];
        var f = Running.Of([x, t], [.. mixtures.Select(m => m.Aggregate(Guarded[name](x), Next))]);
        HostTensor[] data = [new[] { 0.0, -0.0, 1, -1, -2, 2, 0.5, 3 }, new[] { 1.0, -1, 0.5, 2, 1, 1, 1, 1 }];
        var (truth, compiled) = (Running.Truth(f, data), Running.Run(f, data));
        for (int i = 0; i < mixtures.Length; i++)
        {
            Assert.True(truth[i].Doubles().All(double.IsFinite),
                $"{name}, {mixtures[i]}, op by op: {string.Join(" ", truth[i].Doubles())}");
            Running.AssertClose(truth[i], compiled[i], 1e-10, $"{name}, {mixtures[i]}, compiled");
        }
    }

    public static TheoryData<string> Layers => [.. Networks.Keys];

    private static readonly Dictionary<string, Func<Node, Node>> Networks = new()
    {
        ["softmax"] = x => Softmax(x),
        ["log-softmax"] = x => LogSoftmax(x),
        ["log-sum-exp"] = x => LogSumExp(x, [-1]),
        ["layer norm"] = x => LayerNorm(x),
        ["rms norm"] = x => RmsNorm(x),
        ["group norm"] = x => GroupNorm(Reshape(x, [1, 4, 4]), 2),
        ["gelu"] = x => Gelu(x),
        ["gelu by tanh"] = x => GeluTanh(x),
        ["silu"] = x => Silu(x),
        ["mish"] = x => Mish(x),
        ["softplus"] = x => Softplus(x),
        ["log-sigmoid"] = x => LogSigmoid(x),
        ["elu"] = x => Elu(x),
        ["cross entropy"] = x => SoftmaxCrossEntropy(x, Constant(new[] { 0, 3, 2, 1 })),
        ["binary cross entropy"] = x =>
            BinaryCrossEntropyWithLogits(x, Constant(new double[,] { { 0, 1, 0, 1 }, { 1, 1, 0, 0 }, { 1, 0, 1, 0 }, { 0, 0, 1, 1 } })),
        ["standard deviation"] = x => StandardDeviation(x, [1]),
        ["2-norm"] = x => Norm2(x, [1]),
        ["attention"] = x => Reshape(x, [1, 1, 4, 4]) is var q ? ScaledDotProductAttention(q, q * 0.5, q) : x,
        ["causal attention"] = x => Reshape(x, [1, 1, 4, 4]) is var q ? ScaledDotProductAttention(q, q, q, isCausal: true) : x,
        ["masked softmax"] = x => MaskedSoftmax(x,
            Constant(new[,] { { true, false, true, true }, { false, false, false, false }, { true, true, true, true },
                { false, true, false, false } })),
    };

    /// <summary>
    /// Rows of zeros, of equal values, huge ones, far apart ones:
    /// where exponentials over- and underflow and variances vanish.
    /// </summary>
    [Theory, MemberData(nameof(Layers))]
    public void Second_derivatives_of_layers_are_finite(string name)
    {
        Node x = Input("x", DType.Float64, [4, 4]), t = Input("t", DType.Float64, [4, 4]);
        Node value = Sum(Sin(Networks[name](x))), g = Gradient.Of(value, [x])[0];
        var f = Running.Of([x, t], value, g, Gradient.Jvp([g], [x], [t])[0], Gradient.Of(Sum(g * t), [x])[0]);
        HostTensor[] data = [new double[,] { { 0, 0, 0, 0 }, { 3, 3, 3, 3 }, { 800, -800, 0, 1 },
            { 1e4, 1e4, -1e4, 5 } }, new double[,] { { 1, 2, 3, 4 }, { 1, -1, 1, 0 }, { 1, 1, 1, -1 }, { 0.5, 1, 0, 1 } }];
        var (truth, compiled) = (Running.Truth(f, data), Running.Run(f, data));
        for (int i = 0; i < truth.Length; i++)
        {
            Assert.True(truth[i].Doubles().All(double.IsFinite), $"{name}, result {i}, op by op: {string.Join(" ", truth[i].Doubles())}");
            Running.AssertClose(truth[i], compiled[i], 1e-9, $"{name}, result {i}, compiled");
        }
        Running.AssertClose(truth[2], truth[3], 1e-9, $"{name}, forward over reverse against reverse over reverse");
    }
}
