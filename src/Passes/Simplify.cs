using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// Algebraic identities that never add work. Canonicalise has put constants on the right. IEEE 754 decides the labels:
/// -0 + 0 is +0, inf - inf is NaN, 0 * inf is NaN.
/// </summary>
public static partial class Simplify
{
    /// <summary>The laws.</summary>
    public static ImmutableArray<Rule> Rules { get; } = [.. Arithmetic, .. Assuming, .. Choices, .. Logic, .. Functions, .. Reductions];

    /// <summary>Applies the laws to a fixed point, with those of canonical form and folding: each uncovers work for the others.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite(Together, context);

    private static readonly ImmutableArray<Rule> Together = [.. Fold.Rules, .. Canonicalise.Rules, .. Rules];

    private static ImmutableArray<Rule> Arithmetic =>
    [
        Rule.On<Multiply>("x * 1 = x", Soundness.Exact, n => n is (_, [var x, { Splat: 1 }]) ? x : null, e => e.X * 1),
        Rule.On<Multiply>("x * -1 = -x", Soundness.Exact, n => n is (_, [var x, { Splat: -1 }]) ? -x : null, e => e.X * -1),
        Rule.On<Multiply>("(-x) * (-y) = x * y", Soundness.Exact,
            n => n is (_, [(Negate, [var x]), (Negate, [var y])]) ? Make(n.Op, x, y) : null, e => -e.X * -e.Y),
        Rule.On<Divide>("x / 1 = x", Soundness.Exact, n => n is (_, [var x, { Splat: 1 }]) ? x : null, e => e.X / 1),
        Rule.On<Divide>("x / -1 = -x", Soundness.Exact, n => n is (_, [var x, { Splat: -1 }]) ? -x : null, e => e.X / -1),
        Rule.On<Divide>("x / c = x * (1/c), for a power of two c", Soundness.Exact,
            n => n is (_, [var x, { IsPowerOfTwo: true, Splat: { } c } y]) && Math.Abs(c) != 1
            ? Make(new Multiply(), x, Fill(y, 1 / c)) : null,
            e => e.DType.IsFloat ? e.X / 4 : Simplified()),
        Rule.On<Divide>("(-x) / (-y) = x / y", Soundness.Exact,
            n => n is (_, [(Negate, [var x]), (Negate, [var y])]) && n.DType.IsFloat ? Make(n.Op, x, y) : null,
            e => e.DType.IsFloat ? -e.X / -e.Y : Simplified()),
        Rule.On<Multiply>("(-x) * c = x * (-c)", Soundness.Exact,
            n => n is (_, [(Negate, [var x]), { Splat: { } c } y]) && n.DType.IsFloat ? Make(n.Op, x, Fill(y, -c)) : null,
            e => e.DType.IsFloat ? -e.X * 3 : Simplified()),
        Rule.On<Negate>("-(x * c) = x * (-c)", Soundness.Exact,
            n => n is (_, [(Multiply { } product, [var x, { Splat: { } c } y])]) && n.DType.IsFloat ? Make(product, x, Fill(y, -c)) : null,
            e => e.DType.IsFloat ? -(e.X * 3) : Simplified()),
        Rule.On<Divide>("(-x) / c = x / (-c)", Soundness.Exact,
            n => n is (_, [(Negate, [var x]), { Splat: { } c } y]) && n.DType.IsFloat ? Make(n.Op, x, Fill(y, -c)) : null,
            e => e.DType.IsFloat ? -e.X / 3 : Simplified()),
        Rule.On<Divide>("c / (-x) = (-c) / x", Soundness.Exact,
            n => n is (_, [{ Splat: { } c } y, (Negate, [var x])]) && n.DType.IsFloat ? Make(n.Op, Fill(y, -c), x) : null,
            e => e.DType.IsFloat ? 3 / -e.X : Simplified()),
        Rule.On<Negate>("-(-x) = x", Soundness.Exact, n => n is (_, [(Negate, [var x])]) ? x : null, e => -(-e.X)),
        Rule.On<Add>("x + (-y) = x - y", Soundness.Exact,
            n => n is (_, [var x, (Negate, [var y])]) ? Make(new Subtract(), x, y) : null, e => e.X + -e.Y),
        Rule.On<Add>("(-x) + y = y - x", Soundness.Exact,
            n => n is (_, [(Negate, [var x]), var y]) ? Make(new Subtract(), y, x) : null, e => -e.X + e.Y),
        Rule.On<Subtract>("x - (-y) = x + y", Soundness.Exact,
            n => n is (_, [var x, (Negate, [var y])]) ? Make(new Add(), x, y) : null, e => e.X - -e.Y),
        Rule.On<Add>("x + (-0) = x", Soundness.Exact, n => n is (_, [var x, { IsMinusZero: true }]) ? x : null,
            e => e.DType.IsFloat ? e.X + -0.0 : Simplified()),
        Rule.On<Subtract>("x - (+0) = x", Soundness.Exact, n => n is (_, [var x, { IsPlusZero: true }]) ? x : null, e => e.X - 0),
        Rule.On<Add>("x + 0 = x, for integers", Soundness.Exact, n => n is (_, [{ IsInteger: true } x, { Splat: 0 }]) ? x : null,
            e => e.DType.IsFloat ? Simplified() : e.X + 0),
        Rule.On<Multiply>("x * 0 = 0, for integers", Soundness.Exact, n => n is (_, [{ IsInteger: true }, { Splat: 0 } zero]) ? zero : null,
            e => e.DType.IsFloat ? Simplified() : e.X * 0),
        Rule.On<Subtract>("x - x = 0, for integers", Soundness.Exact,
            n => n is (_, [{ IsInteger: true } x, var y]) && x == y ? Fill(n, 0) : null, e => e.DType.IsFloat ? Simplified() : e.X - e.X),
    ];

    private static ImmutableArray<Rule> Assuming =>
    [
        Rule.On<Add>("x + 0 = x", Soundness.Assumes.NoSignedZero, n => n is (_, [var x, { Splat: 0 }]) ? x : null, e => e.X + 0),
        Rule.On<Subtract>("0 - x = -x", Soundness.Assumes.NoSignedZero, n => n is (_, [{ Splat: 0 }, var x]) ? -x : null, e => 0 - e.X),
        Rule.On<Negate>("-(x - y) = y - x", Soundness.Assumes.NoSignedZero,
            n => n is (_, [(Subtract, [var x, var y])]) ? Make(new Subtract(), y, x) : null, e => -(e.X - e.Y)),
        Rule.On<Subtract>("x - x = 0", Soundness.Assumes.Finite,
            n => n is (_, [var x, var y]) && x == y ? Fill(n, 0) : null, e => e.X - e.X),
        Rule.On<Multiply>("x * 0 = 0", Soundness.Assumes.Finite, n => n is (_, [_, { Splat: 0 } zero]) ? zero : null, e => e.X * 0),
        Rule.On<Divide>("x / x = 1", Soundness.ChangesDomain, n => n is (_, [var x, var y]) && x == y ? Fill(n, 1) : null, e => e.X / e.X),
    ];

    private static ImmutableArray<Rule> Choices =>
    [
        Rule.On<Select>("where(true, x, y) = x", Soundness.Exact, n => n is (_, [{ Splat: 1 }, var x, _]) ? x : null,
            e => Ops.Where(Ops.Constant(true), e.X, e.Y)),
        Rule.On<Select>("where(false, x, y) = y", Soundness.Exact, n => n is (_, [{ Splat: 0 }, _, var y]) ? y : null,
            e => Ops.Where(Ops.Constant(false), e.X, e.Y)),
        Rule.On<Select>("where(c, x, x) = x", Soundness.Exact, n => n is (_, [_, var x, var y]) && x == y ? x : null,
            e => Ops.Where(e.C, e.X, e.X)),
        Rule.On<Select>("where(not c, x, y) = where(c, y, x)", Soundness.Exact,
            n => n is (_, [(Not, [var c]), var x, var y]) ? Make(n.Op, c, y, x) : null, e => Ops.Where(Ops.Not(e.C), e.X, e.Y)),
        Rule.On<Select>("where(c, where(c, x, y), z) = where(c, x, z)", Soundness.Exact,
            n => n is (_, [var c, (Select, [var d, var x, _]), var z]) && c == d ? Make(n.Op, c, x, z) : null,
            e => Ops.Where(e.C, Ops.Where(e.C, e.X, e.Y), e.S)),
        Rule.On<Select>("where(c, x, where(c, y, z)) = where(c, x, z)", Soundness.Exact,
            n => n is (_, [var c, var x, (Select, [var d, _, var z])]) && c == d ? Make(n.Op, c, x, z) : null,
            e => Ops.Where(e.C, e.X, Ops.Where(e.C, e.S, e.Y))),
        Rule.On<Select>("where(c, true, false) = c", Soundness.Exact,
            n => n is (_, [var c, { Splat: 1 }, { Splat: 0 }]) && n.DType == DType.Bool ? c : null,
            e => Ops.Where(e.C, Ops.Constant(true), Ops.Constant(false))),
        Rule.On<Select>("where(c, false, true) = not c", Soundness.Exact,
            n => n is (_, [var c, { Splat: 0 }, { Splat: 1 }]) && n.DType == DType.Bool ? Make(new Not(), c) : null,
            e => Ops.Where(e.C, Ops.Constant(false), Ops.Constant(true))),
    ];

    private static ImmutableArray<Rule> Logic =>
    [
        Rule.On<Not>("not not c = c", Soundness.Exact, n => n is (_, [(Not, [var c])]) ? c : null, e => Ops.Not(Ops.Not(e.C))),
        Rule.On<And>("c and c = c", Soundness.Exact, n => n is (_, [var c, var d]) && c == d ? c : null, e => Ops.And(e.C, e.C)),
        Rule.On<Or>("c or c = c", Soundness.Exact, n => n is (_, [var c, var d]) && c == d ? c : null, e => Ops.Or(e.C, e.C)),
        Rule.On<Xor>("c xor c = false", Soundness.Exact, n => n is (_, [var c, var d]) && c == d ? Fill(n, 0) : null,
            e => Ops.Xor(e.C, e.C)),
        Rule.On<And>("c and true = c", Soundness.Exact, n => n is (_, [var c, { Splat: 1 }]) ? c : null,
            e => Ops.And(e.C, Ops.Constant(true))),
        Rule.On<And>("c and false = false", Soundness.Exact, n => n is (_, [_, { Splat: 0 } d]) ? d : null,
            e => Ops.And(e.C, Ops.Constant(false))),
        Rule.On<Or>("c or true = true", Soundness.Exact, n => n is (_, [_, { Splat: 1 } d]) ? d : null,
            e => Ops.Or(e.C, Ops.Constant(true))),
        Rule.On<Or>("c or false = c", Soundness.Exact, n => n is (_, [var c, { Splat: 0 }]) ? c : null,
            e => Ops.Or(e.C, Ops.Constant(false))),
        Rule.On<Xor>("c xor true = not c", Soundness.Exact, n => n is (_, [var c, { Splat: 1 }]) ? Make(new Not(), c) : null,
            e => Ops.Xor(e.C, Ops.Constant(true))),
        Rule.On<Xor>("c xor false = c", Soundness.Exact, n => n is (_, [var c, { Splat: 0 }]) ? c : null,
            e => Ops.Xor(e.C, Ops.Constant(false))),
        Rule.On<And>("c and not c = false", Soundness.Exact, n => IsOpposite(n) ? Fill(n, 0) : null, e => Ops.And(e.C, Ops.Not(e.C))),
        Rule.On<Or>("c or not c = true", Soundness.Exact, n => IsOpposite(n) ? Fill(n, 1) : null, e => Ops.Or(Ops.Not(e.C), e.C)),
        Rule.On<And>("c and (c or d) = c", Soundness.Exact, n => Absorbed<Or>(n), e => Ops.And(e.C, Ops.Or(e.D, e.C))),
        Rule.On<Or>("c or (c and d) = c", Soundness.Exact, n => Absorbed<And>(n), e => Ops.Or(e.C, Ops.And(e.D, e.C))),
        Rule.On<And>("c and (c and d) = c and d", Soundness.Exact, n => Contained<And>(n), e => Ops.And(e.C, Ops.And(e.C, e.D))),
        Rule.On<Or>("c or (c or d) = c or d", Soundness.Exact, n => Contained<Or>(n), e => Ops.Or(e.C, Ops.Or(e.C, e.D))),
    ];

    private static ImmutableArray<Rule> Reductions =>
    [
        Rule.On<Sum>("sum of a sum = one sum", Soundness.LastBits,
            n => n is (Sum outer, [(Sum inner, [var x])]) && outer.KeepDims == inner.KeepDims ? Make(Joined(outer, inner), x) : null,
            e => Ops.Sum(Ops.Sum(e.X, [1]), [0])),
        Rule.On<Sum>("sum over repeated elements = their number times one", Soundness.LastBits, SumOfRepeated,
            e => Ops.Sum(Spread(e.Row, RuleOperands.Shape), [0])),
        Rule.On<Sum>("sum of transpose(a[i]) b[i] over i = transpose(rows of all a) (rows of all b)", Soundness.LastBits, SumOfProducts,
            e => Ops.Sum(Ops.MatMul(Ops.Transpose(Parted(e.X), [0, 2, 1]), Parted(e.Y)), [0])),
        Rule.On<Any>("any of repeated truth values = one", Soundness.Exact, AnyOfRepeated,
            e => Ops.Any(Spread(Ops.Any(e.C, [0]), RuleOperands.Shape), [0])),
        Rule.On<Any>("any of what is repeated along other axes = one any, repeated", Soundness.Exact, AnyBesideRepeated,
            e => Ops.Any(Spread(Ops.Any(e.C, [0], keepDims: true), RuleOperands.Shape), [1])),
    ];

    private static Node Parted(Node x) => Ops.Reshape(x, [3, 4, 16]);

    // The example of a law that does not hold for this element type.
    private static Node Simplified() => throw new NotSupportedException("the law is not about this element type");

    private static bool IsOpposite(Node n) =>
        n is (_, [var a, var b]) && (a is (Not, [var c]) && c == b || b is (Not, [var d]) && d == a);

    private static Node? Absorbed<TInner>(Node n) where TInner : Op =>
        n is not (_, [var a, var b]) ? null : Holds<TInner>(b, a) ? a : Holds<TInner>(a, b) ? b : null;

    private static Node? Contained<TInner>(Node n) where TInner : Op =>
        n is not (_, [var a, var b]) ? null : Holds<TInner>(b, a) ? b : Holds<TInner>(a, b) ? a : null;

    private static bool Holds<TOp>(Node n, Node part) where TOp : Op =>
        n is (TOp, [var a, var b]) && (a == part || b == part);
}
