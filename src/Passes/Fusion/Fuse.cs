using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>
/// Partitions a graph into kernels. Nodes are visited results first, and each joins the group of the consumers that it
/// feeds, so a value is computed where it is used; what several groups read is stored once. Nothing is duplicated but
/// constants, indices, views and cheap maps of what lies in memory anyway.
/// </summary>
/// <remarks>
/// Cycles cannot arise: a group's level is above those of all groups that read from it. A node may join the group of the
/// highest level among its readers, or one that can rise there, being below all groups that it reads from itself. One
/// visit per node, so fusion is linear, but for a queue where there are sums down columns.
/// </remarks>
public sealed partial class Fuse
{
    /// <summary>
    /// Vector instructions per kernel, well clear of where the JIT stops inlining. What registers do not hold waits on the stack, which is
    /// nearer than the memory of tensors between two kernels.
    /// </summary>
    public const int Budget = 800;

    /// <summary>
    /// Instructions that an epilogue may hold, whose tile's accumulators
    /// already fill the registers, and a prologue, which has edges of its own.
    /// </summary>
    private const int EpilogueBudget = 100;

    /// <summary>Elements that one kernel fills sooner than several fill their border.</summary>
    private const int SmallFill = 4096;

    /// <summary>
    /// Bytes of a row that are filled sooner, in order, than its two
    /// ends alone, whose cache lines are read and written all the same.
    /// </summary>
    private const int ShortRow = 512;

    private readonly Computation computation;
    private readonly bool takesTotals;
    private readonly Partition partition;
    private readonly Dictionary<Node, List<Use>> uses;
    private readonly HashSet<Node> visited;
    private readonly List<GroupBuilder> groups = [];
    private readonly List<List<GroupBuilder>> records = [];   // groups that fill columns of one tensor
    private readonly GroupBuilder exit = new(0, GroupKind.Loop, [], Tier.Often);

    private Fuse(Computation computation, bool takesTotals, Partition partition)
    {
        (this.computation, this.takesTotals, this.partition) = (computation, takesTotals, partition);
        int applies = computation.Applies.Length;
        (uses, visited) = (new(applies), new(applies));
    }

    /// <summary>Fuses an optimised computation; calls and derivative requests must be gone.</summary>
    /// <param name="computation">The graph.</param>
    /// <param name="takesTotals"> Whether sums down columns are taken beside loops
    /// over rows and in tiles of products, and completed in a second launch.
    /// </param>
    /// <param name="partition">What is kept apart; nothing by default.</param>
    public static FusedComputation Run(Computation computation, bool takesTotals = true, Partition? partition = null) =>
        new Fuse(computation, takesTotals, partition ?? Partition.None).Run();

    private FusedComputation Run()
    {
        foreach (var root in computation.Roots)
            Keep(root, exit);
        var straight = new HashSet<Part>();
        foreach (var apply in ByPart(ReadersFirst()))
            if (partition[apply] is { IsStraight: true } part)
            {
                if (straight.Add(part))
                    RunStraight(part);
            }
            else if (apply.Op is Routine)
                RunRoutine(apply);
            else
                foreach (var node in apply.Results)
                    if (uses.TryGetValue(node, out var found))
                        Visit(node, found);
        records.ForEach(MergeColumns);
        return new(computation, [.. groups.Where(g => g.Root == g).OrderByDescending(g => g.Level).Select(g => g.Build())]);
    }

    // Who reads a node: with an access, from inside its loops; with none, from memory.
    private readonly record struct Use(GroupBuilder Reader, Access? Access);

    private void Visit(Node node, List<Use> readers)
    {
        visited.Add(node);
        switch (node.Op)
        {
            case Leaf:
                break;
            case Assembly assembly:
                Assemble(node, assembly, LevelAbove(readers));
                Precede(LevelAbove(readers), readers);
                break;
            case Scatter:
                ScatterInto(node, LevelAbove(readers));
                Precede(LevelAbove(readers), readers);
                break;
            case Call or DerivativeRequest:
                throw new GraphException($"{node} ({node.Apply.Origin}) reached fusion; inline and differentiate come first.");
            default:
                Place(node, readers);
                break;
        }
    }

    private void Place(Node node, List<Use> readers)
    {
        int top = Top(readers);
        var group = Beside(node, readers, out var access) ?? Await(node, readers, out access) ?? Join(node, readers, top, out access);
        if (group is not null && !IsReadElsewhere(group, readers))
            return;
        if (Recompute(node, Elsewhere(group, readers), group is not null))
            return;
        group ??= Host(node, readers, out access) ?? Start(node, top + 1, TierOf(node, readers), out access);
        TakeMaps(group, node, access, readers);
        if (IsReadElsewhere(group, readers))
            group.Store(new(node, access, node, access));
        Precede(group.Level, readers, except: group);
    }

    private static bool IsReadElsewhere(GroupBuilder group, List<Use> readers)
    {
        foreach (var (reader, access) in readers)
            if (access is null || reader.Root != group)
                return true;
        return false;
    }

    private static List<Use> Elsewhere(GroupBuilder? group, List<Use> readers) =>
        readers.FindAll(u => u.Access is null || u.Reader.Root != group);

    // Into all that read it from the highest level, once they are one group. Readers of lower levels come along if they can.
    private GroupBuilder? Join(Node node, List<Use> readers, int top, out Access access)
    {
        var (first, at) = FirstAt(top, readers);
        var (group, cost) = (first.Root, Cost(node.Op));
        access = at!;
        return at is not null && group.Cost + cost <= (group.Kind == GroupKind.Loop ? Budget : EpilogueBudget)
            && group.Tier == TierOf(node, readers) && (readers.Count == 1 || Unite(readers, group, node, at, Budget - cost))
            && Enter(group, node, at, cost) ? group : null;
    }

    // Makes one group of those that read a node as the first one does: of all readers at the level of that, and of others if they can rise.
    private static bool Unite(List<Use> readers, GroupBuilder group, Node node, Access at, int room)
    {
        int top = group.Level;
        if (readers.Exists(u => u.Access is null || u.Reader.Root.Level != top) && !CanStore(group, node, at))
            return false;
        var elsewhere = readers.Where(u => !at.Equals(u.Access)).Select(u => u.Reader.Root).ToHashSet();
        if (elsewhere.Any(g => g.Level == top))
            return false;
        foreach (var (reader, _) in readers)
            if (reader.Root is var other && other != group && !elsewhere.Contains(other)
                && !group.TryMerge(other, room) && other.Level == top)
                return false;
        return true;
    }

    private static Use FirstAt(int level, List<Use> readers)
    {
        int k = 0;
        while (readers[k].Reader.Root.Level != level)
            k++;
        return readers[k];
    }

    // What is computed once per row goes to a loop over such rows that reads it, which then runs before its other readers:
    // in a kernel of its own it would take one more pass over memory.
    private GroupBuilder? Host(Node node, List<Use> readers, out Access access)
    {
        var (at, cost) = (access = Access.Identity(node.Shape), Cost(node.Op));
        int axes = at.DomainAxes.Length;
        var group = readers.Find(u => at.Equals(u.Access) && u.Reader.Root.Domain.Count > axes).Reader?.Root;
        var others = readers.FindAll(u => u.Reader.Root != group);
        if (group is not { Kind: GroupKind.Loop } || group.Tier != TierOf(node, readers) || axes == 0
            || others.Count == 0 || group.Cost + cost > Budget
            || !CanStore(group, node, at) || readers.Exists(u => u.Reader.Root == group && !at.Equals(u.Access))
            || !group.MayRise(LevelAbove(others)) || !Enter(group, node, at, cost))
            return null;
        group.Rise(LevelAbove(others));
        return group;
    }

    private static bool CanStore(GroupBuilder group, Node node, Access access) =>
        group.Kind != GroupKind.Prologue && access.Covers(node.Shape, group.Domain);

    private static void Precede(int level, List<Use> readers, GroupBuilder? except = null)
    {
        foreach (var (reader, _) in readers)
            if (reader.Root is var root && root != except)
                root.Follow(level);
    }

    private bool Enter(GroupBuilder group, Node node, Access access, int cost)
    {
        switch (node.Op)
        {
            case Elementwise when group.AcceptsElementwise(access):
                foreach (var x in node.Apply.Inputs)
                    Read(group, x, access);
                break;
            case Generator generator when group.AcceptsElementwise(access):
                for (int i = 0; i < node.Apply.Inputs.Length; i++)
                    if (generator.IsAligned(i))
                        Read(group, node.Apply.Inputs[i], access);
                    else
                        Keep(Viewed(node.Apply.Inputs[i]), group);
                break;
            case Reduction reduction when group.AcceptReduction(reduction, node.Apply.Inputs[0], access) is { } inner:
                Read(group, node.Apply.Inputs[0], access.Into(reduction, node.Apply.Inputs[0], inner));
                break;
            case Contraction when TakesContraction(group, node, access):
                Read(group.BecomeContraction(node.Apply.Inputs[1]), group);
                Keep(group.Split(node.Apply.Inputs[0])?.Memory ?? Viewed(node.Apply.Inputs[0]), group);
                break;
            default:
                return false;
        }
        group.Add(node, access, cost);
        return true;
    }

    // A tile's epilogue is a map over exactly the product's elements, in the product's order of axes, and sums of its rows and columns.
    private static bool TakesContraction(GroupBuilder group, Node node, Access access) =>
        group.Kind == GroupKind.Loop && group.Cost <= EpilogueBudget && group.IsEpilogue && !group.HasBytes
        && access.Covers(node.Shape, group.Domain) && access.Equals(Access.Identity(node.Shape))
        && group.Domain.Count == access.DomainAxes.Length && (!group.HasReductions || HasTotals(node));

    // What depends on constants only is computed where it is read, unless readers of several tiers share it.
    private Tier TierOf(Node node, List<Use> readers)
    {
        var tier = partition.TierOf(node.Apply);
        return tier == Tier.Constant && HaveOneTier(readers) ? readers[0].Reader.Tier : tier;
    }

    private static bool HaveOneTier(List<Use> readers) => readers.TrueForAll(u => u.Reader.Tier == readers[0].Reader.Tier);

    private GroupBuilder Start(Node node, int level, Tier tier, out Access access)
    {
        var group = New(level, node.Shape, tier);
        access = Access.Identity(node.Shape);
        if (node.Op is View || node.Apply.Inputs.IsEmpty)
            Read(group, node, access);
        else if (!Enter(group, node, access, Cost(node.Op)))
            throw new GraphException($"no kernel computes {node} ({node.Apply.Origin}).");
        return group;
    }

    private GroupBuilder New(int level, Shape domain, Tier tier, GroupKind kind = GroupKind.Loop)
    {
        var group = new GroupBuilder(level, kind, domain.Where(d => d != Dim.One), tier);
        groups.Add(group);
        return group;
    }

    // Every operand is stored into its place by a group of its own, into which its producers may be fused.
    private void Assemble(Node node, Assembly assembly, int level)
    {
        var inputs = node.Apply.Inputs;
        var places = assembly.Place([.. inputs.Select(x => x.Type)], node.Type);
        if (assembly.Fill >= 0)
            Fill(node, inputs[assembly.Fill], places, level);
        GroupBuilder? scalars = null;   // single elements share a group: a kernel call costs more than they do
        var columns = new List<GroupBuilder>();
        foreach (var (x, place) in places.SelectMany(p => Inside(inputs[p.Input], p)))
        {
            var at = Access.Identity(x.Shape);
            var target = new Access(at.Axes.Select((a, i) => a.AddedTo(new([], place.Start[i]), place.Step[i])));
            var group = Copy(x, target, node, level, at, at.DomainAxes.Any() ? null : scalars);
            if (assembly.Fill >= 0)
                group.Follow(level + 1);   // what fills the rest
            if (group.Domain.Count == 0)
                scalars = group.Stored < Budget ? group : null;
            else if (target.Axes[^1].Steps.All(s => s.DomainAxis != group.Domain.Count - 1))
                columns.Add(group);
        }
        if (columns.Count > 1)
            records.Add(columns);
    }

    // What is assembled itself, without gaps, is stored right into its place in the larger tensor: part by part.
    private static IEnumerable<(Node, Placement)> Inside(Node x, Placement at) => x.Op is Assembly { Fill: < 0 } parts
        ? parts.Place([.. x.Apply.Inputs.Select(i => i.Type)], x.Type).Select(p => (x.Apply.Inputs[p.Input], p with
        {
            Start = [.. p.Start.Select((s, a) => at.Start[a] + s * at.Step[a])], Step = [.. p.Step.Select((s, a) => s * at.Step[a])],
        }))
        : [(x, at)];

    // Columns that nothing else brings together are stored together too: a column alone walks through all memory of its tensor.
    private static void MergeColumns(List<GroupBuilder> columns)
    {
        foreach (var alike in columns.Select(g => g.Root).Distinct().GroupBy(g => Shape.Of(g.Domain)))
        {
            GroupBuilder? open = null;
            foreach (var group in alike.OrderByDescending(g => g.Level))
                if (open is null || !open.TryMerge(group, Budget))
                    open = group;
        }
    }

    // What no operand covers: the border around a single one without gaps whose
    // rows are long, else everything, before operands are stored into it.
    private void Fill(Node node, Node filling, ImmutableArray<Placement> places, int level)
    {
        var at = new Access(filling.Shape.Select(_ => AxisAccess.Fixed));
        bool isSmall = node.Shape.ElementCount.TryConstant(out long count) && count < SmallFill;
        if (isSmall || places is not [var inside] || inside.Step.Any(s => s != 1) || HasShortRows(node, node.Apply.Inputs[inside.Input]))
        {
            Copy(filling, Access.Identity(node.Shape), node, level + 1, at);
            return;
        }
        foreach (var (start, extents) in Border(node.Shape, inside.Start, node.Apply.Inputs[inside.Input].Shape))
        {
            var group = New(level, extents, partition.TierOf(node.Apply));
            group.Store(new(filling, at, node, new(Access.Identity(extents).Axes.Select((a, i) => a.AddedTo(new([], start[i]), 1)))));
            Read(group, filling, at);
        }
    }

    private static bool HasShortRows(Node whole, Node part) => whole.Rank > 1 && whole.Shape[-1] != part.Shape[-1]
        && whole.Shape[-1].TryConstant(out long row) && row * whole.DType.Size <= ShortRow;

    // Boxes that cover what lies outside of a part of a shape: along each axis before and after it, within it on the axes before.
    private static IEnumerable<(Shape Start, Shape Extents)> Border(Shape whole, ImmutableArray<Dim> start, Shape part)
    {
        for (int a = 0; a < whole.Rank; a++)
        {
            int axis = a;
            (Shape, Shape) Slab(Dim first, Dim extent) => (Shape.Of(start.Select((s, i) => i < axis ? s : i == axis ? first : Dim.Zero)),
                Shape.Of(part.Select((d, i) => i < axis ? d : i == axis ? extent : whole[i])));
            var end = start[a] + part[a];
            if (start[a] != Dim.Zero)
                yield return Slab(Dim.Zero, start[a]);
            if (end != whole[a])
                yield return Slab(end, whole[a] - end);
        }
    }

    private GroupBuilder Copy(Node value, Access target, Node buffer, int level, Access at, GroupBuilder? into = null)
    {
        var group = into ?? New(level, at.DomainAxes.Any() || value.Rank == buffer.Rank ? value.Shape : buffer.Shape,
            partition.TierOf(buffer.Apply));
        group.Store(new(value, at, buffer, target));
        Read(group, value, at);
        return group;
    }

    private void ScatterInto(Node node, int level)
    {
        var inputs = node.Apply.Inputs;
        Copy(inputs[0], Access.Identity(node.Shape), node, level + 1, Access.Identity(node.Shape));
        var group = New(level, node.Shape, partition.TierOf(node.Apply), GroupKind.Scatter);
        group.Add(node, Access.Identity(node.Shape), 1);
        group.Store(new(node, Access.Identity(node.Shape), node, Access.Identity(node.Shape)));
        foreach (var x in inputs.Skip(1))
            Keep(x, group);
    }

    // One program makes all results, whoever reads which; operands are read from memory.
    private void RunRoutine(Apply apply)
    {
        var readers = apply.Results.SelectMany(y => uses.TryGetValue(y, out var found) ? found : []).ToList();
        if (readers.Count == 0)
            return;
        var group = New(LevelAbove(readers), apply.Results[0].Shape, partition.TierOf(apply), GroupKind.Routine);
        foreach (var (y, at) in apply.Results.Select(y => (y, Access.Identity(y.Shape))))
        {
            group.Add(y, at, 1);
            group.Store(new(y, at, y, at));
        }
        Precede(group.Level, readers);
        foreach (var x in apply.Inputs)
            Keep(x, group);
    }

    // All that others ask of a part becomes one kernel; who reads it from elsewhere has been visited.
    private void RunStraight(Part part)
    {
        var results = partition.Members(part).SelectMany(a => a.Results).Where(uses.ContainsKey).ToList();
        if (results.Count == 0)
            return;
        var readers = results.SelectMany(y => uses[y]).ToList();
        var group = New(LevelAbove(readers), [], partition.TierOf(results[0].Apply), GroupKind.Straight);
        Precede(group.Level, readers);
        foreach (var y in results)
            group.Store(new(y, Access.Identity(y.Shape), y, Access.Identity(y.Shape)));
        var (computed, open) = (new List<Apply>(), new Stack<Node>(results));
        var seen = new HashSet<Node>(results);
        while (open.TryPop(out var node))
            if (partition.IsComputedIn(part, node.Apply))
            {
                computed.Add(node.Apply);
                foreach (var x in node.Apply.Inputs)
                    if (seen.Add(x))
                        open.Push(x);
            }
            else
                Keep(node, group);
        foreach (var y in partition.InOrder(computed.Distinct()).Reverse().SelectMany(a => a.Results))
            group.Add(y, Access.Identity(y.Shape), 1);
    }

    /// <summary>A group reads a node from inside its loops; views on the way only change the access.</summary>
    private void Read(GroupBuilder group, Node node, Access access)
    {
        for (; node.Op is View view; node = node.Apply.Inputs[0])
        {
            if (view.Map(node.Apply.Inputs[0].Type, node.Type) is not { } map)
            {
                Keep(node.Apply.Inputs[0], group);
                return;
            }
            access = access.Through(map, node.Apply.Inputs[0].Type);
        }
        if (node.Op is Leaf || !node.Apply.Inputs.IsEmpty)
            Register(node, new(group, access));
    }

    // What a product's second operand is made of is read while it is packed, by the operand's own loops.
    private void Read(PrologueBuilder prologue, GroupBuilder group)
    {
        var (node, access) = prologue.Resolve();
        if (access is null)
            Keep(node, group);
        else
            Read(prologue.Map, node, access);
    }

    /// <summary>A group (or the caller) reads a node from memory. A general reshape shares its operand's memory.</summary>
    private void Keep(Node node, GroupBuilder reader)
    {
        var owner = node;
        while (owner.Op is Reshape)
            owner = owner.Apply.Inputs[0];
        // What the caller gets has memory of its own.
        Register(reader == exit && owner.Op is Leaf or View ? node : owner, new(reader, null));
    }

    private void Register(Node node, Use use)
    {
        if (!uses.TryGetValue(node, out var list))
            uses.Add(node, list = new(1));   // most have one reader
        list.Add(use);
    }

    // Contractions read their operands by strides: views are looked through down to what lies in memory.
    private static Node Viewed(Node node)
    {
        while (node.Op is View view && view.Map(node.Apply.Inputs[0].Type, node.Type) is not null)
            node = node.Apply.Inputs[0];
        return node;
    }

    private static int LevelAbove(List<Use> readers) => 1 + Top(readers);

    private static int Top(List<Use> readers)
    {
        int top = readers[0].Reader.Root.Level;
        foreach (var (reader, _) in readers)
            top = Math.Max(top, reader.Root.Level);
        return top;
    }

    private static int Cost(Op op) => op switch
    {
        Elementwise e => e.Cost,
        Generator => 12,
        _ => 2,
    };
}
