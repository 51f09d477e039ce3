using System.Collections.Immutable;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>What a call launches, and in which order, before any kernel has code.</summary>
/// <param name="Fused">The groups.</param>
/// <param name="Commits">Which updates are written in place.</param>
/// <param name="Launches">In order, commits last.</param>
/// <param name="Prepared">What runs once, when the plan is bound, since
/// it reads constants only: copies of them as products want them.</param>
internal sealed record LaunchPlan(FusedComputation Fused, CommitOrder Commits, List<Launch> Launches, List<Launch> Prepared)
{
    /// <summary>Fuses, lowers and orders an optimised computation.</summary>
    /// <param name="optimised">What the passes made.</param>
    /// <param name="options">Whether the order may change.</param>
    /// <param name="clock">Told when a stage ends.</param>
    /// <param name="mayUnroll">Whether small parts become straight-line code where that is faster.</param>
    /// <exception cref="GraphException">Something cannot be lowered.</exception>
    public static LaunchPlan Of(Computation optimised, CompileOptions options, StageClock clock, bool mayUnroll = false)
    {
        var f = DistinctRoots(optimised);
        var partition = mayUnroll ? FlatChoice.Parts(f, options) : FlatChoice.Loops(f, options);
        // a guard looks at what a kernel read and wrote, in one launch
        var fused = Fuse.Run(f, takesTotals: !options.NanGuard, partition);
        clock.Mark("fuse");
        var lowered = Lowered(fused, options.Admitted, whole: options.NanGuard)
            .ToLookup(l => !options.NanGuard && l.Plan.ReadsConstantsOnly);
        var (launches, prepared) = (lowered[false].ToList(),
            lowered[true].Select(l => new Launch(l.Plan, l.Group, Commits: false)).ToList());
        clock.Mark("lower");
        var commits = new CommitOrder(fused.Computation, options.NanGuard ? [] : launches).Run();
        var plan = new LaunchPlan(fused, commits, Order(launches, commits), prepared);
        if (!options.NanGuard && clock.Allows("orders of launches"))
            plan = plan with { Launches = StepOrder.Of(plan.Launches, plan.Places, sideBySide: options.MemoryCap is null) };
        clock.Mark("order");
        return plan;
    }

    /// <summary>Where tensors live: a fresh assignment, in which arena buffers are numbered as they are asked for.</summary>
    public MemoryPlaces Places()
    {
        var f = Fused.Computation;
        var places = new MemoryPlaces(f);
        foreach (var update in f.Updates.Where(u => Commits.ComputedInPlace.Contains(u.Value)))
            places.WriteInPlace(update);
        foreach (var temporary in Prepared.SelectMany(p => p.Touches).OfType<Temporary>().Distinct())
            places.Prepare(temporary);
        return places;
    }

    /// <summary>The kernels that a computation, whose outputs have memory of their own, would take as loops; not compiled.</summary>
    public static IEnumerable<(FusionGroup Group, KernelPlan Plan)> Lowered(Computation f, Partition partition) =>
        Lowered(Fuse.Run(f, partition: partition), Soundness.Default);

    // Whole: every group in one launch, but for its totals.
    private static IEnumerable<(FusionGroup Group, KernelPlan Plan)> Lowered(
        FusedComputation fused, ImmutableHashSet<Soundness> admitted, bool whole = false)
    {
        var lowered = fused.Groups.SelectMany(g => Lower(g, admitted, whole).Select(k => (Group: g, Plan: k))).ToList();
        var results = fused.Computation.Outputs.Select(o => (object)Storage.Owner(o.Value)).ToHashSet(ReferenceEqualityComparer.Instance);
        var shared = lowered.SelectMany(l => l.Plan.Buffers).CountBy(b => b, ReferenceEqualityComparer.Instance)
            .Where(b => b.Value > 1).Select(b => b.Key).ToHashSet(ReferenceEqualityComparer.Instance);
        return lowered.Select(l => l with { Plan = LoopLowering.Streaming(l.Plan, b => results.Contains(b) && !shared.Contains(b)) });
    }

    private static ImmutableArray<KernelPlan> Lower(FusionGroup group, ImmutableHashSet<Soundness> admitted, bool whole) =>
        group.Kind switch
    {
        GroupKind.Straight => [FlatLowering.Of(group, admitted)],
        GroupKind.Loop => LoopLowering.Of(group, inBlocks: !whole),
        GroupKind.Contraction => ContractionLowering.Of(group, inStretches: !whole),
        GroupKind.Routine => RoutineLowering.Of(group),
        _ => ScatterLowering.Of(group),
    };

    // Results need memory of their own: a leaf, a view, or a node that is asked for twice, is copied. A result that is a reshape of
    // something computed is computed as that, right into the result's memory.
    internal static Computation DistinctRoots(Computation f)
    {
        var taken = new HashSet<Node>();
        Node Own(Node node, Node owner) =>
            owner.Op is not (Leaf or View) && taken.Add(owner) ? node : Node.Of(new Copy(), node.Apply.Origin, node);
        ImmutableArray<Output> outputs = [.. f.Outputs.Select(o => o with { Value = Own(o.Value, Storage.Owner(o.Value)) })];
        ImmutableArray<Update> updates = [.. f.Updates.Select(u => u with { Value = Own(u.Value, u.Value) })];
        return outputs.SequenceEqual(f.Outputs) && updates.SequenceEqual(f.Updates) ? f
            : new(f.Inputs.AsSpan(), outputs.AsSpan(), updates, f.Name);
    }

    // As fusion gave them; then what writes variables in place, and copies of what was computed aside.
    private static List<Launch> Order(List<(FusionGroup Group, KernelPlan Plan)> launches, CommitOrder commits)
    {
        var byGroup = launches.ToLookup(l => l.Group, (IEqualityComparer<FusionGroup>)ReferenceEqualityComparer.Instance);
        var last = commits.Order.ToHashSet((IEqualityComparer<FusionGroup>)ReferenceEqualityComparer.Instance);
        var order = launches.Where(l => !last.Contains(l.Group)).Select(l => new Launch(l.Plan, l.Group, Commits: false)).ToList();
        order.AddRange(commits.Order.SelectMany(g => byGroup[g]).Select(l => new Launch(l.Plan, l.Group, Commits: true)));
        order.AddRange(commits.Aside.Select(CopyInto).Select(copy => new Launch(LoopLowering.Of(copy)[0], copy, Commits: true)));
        return order;
    }

    private static FusionGroup CopyInto(Update update)
    {
        var at = Access.Identity(update.Value.Shape);
        return new("commit", GroupKind.Loop, [.. update.Value.Shape.Where(d => d != Dim.One)], [], [],
            [new(update.Value, at, update.Variable, at)], Level: 0);
    }
}
