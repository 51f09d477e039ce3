using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>Forward mode: tangents of x flow on to y, each application once, after its operands.</summary>
internal sealed class ForwardSweep
{
    private readonly Dictionary<Node, Node> tangents = [];
    private readonly DerivativePath path;

    private ForwardSweep(DerivativePath path) => this.path = path;

    /// <summary>The tangents of <paramref name="y"/>: a node each, zeros where it does not depend on x.</summary>
    /// <remarks>
    /// Where one x depends on another, what flows in and its own
    /// tangent add up: the transpose of what reverse mode does.
    /// </remarks>
    public static ImmutableArray<Node> Run(ImmutableArray<Node> y, ImmutableArray<Node> x, ImmutableArray<Node> t, SweepContext context)
    {
        var sweep = new ForwardSweep(DerivativePath.Between(x, y, context));
        using (Origin.Under(context.Origin.AsDerivative("its own")))
            for (int i = 0; i < x.Length; i++)
                sweep.Accumulate(x[i], t[i]);
        foreach (var apply in sweep.path.Applies)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            sweep.Visit(apply);
        }
        using var origin = Origin.Under(context.Origin.AsDerivative("what is not reached"));
        return [.. y.Select(n => sweep.tangents.TryGetValue(n, out var found) ? found : Ops.ZerosLike(n))];
    }

    private void Visit(Apply apply)
    {
        using var scope = NameScope.Set(apply.Scope);
        using var origin = Origin.Under(apply.Origin.AsDerivative(apply.Op.Label));
        bool open = DerivativePath.IsOpen(apply);
        var t = Tangents(open ? path.Open(apply).Results : apply.Inputs);
        if (t.IsDefault)
            return;
        if (!open)
            t = apply.Op.Jvp(apply.Inputs, apply.Results, t);
        for (int i = 0; i < apply.Results.Length; i++)
            if (t[i] is { } tangent)
                Accumulate(apply.Results[i], tangent);
    }

    private ImmutableArray<Node?> Tangents(ImmutableArray<Node> nodes)
    {
        var t = new Node?[nodes.Length];
        bool any = false;
        for (int i = 0; i < t.Length; i++)
            any |= tangents.TryGetValue(nodes[i], out t[i]);
        return any ? [.. t] : default;
    }

    private void Accumulate(Node node, Node tangent) =>
        tangents[node] = tangents.TryGetValue(node, out var sum) ? sum + tangent : tangent;
}
