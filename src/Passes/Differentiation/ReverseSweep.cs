using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Reverse mode: cotangents of y flow back to x, each application once, after everything that uses it.</summary>
internal sealed class ReverseSweep
{
    private readonly Dictionary<Node, Cotangent> cotangents = [];
    private readonly DerivativePath path;

    private ReverseSweep(DerivativePath path) => this.path = path;

    /// <summary>The cotangents of <paramref name="x"/>: a node each, zeros where y does not depend on it.</summary>
    public static ImmutableArray<Node> Run(ImmutableArray<Node> y, ImmutableArray<Node> ct, ImmutableArray<Node> x, SweepContext context)
    {
        var sweep = new ReverseSweep(DerivativePath.Between(x, y, context));
        for (int i = 0; i < y.Length; i++)
            sweep.Accumulate(y[i], new(ct[i]), y[i].Apply);
        for (int i = sweep.path.Applies.Count - 1; i >= 0; i--)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            sweep.Visit(sweep.path.Applies[i]);
        }
        using var origin = Origin.Under(context.Origin.AsDerivative("what is not reached"));
        return [.. x.Select(n => sweep.cotangents.TryGetValue(n, out var found) ? found.Value : Ops.ZerosLike(n))];
    }

    private void Visit(Apply apply)
    {
        var ct = Cotangents(apply);
        if (ct.IsDefault)
            return;
        using var scope = NameScope.Set(apply.Scope);
        using var origin = Origin.Under(apply.Origin.AsDerivative(apply.Op.Label));
        var (targets, values) = DerivativePath.IsOpen(apply) ? (path.Open(apply).Results, ct) : (apply.Inputs, Pull(apply, ct));
        for (int i = 0; i < targets.Length; i++)
            if (values[i] is { } value)
                Accumulate(targets[i], value, apply);
    }

    private ImmutableArray<Cotangent?> Cotangents(Apply apply)
    {
        var ct = new Cotangent?[apply.Results.Length];
        bool any = false;
        for (int i = 0; i < ct.Length; i++)
            any |= cotangents.TryGetValue(apply.Results[i], out ct[i]);
        return any ? [.. ct] : default;
    }

    private ImmutableArray<Cotangent?> Pull(Apply apply, ImmutableArray<Cotangent?> ct)
    {
        var needed = ImmutableArray.CreateBuilder<bool>(apply.Inputs.Length);
        foreach (var x in apply.Inputs)
            needed.Add(path.IsActive(x));
        return apply.Op.Vjp(apply.Inputs, apply.Results, ct, needed.MoveToImmutable());
    }

    // Several uses of a node add up, in the reverse order of the uses: a left fold, the same every time.
    private void Accumulate(Node node, Cotangent ct, Apply user)
    {
        if (!path.IsActive(node))
            return;
        if (ct.Value.DType != node.DType || ct.Value.Rank != node.Rank)
            throw new InvalidOperationException($"{user.Op.Name} at {user.Origin} gives {ct.Value.Type} as the cotangent of {node}.");
        cotangents[node] = cotangents.TryGetValue(node, out var sum) ? Sum(sum, ct) : ct;
    }

    // A sum is alive where either part is; where one part is alive everywhere, so is the sum.
    private static Cotangent Sum(Cotangent a, Cotangent b) => new(a.Value + b.Value,
        a.Alive is null || b.Alive is null ? null : ReferenceEquals(a.Alive, b.Alive) ? a.Alive : Ops.Or(a.Alive, b.Alive));
}
