using Adjoint.Operations;

namespace Adjoint.Passes;

/// <content>
/// Maps that a group makes of several values of another one, before anything else meets them, are made where those values are, if fewer
/// result: the derivative of an activation is stored beside the activation, in place of what both are made of.
/// </content>
public sealed partial class Fuse
{
    // A node has joined a group, and its other readers could not: they wait for that group.
    private void TakeMaps(GroupBuilder group, Node node, Access at, List<Use> readers)
    {
        if (!IsMap(node) || group.Kind is GroupKind.Prologue)
            return;
        var others = readers.FindAll(u => u.Reader.Root != group && at.Equals(u.Access)).Select(u => u.Reader.Root).Distinct();
        foreach (var other in others.ToList())
            if (other.Kind is GroupKind.Loop or GroupKind.Contraction && other.Cost <= EpilogueBudget && other.Tier == group.Tier
                && other.Domain.SequenceEqual(group.Domain))
                TakeMaps(group, node, at, other);
    }

    // Of values of four or eight bytes: tiles, which the group may become, hold no others.
    private static bool IsMap(Node node) => node.Op is Elementwise && !node.DType.IsByte && !node.Apply.Inputs.Any(x => x.DType.IsByte);

    private void TakeMaps(GroupBuilder group, Node node, Access at, GroupBuilder other)
    {
        bool IsAtHand(Node x) =>
            x == node || (uses.TryGetValue(x, out var found) && found.Exists(u => u.Reader.Root == group && at.Equals(u.Access)));
        int Reads(Node x) => uses[x].Count(u => u.Reader.Root == other);
        var (maps, reads, cost) = (new HashSet<Node>(), new Dictionary<Node, int>(), 0);
        foreach (var (map, access) in other.OperandsFirst)
        {
            if (!IsMap(map) || !at.Equals(access) || other.Stores(map)
                || !map.Apply.Inputs.All(x => x.SplatScalar is not null || maps.Contains(x) || IsAtHand(x)))
                continue;
            maps.Add(map);
            cost += Cost(map.Op);
            foreach (var x in map.Apply.Inputs)
                if (x.SplatScalar is null)
                    reads[x] = reads.GetValueOrDefault(x) + 1;
        }
        // What was in memory before the group, or will be for other reasons, is not saved.
        bool IsSaved(Node x) =>
            !maps.Contains(x) && x.Op is not Leaf && Reads(x) == reads[x] && (!visited.Contains(x) || group.Computes(x));
        var results = maps.Where(m => Reads(m) > reads.GetValueOrDefault(m)).ToList();
        bool isWorthIt = results.Sum(m => m.DType.Size) < reads.Keys.Where(IsSaved).Sum(x => x.DType.Size);
        if (!isWorthIt || group.Cost + cost > EpilogueBudget)
            return;
        other.Give(maps, cost, group);
        foreach (var (x, count) in reads)
        {
            for (int i = 0; i < count; i++)
                uses[x][uses[x].FindIndex(u => u.Reader.Root == other && at.Equals(u.Access))] = new(group, at);
            if (uses[x].TrueForAll(u => u.Reader.Root == group))
                group.Keep(x);
        }
        foreach (var result in results)
            group.Store(new(result, at, result, at));
        other.Follow(group.Level);
    }
}
