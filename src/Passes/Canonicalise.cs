using System.Collections.Immutable;
using Adjoint.Operations;
using static Adjoint.Passes.Patterns;

namespace Adjoint.Passes;

/// <summary>
/// One form for what can be written in several: constants to the right, one view where there were two, broadcasts after
/// what can be computed before them. Value numbering knows of commuting operands, so their order is left alone.
/// </summary>
public static class Canonicalise
{
    /// <summary>The laws.</summary>
    public static ImmutableArray<Rule> Rules { get; } =
    [
        Rule.On<Elementwise>("c + x = x + c", Soundness.Exact,
            n => n is (_, [{ SplatScalar: not null } c, { SplatScalar: null } x]) && n.Op.Commutes() ? Make(n.Op, x, c) : null,
            e => 2 + e.X),
        Rule.On<Elementwise>("f(broadcast x, broadcast y, c) = broadcast f(x, y, c)", Soundness.Exact, BroadcastLater,
            e => Make(new Multiply(), Spread(e.Row, RuleOperands.Shape), Spread(e.S, RuleOperands.Shape))),

        Rule.On<Broadcast>("broadcast to the same shape = x", Soundness.Exact,
            n => n is (_, [var x]) && x.Shape.Equals(n.Shape) ? x : null,
            e => Make(new Broadcast(RuleOperands.Shape), e.X)),
        Rule.On<Broadcast>("broadcast broadcast x = broadcast x", Soundness.Exact,
            n => n is (_, [(Broadcast, [var x])]) ? Make(n.Op, x) : null,
            e => Spread(Spread(e.Row, RuleOperands.Shape), [3, 12, 16])),
        Rule.On<Broadcast>("broadcast of a reshape that adds leading axes of extent 1 = broadcast x", Soundness.Exact,
            n => n is (Broadcast b, [(Reshape, [var x]) r]) && AddsLeadingOnes(x.Shape, r.Shape) ? Make(b, x) : null,
            e => Spread(Reshaped(e.Row, [1, 16]), RuleOperands.Shape)),

        Rule.On<Reshape>("reshape to the same shape = x", Soundness.Exact,
            n => n is (_, [var x]) && x.Shape.Equals(n.Shape) ? x : null,
            e => Make(new Reshape(RuleOperands.Shape), e.X)),
        Rule.On<Reshape>("reshape reshape x = reshape x", Soundness.Exact,
            n => n is (_, [(Reshape, [var x])]) ? Reshaped(x, n.Shape) : null,
            e => Reshaped(Reshaped(e.X, [192]), [16, 12])),
        Rule.On<Reshape>("reshape broadcast c = broadcast c, for a scalar c", Soundness.Exact,
            n => n is (_, [(Broadcast, [{ Rank: 0 } c])]) ? Spread(c, n.Shape) : null,
            e => Reshaped(Spread(e.S, RuleOperands.Shape), [16, 12])),

        Rule.On<Reshape>("reshape transpose x = reshape x, where axes of extent 1 alone have moved", Soundness.Exact,
            n => n is (_, [(Transpose { Order: var order }, [var x])]) && MovesOnesOnly(order, x.Shape) ? Reshaped(x, n.Shape) : null,
            e => Reshaped(Make(new Transpose([1, 0, 2]), Reshaped(e.X, [1, 16, 12])), [192])),

        Rule.On<Reduction>("reduce keeping its axes = reshape reduce", Soundness.Exact,
            n => n is (Reduction { KeepDims: true } r, [var x]) ? Reshaped(Make(r with { KeepDims = false }, x), n.Shape) : null,
            e => Make(new Sum([1], KeepDims: true), e.X)),

        Rule.On<Transpose>("transpose in the order that is there = x", Soundness.Exact,
            n => n is (Transpose { Order: var order }, [var x]) && order.Equals(Axes.All(order.Count)) ? x : null,
            e => Make(new Transpose([0, 1]), e.X)),
        Rule.On<Transpose>("transpose transpose x = transpose x", Soundness.Exact,
            n => n is (Transpose { Order: var p }, [(Transpose { Order: var q }, [var x])]) ? Make(new Transpose(Compose(p, q)), x) : null,
            e => Make(new Transpose([1, 0]), Make(new Transpose([1, 0]), e.X))),
        Rule.On<Transpose>("transpose broadcast c = broadcast c, for a scalar c", Soundness.Exact,
            n => n is (_, [(Broadcast, [{ Rank: 0 } c])]) ? Spread(c, n.Shape) : null,
            e => Make(new Transpose([1, 0]), Spread(e.S, RuleOperands.Shape))),
    ];

    /// <summary>Applies the laws to a fixed point.</summary>
    public static Computation Run(Computation f, PassContext context) => f.Rewrite(Rules, context);

    // Axis a of the result is axis p[a] of the inner transpose, which is axis q[p[a]] of the operand.
    private static Axes Compose(Axes p, Axes q)
    {
        var order = new int[p.Count];
        for (int a = 0; a < order.Length; a++)
            order[a] = q[p[a]];
        return Axes.Of(order);
    }

    private static bool MovesOnesOnly(Axes order, Shape shape)
    {
        int last = -1;
        foreach (int axis in order)
            if (shape[axis] != Dim.One)
            {
                if (axis < last)
                    return false;
                last = axis;
            }
        return true;
    }

    private static bool AddsLeadingOnes(Shape from, Shape to)
    {
        int added = to.Rank - from.Rank;
        for (int a = 0; a < to.Rank; a++)
            if (added < 0 || to[a] != (a < added ? Dim.One : from[a - added]))
                return false;
        return true;
    }

    // All operands are broadcasts, those that are no scalars from one smaller shape.
    private static Node? BroadcastLater(Node n)
    {
        Shape? small = null;
        foreach (var x in n.Apply.Inputs)
        {
            if (x.Op is not Broadcast)
                return null;
            var from = x.Apply.Inputs[0].Shape;
            if (small is not null && from.Rank > 0 && small.Rank > 0 && !from.Equals(small))
                return null;
            if (small is null || small.Rank == 0)
                small = from;
        }
        if (small is null || small.Equals(n.Shape))
            return null;
        var operands = new Node[n.Apply.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
            operands[i] = Spread(n.Apply.Inputs[i].Apply.Inputs[0], small);
        return Spread(Make(n.Op, operands), n.Shape);
    }
}
