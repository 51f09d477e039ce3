using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Decides which updates are computed right into the variable's memory, and in which order. All right-hand sides read
/// old values, so a kernel may write a variable in place only if it reads that variable element by element where it
/// writes, and if whatever else reads it has run before. The others are computed aside and copied last.
/// </summary>
internal sealed class CommitOrder
{
    private readonly Computation f;
    private readonly List<(FusionGroup Group, KernelPlan Plan)> launches;
    private readonly Dictionary<Node, Update> updates = new(ReferenceEqualityComparer.Instance);

    public CommitOrder(Computation f, List<(FusionGroup Group, KernelPlan Plan)> launches)
    {
        (this.f, this.launches) = (f, launches);
        foreach (var u in f.Updates)
            updates.Add(u.Value, u);
    }

    /// <summary>Groups that write variables, in the order in which they run after all others.</summary>
    public List<FusionGroup> Order { get; } = [];

    /// <summary>Update values that are computed in place.</summary>
    public HashSet<Node> ComputedInPlace { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Updates that are computed aside: each needs a copy into its variable at the end.</summary>
    public IEnumerable<Update> Aside => f.Updates.Where(u => !ComputedInPlace.Contains(u.Value));

    public CommitOrder Run()
    {
        var readers = new Dictionary<object, HashSet<FusionGroup>>(ReferenceEqualityComparer.Instance);
        foreach (var (group, plan) in launches)
            foreach (var m in plan.Arguments.OfType<MemoryArgument>())
                (readers.TryGetValue(m.Buffer, out var set) ? set : readers[m.Buffer] = []).Add(group);
        var candidates = launches.Select(l => l.Group).Distinct().Where(g => IsCandidate(g, readers)).ToList();
        while (candidates.Count > 0)
        {
            // A group may write once no other candidate has still to read what it overwrites.
            int next = candidates.FindIndex(g => candidates.TrueForAll(other => other == g || !Written(g).Any(v => Reads(other, v, readers))));
            if (next < 0)
            {
                candidates.RemoveAt(candidates.Count - 1);   // a cycle, such as two variables that are swapped
                continue;
            }
            Order.Add(candidates[next]);
            foreach (var output in candidates[next].Outputs)
                ComputedInPlace.Add(output.Buffer);
            candidates.RemoveAt(next);
        }
        return this;
    }

    private bool IsCandidate(FusionGroup group, Dictionary<object, HashSet<FusionGroup>> readers) =>
        group.Kind is not (GroupKind.Scatter or GroupKind.Routine)
        && group.Outputs.All(o => updates.ContainsKey(o.Buffer) && o.Value == o.Buffer && readers[o.Buffer].Count == 1)
        && launches.Where(l => l.Group == group).All(l => l.Plan.Errors.IsEmpty)
        && group.Outputs.All(o => InPlace.IsSafe(group, o, updates[o.Buffer].Variable));

    private IEnumerable<Variable> Written(FusionGroup group) => group.Outputs.Select(o => updates[o.Buffer].Variable);

    private static bool Reads(FusionGroup group, Variable variable, Dictionary<object, HashSet<FusionGroup>> readers) =>
        readers.TryGetValue(variable, out var set) && set.Contains(group);
}
