using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

public static partial class Simplify
{
    // Whole exponents that multiplication reaches in a few steps, overflowing only where the power itself does.
    private const int LargestExponent = 8;

    private static ImmutableArray<Rule> Functions =>
    [
        Rule.On<Maximum>("max(x, x) = x", Soundness.Exact, n => n is (_, [var x, var y]) && x == y ? x : null, e => Ops.Maximum(e.X, e.X)),
        Rule.On<Minimum>("min(x, x) = x", Soundness.Exact, n => n is (_, [var x, var y]) && x == y ? x : null, e => Ops.Minimum(e.X, e.X)),
        Rule.On<Abs>("abs(-x) = abs(x)", Soundness.Exact, n => n is (_, [(Negate, [var x])]) ? Make(n.Op, x) : null, e => Ops.Abs(-e.X)),
        Rule.On<Abs>("abs(abs(x)) = abs(x)", Soundness.Exact, n => n is (_, [(Abs, _) y]) ? y : null, e => Ops.Abs(Ops.Abs(e.X))),
        Rule.On<Relu>("relu(relu(x)) = relu(x)", Soundness.Exact, n => n is (_, [(Relu, _) y]) ? y : null, e => Ops.Relu(Ops.Relu(e.X))),
        Rule.On<Step>("what is rounded is not rounded again", Soundness.Exact, n => n is (_, [(Step, _) y]) ? y : null,
            e => Ops.Truncate(Ops.Round(e.X))),
        Rule.On<Clamp>("clamp(clamp(x, a, b), c, d) = clamp(x, clamp(a, c, d), clamp(b, c, d)), for known c <= d", Soundness.Exact,
            ClampOfClamp, e => e.DType.IsFloat ? Ops.Clamp(Ops.Clamp(e.X, -3, 1), -1, 2) : Simplified()),
        Rule.On<StopGradient>("stop-gradient(x) = x, once derivatives are there", Soundness.Exact,
            n => n is (_, [var x]) ? x : null, e => Ops.StopGradient(e.X)),
        Rule.On<Operations.Convert>("convert to the same type = x", Soundness.Exact,
            n => n is (_, [var x]) && x.DType == n.DType ? x : null,
            e => Make(new Operations.Convert(e.DType), e.X)),
        Rule.On<Operations.Convert>("convert there and back = x, where nothing is lost there", Soundness.Exact,
            n => n is (_, [(Operations.Convert, [var x]) there]) && x.DType == n.DType && Holds(there.DType, x.DType) ? x : null,
            e => Ops.Convert(Ops.Convert(e.C, e.DType), DType.Bool)),
        Rule.On<PowInteger>("x^1 = x", Soundness.Exact, n => n is (PowInteger(1), [var x]) ? x : null, e => Ops.Pow(e.X, 1)),
        Rule.On<PowInteger>("(-x)^n = x^n, for an even n", Soundness.Exact,
            n => n is (PowInteger { Exponent: var k }, [(Negate, [var x])]) && k % 2 == 0 ? Make(n.Op, x) : null, e => Ops.Pow(-e.X, 2)),
        Rule.On<PowInteger>("abs(x)^n = x^n, for an even n", Soundness.Exact,
            n => n is (PowInteger { Exponent: var k }, [(Abs, [var x])]) && k % 2 == 0 ? Make(n.Op, x) : null,
            e => Ops.Pow(Ops.Abs(e.X), 2)),
        Rule.On<Pow>("pow(x, 1) = x", Soundness.Exact, n => n is (_, [var x, { Splat: 1 }]) ? x : null, e => Ops.Pow(e.X, 1.0)),
        Rule.On<Pow>("pow(x, n) = x^n, for a small whole n", Soundness.LastBits,
            n => n is (_, [var x, { Splat: >= 2 and <= LargestExponent and { } k }]) && k == Math.Floor(k)
            ? Make(new PowInteger((int)k), x) : null,
            e => Ops.Pow(e.X, 3.0)),
        Rule.On<Pow>("pow(x, -1) = 1 / x", Soundness.LastBits,
            n => n is (_, [var x, { Splat: -1 }]) ? Make(new Reciprocal(), x) : null, e => Ops.Pow(e.X, -1.0)),
        Rule.On<Pow>("pow(x, 1/2) = sqrt(x)", Soundness.ChangesDomain,
            n => n is (_, [var x, { Splat: 0.5 }]) ? Make(new Sqrt(), x) : null, e => Ops.Pow(Ops.Abs(e.X), 0.5)),
        Rule.On<Log>("log(exp(x)) = x", Soundness.ChangesDomain, n => n is (_, [(Exp, [var x])]) ? x : null, e => Ops.Log(Ops.Exp(e.X))),
    ];

    // Clamping keeps the order of what it clamps, so bounds can be clamped instead. A constant bound folds.
    private static Node? ClampOfClamp(Node n) =>
        n is (Clamp, [(Clamp, [var x, { Splat: not null } a, { Splat: not null } b]), { Splat: { } low } c, { Splat: { } high } d])
        && n.DType.IsFloat && low <= high
            ? Make(n.Op, x, Make(n.Op, a, c, d), Make(n.Op, b, c, d))
            : null;

    // Whether every value of one type has its place in another.
    private static bool Holds(DType wide, DType narrow) =>
        narrow == DType.Bool ? wide != DType.Bool
        : narrow.IsByte ? !wide.IsByte && wide != DType.Bool
        : narrow == DType.Int32 ? wide == DType.Int64 || wide == DType.Float64
        : narrow == DType.Float32 && wide == DType.Float64;
}
