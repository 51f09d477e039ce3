using Adjoint.Operations;

namespace Adjoint.Onnx.Importing;

/// <summary>
/// What is known of values while a graph is built: numbers that follow from constants, by the reference semantics,
/// and extents that follow from shapes. Asked for on demand, so that only what fixes a structure is computed.
/// </summary>
internal sealed class Knowledge
{
    // What fixes a shape is small; reference semantics take about 20 ns an element, so that all of this takes seconds at most.
    private const long MaxElements = 1 << 16, MaxWork = 1 << 27;

    private double work;

    private readonly Dictionary<Apply, bool> fixedApplies = [];
    private readonly Dictionary<Node, HostTensor> values = [];

    /// <summary>The numbers of a node that depends on constants only and is not large; else null.</summary>
    public HostTensor? Of(Node node)
    {
        if (node.Op is Constant constant)
            return constant.Values;
        if (!IsFixed(node.Apply))
            return null;
        foreach (var apply in Pending(node.Apply))
            Evaluate(apply);
        return values[node];
    }

    private bool IsFixed(Apply root)
    {
        foreach (var apply in Unvisited(root, fixedApplies.ContainsKey))
            fixedApplies[apply] = IsFixedByItself(apply) && apply.Inputs.All(x => fixedApplies[x.Apply]);
        return fixedApplies[root];
    }

    private static bool IsFixedByItself(Apply apply) =>
        apply.Op is not (InputOp or VariableRead or DerivativeRequest)
        && apply.Results.All(r =>
            r.Shape.ElementCount.TryConstant(out long count) && (count <= MaxElements || apply.Op is Constant))
        && (apply.Op is not Extent extent || extent.Of.IsConstant)
        && apply.Op.Bodies.All(b => b.Applies.All(a => a.Op is InputOp || IsFixedByItself(a)));

    private List<Apply> Pending(Apply root) => Unvisited(root, a => values.ContainsKey(a.Results[0]));

    private void Evaluate(Apply apply)
    {
        if ((work += Work(apply)) > MaxWork)
            throw new InvalidOperationException("too much would have to be computed to know what fixes its shape");
        var results = apply.Op.Evaluate(new([.. apply.Inputs.Select(x => values[x])],
            [.. apply.Results.Select(r => r.Type)], NoSymbols));
        for (int i = 0; i < results.Length; i++)
            values[apply.Results[i]] = results[i];
    }

    // Elements written, and for products those multiplied.
    private static double Work(Apply apply) => apply.Results.Sum(Count) + apply.Inputs.Sum(Count)
        + (apply.Op is Contraction ? Count(apply.Results[0]) * apply.Inputs.Max(Count) : 0) + apply.Op.Bodies
            .Sum(b => b.Applies.Sum(Work));

    private static double Count(Node node) => node.Shape.ElementCount.TryConstant(out long count) ? count : 0;

    private static readonly Dictionary<string, long> NoSymbols = [];

    // Operands before uses, with a stack of our own: a chain in a file can be as long as the file.
    private static List<Apply> Unvisited(Apply root, Func<Apply, bool> isVisited)
    {
        var order = new List<Apply>();
        var seen = new HashSet<Apply>();
        var pending = new Stack<(Apply Apply, bool Done)>([(root, false)]);
        while (pending.TryPop(out var next))
        {
            if (next.Done)
                order.Add(next.Apply);
            else if (!isVisited(next.Apply) && seen.Add(next.Apply))
            {
                pending.Push((next.Apply, true));
                foreach (var x in next.Apply.Inputs)
                    pending.Push((x.Apply, false));
            }
        }
        return order;
    }
}
