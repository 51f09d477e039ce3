using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Expressions that lose digits or overflow become the ops that do not. Composites are stable by construction, so no
/// right answer depends on this pass: it helps formulas that a user wrote out.
/// </summary>
public static class Stabilise
{
    /// <summary>The laws.</summary>
    public static ImmutableArray<Rule> Rules { get; } =
    [
        Rule.On<Log>("log(x + 1) = log1p(x)", Soundness.Improves,
            n => n is (_, [(Add, [var x, { Splat: 1 }])]) ? Make(new Log1p(), x) : null, e => Ops.Log(e.X + 1)),
        Rule.On<Log>("log(1 - x) = log1p(-x)", Soundness.Improves,
            n => n is (_, [(Subtract, [{ Splat: 1 }, var x])]) ? Make(new Log1p(), -x) : null, e => Ops.Log(1 - e.X)),
        Rule.On<Subtract>("exp(x) - 1 = expm1(x)", Soundness.Improves,
            n => n is (_, [(Exp, [var x]), { Splat: 1 }]) ? Make(new Expm1(), x) : null, e => Ops.Exp(e.X) - 1),
        Rule.On<Add>("exp(x) + (-1) = expm1(x)", Soundness.Improves,
            n => n is (_, [(Exp, [var x]), { Splat: -1 }]) ? Make(new Expm1(), x) : null, e => Ops.Exp(e.X) + -1),
        Rule.On<Log1p>("log1p(exp(x)) = softplus(x)", Soundness.Improves,
            n => n is (_, [(Exp, [var x])]) ? Make(new Softplus(), x) : null, e => Ops.Log1p(Ops.Exp(e.X))),
        Rule.On<Log>("log(sigmoid(x)) = -softplus(-x)", Soundness.Improves,
            n => n is (_, [(Sigmoid, [var x])]) ? -Make(new Softplus(), -x) : null, e => Ops.Log(Ops.Sigmoid(e.X))),
        Rule.On<Subtract>("1 - sigmoid(x) = sigmoid(-x)", Soundness.Improves,
            n => n is (_, [{ Splat: 1 }, (Sigmoid, [var x])]) ? Make(new Sigmoid(), -x) : null, e => 1 - Ops.Sigmoid(e.X)),
        Rule.On<Divide>("1 / (exp(-x) + 1) = sigmoid(x)", Soundness.Improves,
            n => n is (_, [{ Splat: 1 }, var y]) ? SigmoidOf(y) : null, e => 1 / (Ops.Exp(-e.X) + 1)),
        Rule.On<Reciprocal>("reciprocal(exp(-x) + 1) = sigmoid(x)", Soundness.Improves,
            n => n is (_, [var y]) ? SigmoidOf(y) : null, e => Ops.Reciprocal(Ops.Exp(-e.X) + 1)),
        Rule.On<Subtract>("1 - erf(x) = erfc(x)", Soundness.Improves,
            n => n is (_, [{ Splat: 1 }, (Erf, [var x])]) ? Make(new Erfc(), x) : null, e => 1 - Ops.Erf(e.X)),
        Rule.On<Subtract>("1 - erfc(x) = erf(x)", Soundness.Improves,
            n => n is (_, [{ Splat: 1 }, (Erfc, [var x])]) ? Make(new Erf(), x) : null, e => 1 - Ops.Erfc(e.X)),
        Rule.On<Log>("log(exp(a) + exp(b)) = logaddexp(a, b)", Soundness.Improves,
            n => n is (_, [(Add, [(Exp, [var a]), (Exp, [var b])])]) ? Make(new LogAddExp(), a, b) : null,
            e => Ops.Log(Ops.Exp(e.X) + Ops.Exp(e.Y))),
        Rule.On<Sqrt>("sqrt(a * a + b * b) = hypot(a, b)", Soundness.Improves,
            n => n is (_, [(Add, [var p, var q])]) && SquareRoot(p) is { } a && SquareRoot(q) is { } b ? Make(new Hypot(), a, b) : null,
            e => Ops.Sqrt(e.X * e.X + e.Y * e.Y)),
    ];

    /// <summary>Applies the laws to a fixed point, and simplifies what they make.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite(Together, context);

    private static readonly ImmutableArray<Rule> Together = [.. Rules, .. Simplify.Rules];

    // Of what a node is the square, as it is written.
    private static Node? SquareRoot(Node y) => y switch
    {
        (Multiply, [var a, var b]) when a == b => a,
        (PowInteger(2), [var a]) => a,
        _ => null,
    };

    private static Node? SigmoidOf(Node y) =>
        y is (Add, [(Exp, [(Negate, [var x])]), { Splat: 1 }]) ? Make(new Sigmoid(), x) : null;
}
