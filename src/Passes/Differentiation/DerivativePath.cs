using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>The part of a graph that a derivative passes through: what depends on x and is needed for y.</summary>
internal sealed class DerivativePath
{
    private readonly HashSet<Node> active = [];
    private readonly List<Apply> applies = [];
    private readonly HashSet<Apply> seen = [];
    private readonly Dictionary<Apply, Inlining> calls;

    private DerivativePath(Dictionary<Apply, Inlining> calls) => this.calls = calls;

    /// <summary>Applications, operands first. A call without a rule of its own follows the applications of its opened body.</summary>
    public IReadOnlyList<Apply> Applies => applies;

    /// <summary>Finds the path between two sets of nodes, and opens the calls on it that have no rule of their own.</summary>
    public static DerivativePath Between(ImmutableArray<Node> x, ImmutableArray<Node> y, SweepContext context)
    {
        var path = new DerivativePath(context.Calls);
        path.active.UnionWith(x);
        foreach (var apply in Topology.Sort(y))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            path.Extend(apply);
        }
        return path;
    }

    /// <summary>Whether a node depends on x by a chain of float values, or is one of x.</summary>
    public bool IsActive(Node node) => active.Contains(node);

    /// <summary>The opened body of a call without a rule of its own.</summary>
    public Inlining Open(Apply call) => calls[call];

    /// <summary>Whether derivatives go through the body of a call, since it has no rule of its own.</summary>
    public static bool IsOpen(Apply apply) => apply.Op is Call { HasOwnDerivative: false };

    private void Extend(Apply apply)
    {
        if (apply.Op.Differentiability != Differentiability.Smooth || !HasActiveOperand(apply) || !seen.Add(apply))
            return;
        if (IsOpen(apply))
        {
            ExtendThrough(apply);
            return;
        }
        applies.Add(apply);
        foreach (var result in apply.Results)
            if (result.DType.IsFloat)
                active.Add(result);
    }

    // As deep as calls are nested, not as the graph is. Inside a derivative of a derivative, parts of an opened body are
    // there on their own account already: each application counts once.
    private void ExtendThrough(Apply call)
    {
        if (!calls.TryGetValue(call, out var body))
            calls.Add(call, body = Inlining.Of(call));
        foreach (var inner in body.Applies)
            Extend(inner);
        applies.Add(call);
        for (int i = 0; i < call.Results.Length; i++)
            if (active.Contains(body.Results[i]))
                active.Add(call.Results[i]);
    }

    private bool HasActiveOperand(Apply apply)
    {
        foreach (var x in apply.Inputs)
            if (active.Contains(x))
                return true;
        return false;
    }
}
