using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>One rule of a custom derivative: a body over operands, results and what flows, and which of its targets it gives.</summary>
/// <param name="Body">Inputs are operands, results and vectors; outputs are the given targets.</param>
/// <param name="Given">Indices of the targets that have a value; the others are zero.</param>
public sealed record CustomRule(Computation Body, Axes Given)
{
    internal static CustomRule Of(string title, Origin origin, Node[] x, Node[] y, Node[] vectors, Node[] targets, DerivativeRule rule)
    {
        Axes given = [];
        var body = Call.BodyOf(title, origin, [.. x, .. y, .. vectors], a =>
        {
            var found = rule([.. a[..x.Length]], [.. a[x.Length..(x.Length + y.Length)]], [.. a[(x.Length + y.Length)..]]);
            Check(title, origin, targets, found);
            given = [.. Enumerable.Range(0, found.Length).Where(i => found[i] is not null)];
            return [.. found.OfType<Node>()];
        });
        return new(body, given);
    }

    private static void Check(string title, Origin origin, Node[] targets, Node?[] found)
    {
        if (found.Length != targets.Length)
            throw new GraphException($"{title} at {origin} gives {found.Length} nodes, {targets.Length} are wanted; give null where one is zero.");
        for (int i = 0; i < found.Length; i++)
            if (found[i] is { } v && (v.Type != targets[i].Type || !v.DType.IsFloat))
                throw new GraphException($"{title} at {origin}: result {i} is {v}, {targets[i].Type} is wanted" +
                    (targets[i].DType.IsFloat ? "; convert, reshape or sum it." : ", which has no derivative; give null."));
    }

    /// <summary>Applies the rule: a node per target, null where it is zero.</summary>
    internal Node?[] Apply(string title, int targets, params ReadOnlySpan<Node> operands)
    {
        var found = new Node?[targets];
        if (Given.Count > 0)
            foreach (var (target, value) in Given.Zip(Adjoint.Apply.Of(new Call(title, Body), Origin.At("", 0), operands).Results))
                found[target] = value;
        return found;
    }
}

/// <summary>A named computation with derivative rules that its author states. A mode without a rule is an error.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Body">What it computes.</param>
/// <param name="Reverse">From operands, results and cotangents of results to cotangents of operands.</param>
/// <param name="Forward">From operands, results and tangents of operands to tangents of results.</param>
public sealed record CustomCall(string Title, Computation Body, CustomRule? Reverse, CustomRule? Forward) : Call(Title, Body)
{
    /// <inheritdoc/>
    public override bool HasOwnDerivative => true;

    /// <inheritdoc/>
    public override ImmutableArray<Computation> Bodies => [Body, .. Rules.Select(r => r.Body)];

    private IEnumerable<CustomRule> Rules => new[] { Reverse, Forward }.OfType<CustomRule>();

    /// <inheritdoc/>
    public override Op WithBodies(ImmutableArray<Computation> bodies) => this with
    {
        Body = bodies[0],
        Reverse = Reverse is null ? null : Reverse with { Body = bodies[1] },
        Forward = Forward is null ? null : Forward with { Body = bodies[^1] },
    };

    /// <summary>Each on all: rules may let through what the body does not.</summary>
    public override void Depend(Dependence d) => d.SetAll(d.Union(d.Active.Select(d.OfAll)));

    /// <inheritdoc/>
    protected override Call Batched(Computation body)
    {
        CustomRule? Rule(CustomRule? rule) => rule is null ? null
            : rule with { Body = BatchSweep.Body(rule.Body, _ => true, body.Inputs[0].Shape[0]) };
        return this with { Body = body, Reverse = Rule(Reverse), Forward = Rule(Forward) };
    }

    /// <inheritdoc/>
    public override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        var rule = Reverse ?? throw Missing(y[0].Apply, "forward", "jvp", "reverse", "vjp");
        var found = rule.Apply($"{Title} vjp", x.Length, [.. x, .. y, .. ct.Select((c, i) => c?.Value ?? Ops.ZerosLike(y[i]))]);
        return [.. found.Select((v, i) => v is null || !needed[i] ? null : Guarded(v, ct, y))];
    }

    /// <inheritdoc/>
    public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
    {
        var rule = Forward ?? throw Missing(y[0].Apply, "reverse", "vjp", "forward", "jvp");
        // Integers have no tangents: zeros stand in their places.
        return [.. rule.Apply($"{Title} jvp", y.Length, [.. x, .. y, .. t.Select((v, i) => v ?? Ops.ZerosLike(x[i]))])];
    }

    private GraphException Missing(Apply call, string has, string given, string wanted, string missing) => new(
        $"{Title} at {call.Origin} has a rule for {has} mode only ({given}), but {wanted} mode passes through it.\n" +
        $"  fix   give CustomDerivative.Of a {missing}, or take the derivative in {has} mode.");

    // Where nothing alive comes back, the cotangent is zero whatever the rule says: per element where the function works element by
    // element, else if none is alive at all.
    private Cotangent Guarded(Node v, ImmutableArray<Cotangent?> ct, ImmutableArray<Node> y)
    {
        var given = ct.OfType<Cotangent>().ToList();
        if (given.Exists(c => c.Alive is null))
            return new(v);
        bool each = IsElementwise && y.All(r => r.Shape == v.Shape);
        var alive = given.Select(c => each ? c.Alive! : Ops.Any(c.Alive!)).Aggregate((a, b) => Ops.Or(a, b));
        alive = Ops.BroadcastTo(alive, v.Shape);
        return new(Ops.Where(alive, v, Ops.ZerosLike(v)), alive);
    }

    private bool IsElementwise => Body.Applies.All(a => a.Op is Elementwise or Leaf || (a.Op is Broadcast && a.Inputs[0].Op is Constant));
}
