using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// Which elements of x each element of a graph depends on, each application once, after its operands. A superset of what derivatives
/// reach: values are not looked at, but for known positions.
/// </summary>
internal sealed class DependenceSweep
{
    private readonly Dictionary<Node, ElementSet[]> sets = [];
    private readonly Dictionary<Node, HostTensor?> values = [];
    private readonly Func<Node, HostTensor?> known;

    private DependenceSweep(SetUnion union, Func<Node, HostTensor?> known) => (Union, this.known) = (union, known);

    /// <summary>Unites sets of elements of x.</summary>
    public SetUnion Union { get; }

    /// <summary>What the elements of y depend on; the elements of all x are numbered through, row-major.</summary>
    /// <param name="y">A node without derivative requests behind it.</param>
    /// <param name="x">Nodes that y is computed from.</param>
    /// <param name="known">Values of inputs that are known; null for the others.</param>
    public static ElementSet[] Run(Node y, ReadOnlySpan<Node> x, Func<Node, HostTensor?> known)
    {
        int columns = 0;
        foreach (var node in x)
            columns += Dependence.Count(node);
        var sweep = new DependenceSweep(new(columns), known);
        int first = 0;
        foreach (var node in x)
        {
            int start = first;
            sweep.sets[node] = [.. Enumerable.Range(0, Dependence.Count(node)).Select(i => new ElementSet([start + i]))];
            first += sweep.sets[node].Length;
        }
        sweep.Visit(Topology.Sort([y]));
        return sweep.sets.TryGetValue(y, out var found) ? found : [.. Enumerable.Repeat(ElementSet.Empty, Dependence.Count(y))];
    }

    /// <summary>What the results of a body depend on, from what its inputs depend on.</summary>
    public ImmutableArray<ElementSet[]?> Through(Computation body, ElementSet[]?[] operands, Func<int, HostTensor?> valueOf)
    {
        var inner = new DependenceSweep(Union, node => body.Inputs.IndexOf(node) is >= 0 and var i ? valueOf(i) : null);
        for (int i = 0; i < operands.Length; i++)
            if (operands[i] is { } given)
                inner.sets[body.Inputs[i]] = given;
        inner.Visit(body.Applies);
        return [.. body.Outputs.Select(o => inner.sets.GetValueOrDefault(o.Value))];
    }

    /// <summary>The value of a node that follows from constants and known inputs; else null.</summary>
    public HostTensor? ValueOf(Node node)
    {
        if (!values.TryGetValue(node, out var found))
            values[node] = found = Evaluate(node);
        return found;
    }

    private HostTensor? Evaluate(Node node)
    {
        if (node.Op is Constant constant)
            return constant.Values;
        Node[] leaves = [.. Topology.Sort([node]).Where(a => a.Op is InputOp or VariableRead).Select(a => a.Results[0])];
        HostTensor?[] given = [.. leaves.Select(known)];
        return leaves.Any(l => l.Op is VariableRead) || given.Contains(null) ? null
            : Reference.Run(new(leaves, [node]), given!)[0];
    }

    private void Visit(ImmutableArray<Apply> applies)
    {
        foreach (var apply in applies)
        {
            if (apply.Op.Differentiability == Differentiability.Request)
                throw new GraphException($"{apply.Op.Name} at {apply.Origin} is a derivative request; run the differentiate pass before.");
            if (apply.Op.Differentiability != Differentiability.Smooth)
                continue;
            ElementSet[]?[] operands = [.. apply.Inputs.Select(x => x.DType.IsFloat ? sets.GetValueOrDefault(x) : null)];
            if (operands.All(o => o is null))
                continue;
            var dependence = new Dependence(this, apply, operands);
            apply.Op.Depend(dependence);
            for (int r = 0; r < apply.Results.Length; r++)
                if (apply.Results[r].DType.IsFloat && dependence.Results[r] is { } made)
                    Unite(apply.Results[r], made);
        }
    }

    // Where one x depends on another, what flows in and its own elements add up, as derivatives do.
    private void Unite(Node node, ElementSet[] made) => sets[node] = sets.TryGetValue(node, out var own)
        ? [.. own.Zip(made, (a, b) => Union.Of([a, b]))] : made;
}
