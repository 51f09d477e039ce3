using System.Reflection;
using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <summary>A case or more for every op: a test fails for an op record that no case uses.</summary>
public static partial class OpCases
{
    private static readonly DType[] Numbers = [DType.Float64, DType.Float32, DType.Int32, DType.Int64];
    private static readonly DType[] Integers = [DType.Int32, DType.Int64];

    /// <summary>All cases: those of every private property here that lists some, whichever file it stands in. While working on one op,
    /// set <c>ADJOINT_CASES</c> to a part of its cases' names: the suites then run those alone.</summary>
    public static IReadOnlyList<OpCase> All { get; } =
        [.. typeof(OpCases).GetProperties(BindingFlags.NonPublic | BindingFlags.Static)
            .Where(p => p.PropertyType == typeof(IEnumerable<OpCase>)).OrderBy(p => p.Name, StringComparer.Ordinal)
            .SelectMany(p => (IEnumerable<OpCase>)p.GetValue(null)!)
            .Where(c => c.Name.Contains(Environment.GetEnvironmentVariable("ADJOINT_CASES") ?? "", StringComparison.Ordinal))];

    /// <summary>The case of a name.</summary>
    public static OpCase Of(string name) => All.First(c => c.Name == name);

    private static IEnumerable<OpCase> Unary =>
    [
        Map("negate", x => -x) with { DTypes = Numbers },
        Map("abs", x => Abs(x), kinks: [0]) with { DTypes = Numbers },
        Map("sign", x => Sign(x), kinks: [0]) with { DTypes = Numbers },
        Map("reciprocal", x => Reciprocal(x), 0.3, 3), Map("reciprocal of negatives", x => Reciprocal(x), -3, -0.3),
        Map("sqrt", x => Sqrt(x), 0.1, 9), Map("rsqrt", x => Rsqrt(x), 0.1, 9), Map("square", x => Square(x)) with { DTypes = Numbers },
        Map("exp", x => Exp(x), -5, 5), Map("expm1", x => Expm1(x)), Map("expm1 near 0", x => Expm1(x), -1e-3, 1e-3),
        Map("log", x => Log(x), 0.1, 9), Map("log1p", x => Log1p(x), -0.9, 9), Map("log1p near 0", x => Log1p(x), -1e-3, 1e-3),
        Map("sin", x => Sin(x), -9, 9), Map("cos", x => Cos(x), -9, 9), Map("tan", x => Tan(x), -1.2, 1.2),
        Map("tanh", x => Tanh(x), -4, 4), Map("sigmoid", x => Sigmoid(x), -9, 9), Map("erf", x => Erf(x), -3.5, 3.5),
        Map("softplus", x => Softplus(x), -9, 9), Map("log-sigmoid", x => LogSigmoid(x), -9, 9),
        Map("relu", x => Relu(x), kinks: [0]) with { DTypes = Numbers },
        Map("floor", x => Floor(x), -2.4, 2.4, -2, -1, 0, 1, 2), Map("ceiling", x => Ceiling(x), -2.4, 2.4, -2, -1, 0, 1, 2),
        Map("round", x => Round(x), -2.4, 2.4, -1.5, -0.5, 0.5, 1.5),
        Map("is-nan", x => IsNaN(Log(x))) with { Differentiable = false },
        Map("is-infinite", x => IsInfinite(x / Sign(Floor(x)))) with { Differentiable = false },
        Map("is-finite", x => IsFinite(x / Sign(Floor(x)))) with { Differentiable = false },
        Map("convert to double", x => Convert(x, DType.Float64)) with { DTypes = Numbers },
        Map("convert to integers", x => Convert(x, DType.Int32)) with { DTypes = Numbers, Differentiable = false },
        Map("stop-gradient", x => StopGradient(x)) with { DTypes = Numbers, Differentiable = false },
        Map("square by power", x => Pow(x, 2)) with { DTypes = Numbers }, Map("seventh power", x => Pow(x, 7)) with { DTypes = Numbers },
        Map("inverse cube", x => Pow(x, -3), 0.4, 2), Map("zeroth power", x => Pow(x, 0)) with { DTypes = Numbers },
        Map("power of 2.5", x => Pow(x, 2.5), 0.1, 3),
    ];

    private static IEnumerable<OpCase> Binary =>
    [
        Pair("add", (a, b) => a + b) with { DTypes = Numbers }, Pair("subtract", (a, b) => a - b) with { DTypes = Numbers },
        Pair("multiply", (a, b) => a * b) with { DTypes = Numbers }, Pair("divide", (a, b) => a / b, 0.5, 3) with { DTypes = Numbers },
        Pair("maximum", (a, b) => Maximum(a, b)) with { DTypes = Numbers },
        Pair("minimum", (a, b) => Minimum(a, b)) with { DTypes = Numbers },
        Pair("pow", (a, b) => Pow(a, b), 0.2, 3),
        new("add a row to rows", x => x[0] + x[1], new([3, 4]), new([4])) { DTypes = Numbers },
        new("outer product", x => x[0] * x[1], new([3, 1]), new([1, 4])) { DTypes = Numbers },
        Pair("equal", (a, b) => Equal(a, b)) with { DTypes = Numbers, Differentiable = false },
        Pair("not-equal", (a, b) => NotEqual(a, b)) with { DTypes = Numbers, Differentiable = false },
        Pair("less", (a, b) => a < b) with { DTypes = Numbers, Differentiable = false },
        Pair("less-or-equal", (a, b) => a <= b) with { DTypes = Numbers, Differentiable = false },
        Pair("greater", (a, b) => a > b) with { DTypes = Numbers, Differentiable = false },
        Pair("greater-or-equal", (a, b) => a >= b) with { DTypes = Numbers, Differentiable = false },
    ];

    private static IEnumerable<OpCase> Choice =>
    [
        new("where", x => Where(x[0], x[1], x[2]), Operand.Truths(3, 4), new([3, 4]), new([3, 4])) { DTypes = Numbers },
        new("clamp", x => Clamp(x[0], x[1], x[2]), new([3, 4], -3, 3), new([3, 4], -2, -0.5), new([3, 4], 0.5, 2)) { DTypes = Numbers },
        new("and", x => And(x[0], x[1]), Operand.Truths(3, 4), Operand.Truths(3, 4)) { Differentiable = false },
        new("or", x => Or(x[0], x[1]), Operand.Truths(3, 4), Operand.Truths(3, 4)) { Differentiable = false },
        new("xor", x => Xor(x[0], x[1]), Operand.Truths(3, 4), Operand.Truths(3, 4)) { Differentiable = false },
        new("not", x => Not(x[0]), Operand.Truths(3, 4)) { Differentiable = false },
    ];

    private static IEnumerable<OpCase> Products =>
    [
        new("matmul", x => MatMul(x[0], x[1]), new([3, 5]), new([5, 4])) { DTypes = Numbers, Ulps = 32 },
        new("matrix times vector", x => MatMul(x[0], x[1]), new([3, 5]), new([5])) { DTypes = Numbers, Ulps = 32 },
        new("dot product", x => MatMul(x[0], x[1]), new([5]), new([5])) { DTypes = Numbers, Ulps = 32 },
        new("batched matmul with broadcasting", x => MatMul(x[0], x[1]), new([2, 1, 3, 5]), new([4, 5, 2])) { DTypes = Numbers, Ulps = 32 },
        new("matmul over nothing", x => MatMul(x[0], x[1]), new([3, 0]), new([0, 4])) { DTypes = Numbers },
    ];

    private static OpCase Map(string name, Func<Node, Node> f, double low = -2, double high = 2, params double[] kinks) =>
        new(name, x => f(x[0]), new Operand([3, 4], low, high) { Kinks = kinks });

    private static OpCase Pair(string name, Func<Node, Node, Node> f, double low = -2, double high = 2) =>
        new(name, x => f(x[0], x[1]), new Operand([3, 4], low, high), new Operand([3, 4], low, high));
}
