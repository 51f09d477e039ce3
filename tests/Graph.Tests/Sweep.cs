using System.Collections.Immutable;

namespace Adjoint.Graph.Tests;

/// <summary>Both derivative modes in their plainest form, one rule after the other: enough to test rules without the passes.</summary>
internal static class Sweep
{
    /// <summary>Cotangents of x from one of y; null where structurally zero.</summary>
    public static Node?[] Pullback(Node y, Node[] x, Node ct)
    {
        var cotangents = new Dictionary<Node, Cotangent>(ReferenceEqualityComparer.Instance) { [y] = new(ct) };
        var path = Depending(x, y);
        foreach (var apply in Between(x, y).Reverse())
        {
            ImmutableArray<Cotangent?> seeds = [.. apply.Results.Select(r => cotangents.GetValueOrDefault(r))];
            if (apply.Op is InputOp || seeds.All(s => s is null))
                continue;
            var parts = apply.Op.Vjp(apply.Inputs, apply.Results, seeds,
                [.. apply.Inputs.Select(i => i.DType.IsFloat && path.Contains(i))]);
            foreach (var (input, part) in apply.Inputs.Zip(parts))
                if (part is not null)
                    cotangents[input] = cotangents.TryGetValue(input, out var sum) ? new(sum.Value + part.Value) : part;
        }
        return [.. x.Select(n => cotangents.GetValueOrDefault(n)?.Value)];
    }

    /// <summary>The tangent of y from those of x; null where structurally zero.</summary>
    public static Node? Pushforward(Node y, Node[] x, Node?[] t)
    {
        var tangents = new Dictionary<Node, Node?>(ReferenceEqualityComparer.Instance);
        foreach (var (node, tangent) in x.Zip(t))
            tangents[node] = tangent;
        foreach (var apply in Between(x, y))
        {
            ImmutableArray<Node?> incoming = [.. apply.Inputs.Select(i => tangents.GetValueOrDefault(i))];
            if (apply.Op is InputOp || incoming.All(i => i is null))
                continue;
            foreach (var (result, tangent) in apply.Results.Zip(apply.Op.Jvp(apply.Inputs, apply.Results, incoming)))
                tangents[result] = tangent;
        }
        return tangents.GetValueOrDefault(y);
    }

    /// <summary>The same value with calls that have no rule of their own replaced by their bodies.</summary>
    public static Node Inline(Node y, Node[] x)
    {
        var f = new Computation(x, [y]);
        return f.Applies.Any(IsOpen) ? Inline(Rebuild(f, [.. x])[0], x) : y;
    }

    private static bool IsOpen(Apply a) => a.Op is Call { HasOwnDerivative: false };

    private static ImmutableArray<Node> Rebuild(Computation f, ImmutableArray<Node> operands)
    {
        var to = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        foreach (var (from, operand) in f.Inputs.Zip(operands))
            to[from] = operand;
        foreach (var apply in f.Applies.Where(a => a.Op is not InputOp))
        {
            ImmutableArray<Node> inputs = [.. apply.Inputs.Select(i => to[i])];
            var results = IsOpen(apply) ? Rebuild(((Call)apply.Op).Body, inputs)
                : Apply.Of(apply.Op, apply.Origin, inputs.AsSpan()).Results;
            foreach (var (from, result) in apply.Results.Zip(results))
                to[from] = result;
        }
        return [.. f.Outputs.Select(o => to[o.Value])];
    }

    // What the inputs reach: other operands want no cotangent, and some ops have none for them.
    private static HashSet<Node> Depending(Node[] x, Node y)
    {
        var path = new HashSet<Node>(x, ReferenceEqualityComparer.Instance);
        foreach (var apply in Between(x, y).Where(a => a.Inputs.Any(path.Contains)))
            path.UnionWith(apply.Results);
        return path;
    }

    private static ImmutableArray<Apply> Between(Node[] x, Node y) => new Computation(x, [y]).Applies;
}
