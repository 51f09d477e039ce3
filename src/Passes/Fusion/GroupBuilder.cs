using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>A group while it grows from its results towards its operands.</summary>
internal sealed class GroupBuilder(int level, GroupKind kind, IEnumerable<Dim> domain, Tier tier)
{
    /// <summary>Elements of a row, rows, and elements in all from which on totals are taken beside the rows.</summary>
    private const long ShortestRow = 32, FewestRows = 64, LeastTotalled = 1 << 15;

    /// <summary>
    /// Rows of a matrix, and elements of a row, from which on
    /// tiles of a product sum up each: partial sums are less then.
    /// </summary>
    private const long FewestOfMatrix = 8, FewestOfRow = 64;

    private readonly List<Dim> domain = [.. domain];
    private readonly List<(Node Node, Access Access)> members = [];
    private readonly List<GroupOutput> outputs = [];
    private List<int>? innerAxes;
    private GroupBuilder? mergedInto;
    private bool closesLoops;             // whether a reduction is taken whose result the group's own loops may read
    private int ceiling = int.MaxValue;   // the least level that a group which this one reads from had when it was placed; levels only rise

    /// <summary>Above those of all groups that read from this one.</summary>
    public int Level { get; private set; } = level;

    public GroupKind Kind { get; private set; } = kind;

    /// <summary>How often its values change; all of them alike.</summary>
    public Tier Tier => tier;

    public int Cost { get; private set; }

    public IReadOnlyList<Dim> Domain => domain;

    /// <summary>Of a product: what makes its second operand.</summary>
    public PrologueBuilder? Prologue { get; private set; }

    /// <summary>Of a product: what its first operand is copied from, where that has other axes.</summary>
    public PrologueBuilder? First { get; private set; }

    /// <summary>Whether a value of one byte is computed here or read: tiles and panels hold 4 or 8.</summary>
    public bool HasBytes => members.Exists(m => m.Node.DType.IsByte || m.Node.Apply.Inputs.Any(x => x.DType.IsByte));

    /// <summary>Whether every value is one per element, but for reductions of them: what a tile can have as its epilogue.</summary>
    public bool IsEpilogue => !closesLoops && members.TrueForAll(m =>
        m.Node.Op is Reduction ? IsOfTiles([.. m.Access.DomainAxes]) : m.Access.DomainAxes.Length == domain.Count);

    /// <summary>Whether anything is reduced here.</summary>
    public bool HasReductions => members.Exists(m => m.Node.Op is Reduction);

    /// <summary>The group that this one has become part of, or itself.</summary>
    public GroupBuilder Root
    {
        get
        {
            var root = this;
            while (root.mergedInto is { } next)
                root = next;
            return root;
        }
    }

    public void Add(Node node, Access access, int cost)
    {
        members.Add((node, access));
        Cost += cost;
    }

    /// <summary>The nodes so far, each behind those that it is computed from.</summary>
    public IEnumerable<(Node Node, Access Access)> OperandsFirst => Enumerable.Reverse(members);

    /// <summary>Whether a value is stored here.</summary>
    public bool Stores(Node value) => outputs.Exists(o => o.Value == value);

    /// <summary>Whether a value is computed here.</summary>
    public bool Computes(Node value) => members.Exists(m => m.Node == value);

    /// <summary>A value is read here alone: it is not stored.</summary>
    public void Keep(Node value) => outputs.RemoveAll(o => o.Value == value && o.Buffer == value);

    /// <summary>Leaves members, which cost so much, to a group that nothing of them was computed in yet.</summary>
    public void Give(IReadOnlySet<Node> nodes, int cost, GroupBuilder other)
    {
        other.members.InsertRange(0, members.Where(m => nodes.Contains(m.Node)));
        members.RemoveAll(m => nodes.Contains(m.Node));
        Cost -= cost;
        other.Cost += cost;
    }

    /// <summary>Whether this group's level may be raised to <paramref name="to"/>, if it is not there yet.</summary>
    public bool MayRise(int to) => Level >= to || (Kind == GroupKind.Loop && ceiling > to);

    /// <summary>Raises the level, if it is lower.</summary>
    public void Rise(int to) => Level = Math.Max(Level, to);

    /// <summary>This group reads what a group of this level computes: it stays below.</summary>
    public void Follow(int producer) => ceiling = Math.Min(ceiling, producer);

    public IEnumerable<string> MemberNames => members.Select(m => m.Node.Op.Name).Reverse();

    public void Store(GroupOutput output) => outputs.Add(output);

    /// <summary>How many values are stored so far.</summary>
    public int Stored => outputs.Count;

    /// <summary>Turns a map into the epilogue of a product with this second operand.</summary>
    public PrologueBuilder BecomeContraction(Node operand)
    {
        Kind = GroupKind.Contraction;
        return Prologue = Packed(operand);
    }

    /// <summary>The first operand of a product whose second has other axes in memory; null where it has the same ones.</summary>
    public PrologueBuilder? Split(Node first)
    {
        var split = Packed(first);
        split.Resolve();
        return First = Prologue!.IsSplit && split.IsSplit ? split : null;
    }

    private PrologueBuilder Packed(Node operand) =>
        new(new(Level, GroupKind.Prologue, operand.Shape.Where(d => d != Dim.One), Tier), operand);

    /// <summary>
    /// Whether an elementwise value with this access can be computed here;
    /// fixes the inner axes where it varies along the outer ones only.
    /// </summary>
    public bool AcceptsElementwise(Access access)
    {
        if (access.DomainAxes.Length == domain.Count)
            return Kind != GroupKind.Prologue || WalksRows(access);
        var used = access.DomainAxes.ToList();
        if (Kind != GroupKind.Loop || !ComputesOnce(used))
            return false;
        if (innerAxes is not null)
            return used.SequenceEqual(OuterAxes());
        // One scalar per row ahead of an inner loop over the last axis is free; column vectors ahead of a loop over rows are not.
        if (used.Contains(domain.Count - 1))
            return false;
        innerAxes = Without(used);
        return true;
    }

    /// <summary>
    /// The domain axes that a reduction with this access would run over
    /// here, or null if it does not fit; extends the domain where it must.
    /// </summary>
    public IReadOnlyList<int>? AcceptReduction(Reduction op, Node operand, Access access)
    {
        if (Kind != GroupKind.Loop)
            return null;
        var used = access.DomainAxes.ToList();
        Dim[] reduced = [.. op.Axes.Select(a => operand.Shape[a]).Where(d => d != Dim.One)];
        if (innerAxes is null && used.Count == domain.Count)
        {
            innerAxes = [.. Enumerable.Range(domain.Count, reduced.Length)];
            domain.AddRange(reduced);
            closesLoops = true;
            return innerAxes;
        }
        var rest = Without(used);
        if (!rest.Select(a => domain[a]).SequenceEqual(reduced) || !ComputesOnce(used)
            || (innerAxes is not null && !innerAxes.SequenceEqual(rest)))
            return null;
        closesLoops = true;
        return innerAxes = rest;
    }

    /// <summary>
    /// How a reduction over all outer axes is addressed here; null if these are no loops over its operand's rows. Each block of rows
    /// adds up its own share beside the rows, so a row must be worth its while, and so must the tensor.
    /// </summary>
    public Access? AcceptTotal(Reduction op, Node node)
    {
        var operand = node.Apply.Inputs[0];
        if (Kind != GroupKind.Loop || innerAxes is not [.., var last] || last != domain.Count - 1 || innerAxes.Count == domain.Count
            || !domain.SequenceEqual(operand.Shape.Where(d => d != Dim.One)) || Extent(innerAxes) is < ShortestRow
            || Extent(OuterAxes()) is < FewestRows || Extent(Enumerable.Range(0, domain.Count)) is < LeastTotalled)
            return null;
        var inner = new Queue<int>(innerAxes);
        Access result = new(node.Shape.Select(d => d != Dim.One && inner.TryDequeue(out int a) ? AxisAccess.Along(a) : AxisAccess.Fixed));
        return inner.Count == 0 && result.Into(op, operand, OuterAxes()).Equals(Access.Identity(operand.Shape)) ? result : null;
    }

    /// <summary>
    /// Makes a group without members one that takes a reduction as tiles of a product can, and says how its result is addressed; null if
    /// they cannot, or if the tensor is too small. Down all columns it is a total beside loops over rows, else it closes inner loops.
    /// </summary>
    public Access? BeginWithTotal(Reduction op, Node node)
    {
        var operand = node.Apply.Inputs[0];
        int[] kept = [.. Enumerable.Range(0, operand.Rank).Where(a => operand.Shape[a] != Dim.One).Index()
            .Where(a => !op.Axes.Contains(a.Item)).Select(a => a.Index)];
        if (!IsOfTiles(kept))
            return null;
        if (kept is [var only] && only == domain.Count - 1)
        {
            innerAxes = [only];
            return AcceptTotal(op, node);
        }
        bool isAlongRows = kept.Length == domain.Count - 1 && !kept.Contains(domain.Count - 1);
        if (Extent([domain.Count - 1]) < (isAlongRows ? FewestOfRow : ShortestRow)
            || (!isAlongRows && Extent([domain.Count - 2]) < FewestOfMatrix)
            || Extent(Enumerable.Range(0, domain.Count)) < LeastTotalled)
            return null;
        innerAxes = Without([.. kept]);
        var along = new Queue<int>(kept);
        return new(node.Shape.Select(d => d != Dim.One ? AxisAccess.Along(along.Dequeue()) : AxisAccess.Fixed));
    }

    // Results of which a tile has parts: per column of a matrix or of several that follow each other, per such matrices, or per row.
    private bool IsOfTiles(int[] kept)
    {
        int outer = kept.Count(a => a < domain.Count - 1);
        return domain.Count > 1 && kept.Length < domain.Count && kept.Take(outer).SequenceEqual(Enumerable.Range(0, outer));
    }

    private long? Extent(IEnumerable<int> axes) =>
        axes.Aggregate(Dim.One, (n, a) => n * domain[a]).TryConstant(out long count) ? count : null;

    /// <summary>
    /// Takes in a group over the same loops, which is raised to this one's level if it can be. A map of whole rows joins loops over rows.
    /// </summary>
    public bool TryMerge(GroupBuilder other, int budget)
    {
        if (Kind != GroupKind.Loop || other.Kind != GroupKind.Loop || Tier != other.Tier || Cost + other.Cost > budget
            || !domain.SequenceEqual(other.domain)
            || !other.MayRise(Level) || !(IsAlong(other.innerAxes) && other.IsAlong(innerAxes)))
            return false;
        innerAxes ??= other.innerAxes;   // a reduction over axes of extent 1 has inner axes, though none
        ceiling = Math.Min(ceiling, other.ceiling);
        closesLoops |= other.closesLoops;
        members.AddRange(other.members);
        outputs.AddRange(other.outputs);
        Cost += other.Cost;
        other.mergedInto = this;
        return true;
    }

    // Maps can be computed row by row where rows lie in memory; down columns they would be walked across, and where all
    // is one row they would lose their threads.
    private bool IsAlong(List<int>? others) => innerAxes is not null ? others is null || innerAxes.SequenceEqual(others)
        : others is null or [] || (others.Contains(domain.Count - 1) && others.Count < domain.Count);

    public FusionGroup Build()
    {
        members.Reverse();
        var inner = Kind is GroupKind.Contraction ? [] : innerAxes ?? [];
        return new(NameOf(), Kind, [.. domain], [.. inner], [.. members], [.. outputs],
            Level) { Prologue = Prologue?.Build(), First = First?.Build() };
    }

    /// <summary>The domain axis replaced by several, which run through it in row-major order; nothing may have been read yet.</summary>
    public void Split(int axis, IEnumerable<Dim> extents)
    {
        domain.RemoveAt(axis);
        domain.InsertRange(axis, extents);
    }

    // Packing goes along rows of the operand: values that lie across them are better made where they lie.
    private bool WalksRows(Access access) =>
        access.Axes.IsEmpty || access.Axes[^1].Steps is [{ Step: 1 } along] && along.DomainAxis == domain.Count - 1;

    // A value of the whole tensor ahead of a loop over all of it would keep other threads out: only where that is small.
    private bool ComputesOnce(List<int> used) =>
        used.Count > 0 || (domain.Aggregate(Dim.One, (n, d) => n * d).TryConstant(out long count) && count <= 1 << 16);

    private List<int> OuterAxes() => [.. Enumerable.Range(0, domain.Count).Where(a => !innerAxes!.Contains(a))];

    private List<int> Without(List<int> used) => [.. Enumerable.Range(0, domain.Count).Where(a => !used.Contains(a))];

    private string NameOf()
    {
        var names = (Prologue?.Names ?? []).Concat(members.Select(m => m.Node.Op.Name)).Where(n => n is not "broadcast")
            .Distinct().ToList();
        return names.Count == 0 ? "copy" : string.Join("_", names.Count <= 5 ? names : [.. names.Take(4), $"{names.Count - 4}more"]);
    }
}
