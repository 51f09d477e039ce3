using System.Collections.Immutable;

namespace Adjoint;

/// <summary>Orders of a graph, by work-list: a chain a million nodes deep needs no deep stack.</summary>
internal static class Topology
{
    /// <summary>Applications that the roots need, operands before uses, in the order of a depth-first walk from the first root.</summary>
    /// <param name="roots">What is asked for.</param>
    /// <param name="capacity">About how many applications that takes.</param>
    public static ImmutableArray<Apply> Sort(ImmutableArray<Node> roots, int capacity = 0)
    {
        var sorted = ImmutableArray.CreateBuilder<Apply>(capacity);
        var seen = new HashSet<Apply>(capacity);
        var open = new Stack<(Apply Apply, int Next)>();
        foreach (var root in roots)
        {
            if (seen.Add(root.Apply))
                open.Push((root.Apply, 0));
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Apply.Inputs.Length)
                {
                    sorted.Add(top.Apply);
                    continue;
                }
                open.Push((top.Apply, top.Next + 1));
                if (seen.Add(top.Apply.Inputs[top.Next].Apply))
                    open.Push((top.Apply.Inputs[top.Next].Apply, 0));
            }
        }
        return sorted.ToImmutable();
    }

    /// <summary>For each node, the applications that use it and at which operand.</summary>
    public static Dictionary<Node, List<(Node, int)>> Uses(ImmutableArray<Apply> applies)
    {
        var uses = new Dictionary<Node, List<(Node, int)>>();
        foreach (var apply in applies)
            for (int i = 0; i < apply.Inputs.Length; i++)
            {
                if (!uses.TryGetValue(apply.Inputs[i], out var list))
                    uses.Add(apply.Inputs[i], list = []);
                list.Add((apply.Results[0], i));
            }
        return uses;
    }
}
