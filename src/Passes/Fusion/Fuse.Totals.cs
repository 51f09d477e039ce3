using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <content>
/// Totals: sums down the columns of what loops over rows have at hand, such as the gradients of a norm's scale and shift, and sums down
/// columns or along rows of what tiles of a product have. They are taken beside the rows, so that no tensor is read once more for them.
/// </content>
public sealed partial class Fuse
{
    /// <summary>How many values between a total and what the loops read are looked through.</summary>
    private const int Reach = 12;

    // Readers first, and of those that are left the last of the graph. Sums down columns wait, those of the graph's last tensor least:
    // whoever reads the same tensor has then been visited, so that all loops over rows that they may join are there. Without any, that
    // is the graph backwards.
    private IEnumerable<Apply> ReadersFirst()
    {
        var applies = computation.Applies;
        return applies.Any(IsTotal) ? TotalsLast(applies) : Enumerable.Range(1, applies.Length).Select(i => applies[^i]);
    }

    // Parts that depend on others come before those.
    private IEnumerable<Apply> ByPart(IEnumerable<Apply> applies) =>
        partition.IsNone ? applies : applies.OrderByDescending(a => partition[a].Rank);

    private static IEnumerable<Apply> TotalsLast(ImmutableArray<Apply> applies)
    {
        var number = applies.Index().ToDictionary(a => a.Item, a => a.Index);
        var awaited = new int[applies.Length];
        foreach (var apply in applies)
            foreach (var x in apply.Inputs)
                awaited[number[x.Apply]]++;
        var ready = new PriorityQueue<Apply, (bool, int)>();
        void Offer(Apply apply) => ready.Enqueue(apply, IsTotal(apply) ? (true, -number[apply.Inputs[0].Apply]) : (false, -number[apply]));
        foreach (var apply in applies)
            if (awaited[number[apply]] == 0)
                Offer(apply);
        while (ready.TryDequeue(out var next, out _))
        {
            yield return next;
            foreach (var x in next.Inputs)
                if (--awaited[number[x.Apply]] == 0)
                    Offer(x.Apply);
        }
    }

    // Over leading axes, so that its operand's rows lie in memory.
    private static bool IsTotal(Apply apply) => apply.Op is Reduction { Axes: var axes } && axes.Count > 0
        && axes.Count < apply.Inputs[0].Rank && axes.SequenceEqual(Enumerable.Range(0, axes.Count));

    // Loops over rows that read the operand, or what it is computed from, take the sum beside them.
    private GroupBuilder? Beside(Node node, List<Use> readers, out Access access)
    {
        access = null!;
        if (!takesTotals || !IsTotal(node.Apply))
            return null;
        var (reduction, operand, level) = ((Reduction)node.Op, node.Apply.Inputs[0], LevelAbove(readers));
        var above = readers.Select(u => u.Reader.Root).ToHashSet();
        var at = Access.Identity(operand.Shape);
        var open = new Queue<(Node Node, Access Access)>([(operand, at)]);
        for (int seen = 0; seen < Reach && open.TryDequeue(out var next); seen++)
        {
            var (source, whole) = Behind(next.Node, next.Access);
            foreach (var (reader, use) in uses.GetValueOrDefault(source) ?? [])
                if (whole.Equals(use) && reader.Root is var group && !above.Contains(group) && group.Cost + Cost(node.Op) <= Budget
                    && group.Tier == TierOf(node, readers) && group.MayRise(level) && group.AcceptTotal(reduction, node) is { } found)
                {
                    access = found;
                    group.Rise(level);
                    group.Add(node, access, Cost(node.Op));
                    Read(group, operand, at);
                    return group;
                }
            if (source.Op is Elementwise)
                foreach (var x in source.Apply.Inputs)
                    open.Enqueue((x, whole));
        }
        return null;
    }

    // A product takes sums of what it becomes, such as a bias's gradient or the lengths of rows, into its tiles. It is visited after
    // them, so a group over their operand's elements waits for it, above all that reads these. Without a product it is one like others.
    private GroupBuilder? Await(Node node, List<Use> readers, out Access access)
    {
        access = null!;
        if (!takesTotals || node.Op is not Reduction reduction || LevelAboveProduct(node, readers) is not { } level)
            return null;
        var operand = node.Apply.Inputs[0];
        var group = new GroupBuilder(level, GroupKind.Loop, operand.Shape.Where(d => d != Dim.One), TierOf(node, readers));
        if (group.BeginWithTotal(reduction, node) is not { } found)
            return null;
        access = found;
        groups.Add(group);
        group.Add(node, access, Cost(node.Op));
        Read(group, operand, Access.Identity(operand.Shape));
        return group;
    }

    // Above all that reads a reduction, or values between it and a product that its operand is made from by maps; null if there is none,
    // or if loops that need the result walk through such values too: those reduce what they then have at hand. What is stored anyway is
    // reduced to one number sooner by a loop over it, at the speed of memory, than while tiles are stored.
    private int? LevelAboveProduct(Node reduction, List<Use> readers)
    {
        var loops = readers.Select(u => u.Reader.Root).Where(g => g.Kind is GroupKind.Loop).ToHashSet();
        var (level, found, isOfAll) = (LevelAbove(readers), false, reduction.Shape.All(d => d == Dim.One));
        var (open, seen) = (new Queue<Node>([reduction.Apply.Inputs[0]]), new HashSet<Node>());
        while (seen.Count < Reach && open.TryDequeue(out var next))
        {
            if (next.Op is not (Elementwise or Contraction) || !seen.Add(next))
                continue;
            var others = uses.GetValueOrDefault(next) ?? [];
            if (!IsTotal(reduction.Apply) && others.Exists(u => u.Access is null ? isOfAll : loops.Contains(u.Reader.Root)))
                return null;
            level = others.Count > 0 ? Math.Max(level, LevelAbove(others)) : level;
            if (next.Op is Contraction)
                found = true;
            else
                foreach (var x in next.Apply.Inputs)
                    open.Enqueue(x);
        }
        return found ? level : null;
    }

    // Rows and columns there must be, and tiles of windows that are read where they lie go across both.
    private static bool HasTotals(Node product) => product.Shape[-2] != Dim.One && product.Shape[-1] != Dim.One
        && !(Viewed(product.Apply.Inputs[1]) is (Reshape, [(View, _)]));

    private static (Node, Access) Behind(Node node, Access access)
    {
        while (node.Op is View view && view.Map(node.Apply.Inputs[0].Type, node.Type) is { } map)
            (node, access) = (node.Apply.Inputs[0], access.Through(map, node.Apply.Inputs[0].Type));
        return (node, access);
    }
}
