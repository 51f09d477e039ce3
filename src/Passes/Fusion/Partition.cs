using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>How often what a node depends on changes from run to run.</summary>
public enum Tier
{
    /// <summary>Never: it depends on constants only.</summary>
    Constant,

    /// <summary>Seldom: it depends on no other inputs than those that are set seldom.</summary>
    Seldom,

    /// <summary>In any run.</summary>
    Often,
}

/// <summary>Nodes that may share kernels.</summary>
/// <param name="Tier">How often they are computed.</param>
/// <param name="Level">How often the longest way to them, within the tier, has passed from straight-line code to loops or back; -1 for what
/// is read wherever it lies, such as an argument or a view of one.</param>
/// <param name="IsStraight">Whether they become straight-line code, all in one kernel.</param>
public readonly record struct Part(Tier Tier, int Level, bool IsStraight)
{
    /// <summary>What is not kept apart from anything.</summary>
    public static Part Plain { get; } = new(Tier.Often, -1, false);

    /// <summary>What parts are ordered by: nodes of a part depend on those of earlier parts and of their own.</summary>
    internal (Tier Tier, int Level, bool IsStraight) Rank => (Tier, Level, IsStraight);
}

/// <summary>
/// What fusion keeps apart: nodes that depend on seldom-set inputs only from all others, so that they are computed only when those are set;
/// and straight-line code from loops.
/// </summary>
/// <remarks>
/// Since the level rises wherever a way passes from straight-line code to loops or back, no way leaves a part and comes back to it: each
/// can be one kernel. One visit per node.
/// </remarks>
public sealed class Partition
{
    private readonly Dictionary<Apply, (Part Part, int Number)> parts = [];
    private readonly Predicate<Apply> unrolls;
    private readonly bool hasTiers;
    private ILookup<Part, Apply>? members;

    private Partition(Predicate<Apply> unrolls, bool hasTiers) => (this.unrolls, this.hasTiers) = (unrolls, hasTiers);

    /// <summary>Nothing is kept apart.</summary>
    public static Partition None { get; } = new(_ => false, hasTiers: false);

    /// <summary>Finds the parts of a computation.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="seldom">Keys of inputs that are set seldom.</param>
    /// <param name="unrolls">Whether an application can be straight-line code.</param>
    public static Partition Of(Computation f, IReadOnlySet<string> seldom, Predicate<Apply> unrolls)
    {
        var partition = new Partition(unrolls, hasTiers: seldom.Count > 0);
        foreach (var apply in f.Applies)
            partition.parts.Add(apply, (partition.Find(apply, seldom), partition.parts.Count));
        return partition;
    }

    /// <summary>Where an application belongs.</summary>
    public Part this[Apply apply] => parts.TryGetValue(apply, out var found) ? found.Part : Part.Plain;

    /// <summary>Whether nothing is kept apart.</summary>
    public bool IsNone => !hasTiers && !HasStraight;

    /// <summary>Whether a part becomes straight-line code.</summary>
    public bool HasStraight => Straight.Count > 0;

    /// <summary>The tier that keeps an application apart from those of others: all are one tier where no input is set seldom.</summary>
    public Tier TierOf(Apply apply) => hasTiers ? this[apply].Tier : Tier.Often;

    /// <summary>The applications of a part that becomes straight-line code.</summary>
    public IEnumerable<Apply> Members(Part part) => Straight[part];

    /// <summary>
    /// Whether an application is computed in the straight-line code of a part: it belongs there, or costs nothing, so that each reader
    /// has its own.
    /// </summary>
    public bool IsComputedIn(Part part, Apply apply) =>
        this[apply] == part || ((apply.Op is View or Constant || this[apply].Tier == Tier.Constant) && unrolls(apply));

    /// <summary>Applications in the order of the graph.</summary>
    public IEnumerable<Apply> InOrder(IEnumerable<Apply> applies) => applies.OrderBy(a => parts[a].Number);

    /// <summary>The same with some parts as loops.</summary>
    public Partition Without(IReadOnlySet<Part> straight)
    {
        var partition = new Partition(unrolls, hasTiers);
        foreach (var (apply, (part, number)) in parts)
            partition.parts.Add(apply, (straight.Contains(part) ? part with { IsStraight = false } : part, number));
        return partition;
    }

    private ILookup<Part, Apply> Straight => members ??= parts.Where(p => p.Value.Part.IsStraight).ToLookup(p => p.Value.Part, p => p.Key);

    private Part Find(Apply apply, IReadOnlySet<string> seldom)
    {
        var tier = apply.Op switch
        {
            InputOp input => seldom.Contains(input.Key) ? Tier.Seldom : Tier.Often,
            VariableRead => Tier.Often,
            _ => apply.Inputs.Select(x => this[x.Apply].Tier).DefaultIfEmpty(Tier.Constant).Max(),
        };
        var before = apply.Inputs.Select(x => this[x.Apply]).Where(p => p.Tier == tier && p.Level >= 0).ToList();
        if (tier == Tier.Constant || apply.Op is Leaf || (apply.Op is View && before.Count == 0))
            return new(tier, -1, false);
        bool isStraight = unrolls(apply) && (apply.Op is not View || before[0].IsStraight);
        return new(tier, before.Select(p => p.Level + (p.IsStraight == isStraight ? 0 : 1)).DefaultIfEmpty(0).Max(), isStraight);
    }
}
