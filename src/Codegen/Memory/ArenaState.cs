using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>The arena of a plan whose extents are numbers: how large it is, when most is alive, and what that is.</summary>
internal sealed class ArenaState
{
    // Vector instructions that may run again to save a value.
    private const int MostCost = 120;

    private readonly MemoryPlaces places;
    private readonly ArenaBuffer[] buffers;
    private readonly Dictionary<Node, int> computedAt = [];
    private readonly int crowded;

    public ArenaState(LaunchPlan plan)
    {
        places = plan.Places();
        var lifetimes = Lifetimes.Of(plan.Launches, places, reuse: true);
        buffers = [.. lifetimes.Select((l, i) =>
            new ArenaBuffer(l.First, l.Last, MemoryPlaces.BytesOf(places.Arena[i]).Constant, 0, l.Reuses))];
        Bytes = ArenaLayout.Solve(buffers).Bytes;
        crowded = ArenaLayout.MostCrowded(buffers);
        for (int s = 0; s < plan.Launches.Count; s++)
            foreach (var node in plan.Launches[s].Group.Nodes)
                computedAt.TryAdd(node, s);
    }

    /// <summary>Bytes of the arena.</summary>
    public long Bytes { get; }

    /// <summary>Maps that are alive at the most crowded launch, made before it and read after it; the largest first.</summary>
    public IEnumerable<Node> Crowd() => Enumerable.Range(0, buffers.Length)
        .Where(i => buffers[i].First < crowded && buffers[i].Last > crowded && places.Arena[i] is Node { Op: Elementwise or Generator })
        .OrderByDescending(i => buffers[i].Bytes).ThenBy(i => i).Select(i => (Node)places.Arena[i]);

    /// <summary>Whether a node is computed after the most crowded launch.</summary>
    public bool IsLate(Apply apply) => computedAt.TryGetValue(apply.Results[0], out int step) && step > crowded;

    /// <summary>The maps that make a value from what lies in memory; empty where they are too dear.</summary>
    public HashSet<Node> Cone(Node value)
    {
        var cone = new HashSet<Node>();
        var open = new Stack<Node>([value]);
        int cost = 0;
        while (open.TryPop(out var node))
        {
            if (!cone.Add(node))
                continue;
            cost += node.Op is Elementwise map ? map.Cost : 12;
            if (cost > MostCost)
                return [];
            foreach (var x in node.Apply.Inputs)
                if (Behind(x) is { Op: Elementwise or Generator } inner && !IsStored(inner))
                    open.Push(inner);
        }
        return cone;
    }

    private static Node Behind(Node x)
    {
        while (x.Op is View)
            x = x.Apply.Inputs[0];
        return x;
    }

    private bool IsStored(Node node) => places.Has(node);
}
