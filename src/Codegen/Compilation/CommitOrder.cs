using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Decides which updates are computed right into the variable's memory, and in which order. All right-hand sides read
/// old values, so a kernel may write a variable in place only if it reads that variable element by element where it
/// writes, and if whatever else reads it has run before. The others are computed aside and copied last.
/// </summary>
/// <remarks>
/// A topological sort of writers after readers, the earliest launch
/// first among those that may run; linear but for the queue.
/// </remarks>
internal sealed class CommitOrder
{
    private readonly Computation f;
    private readonly Dictionary<Node, Update> updates = [];
    private readonly Dictionary<object, HashSet<FusionGroup>> readers = new(ReferenceEqualityComparer.Instance);
    private readonly List<FusionGroup> groups = [];
    private readonly HashSet<FusionGroup> failing = new(ReferenceEqualityComparer.Instance);

    public CommitOrder(Computation f, IEnumerable<(FusionGroup Group, KernelPlan Plan)> launches)
    {
        this.f = f;
        foreach (var u in f.Updates)
            updates.Add(u.Value, u);
        var seen = new HashSet<FusionGroup>(ReferenceEqualityComparer.Instance);
        foreach (var (group, plan) in launches)
        {
            if (seen.Add(group))
                groups.Add(group);
            if (!plan.Errors.IsEmpty)
                failing.Add(group);
            foreach (var m in plan.Arguments.OfType<MemoryArgument>())
                ReadersOf(m.Buffer).Add(group);
        }
    }

    /// <summary>Groups that write variables, in the order in which they run after all others.</summary>
    public List<FusionGroup> Order { get; } = [];

    /// <summary>Update values that are computed in place.</summary>
    public HashSet<Node> ComputedInPlace { get; } = [];

    /// <summary>Updates that are computed aside: each needs a copy into its variable at the end.</summary>
    public IEnumerable<Update> Aside => f.Updates.Where(u => !ComputedInPlace.Contains(u.Value));

    public CommitOrder Run()
    {
        var candidates = groups.FindAll(IsCandidate);
        var number = candidates.Index()
            .ToDictionary(c => c.Item, c => c.Index, (IEqualityComparer<FusionGroup>)ReferenceEqualityComparer.Instance);
        int[] awaited = [.. candidates.Select(g => ReadersOfWritten(g).Count(r => r != g && number.ContainsKey(r)))];
        var blocks = Blocked(candidates, number);
        var ready = new SortedSet<int>(Enumerable.Range(0, awaited.Length).Where(c => awaited[c] == 0));
        var isOpen = Enumerable.Repeat(true, awaited.Length).ToArray();
        for (int last = awaited.Length - 1; last >= 0;)
        {
            int next = ready.Count > 0 ? ready.Min : last;   // none may run: a cycle, such as two variables that are swapped
            if (!isOpen[next])
            {
                last--;
                continue;
            }
            if (ready.Remove(next))
                Take(candidates[next]);
            isOpen[next] = false;
            foreach (int freed in blocks[next])
                if (--awaited[freed] == 0 && isOpen[freed])
                    ready.Add(freed);
        }
        return this;
    }

    // Per candidate: those that may not write before it has read, once for each variable that it reads.
    private List<int>[] Blocked(List<FusionGroup> candidates, Dictionary<FusionGroup, int> number)
    {
        List<int>[] blocks = [.. candidates.Select(_ => new List<int>())];
        foreach (var (c, writer) in candidates.Index())
            foreach (var reader in ReadersOfWritten(writer))
                if (reader != writer && number.TryGetValue(reader, out int r))
                    blocks[r].Add(c);
        return blocks;
    }

    private void Take(FusionGroup group)
    {
        Order.Add(group);
        foreach (var output in group.Outputs)
            ComputedInPlace.Add(output.Buffer);
    }

    private bool IsCandidate(FusionGroup group) =>
        group.Kind is not (GroupKind.Scatter or GroupKind.Routine or GroupKind.Straight) && !failing.Contains(group)
        && group.Outputs.All(o => updates.ContainsKey(o.Buffer) && o.Value == o.Buffer && ReadersOf(o.Buffer).Count == 1)
        && group.Outputs.All(o => InPlace.IsSafe(group, o, updates[o.Buffer].Variable));

    private IEnumerable<FusionGroup> ReadersOfWritten(FusionGroup group) =>
        group.Outputs.SelectMany(o => ReadersOf(updates[o.Buffer].Variable));

    private HashSet<FusionGroup> ReadersOf(object buffer) =>
        readers.TryGetValue(buffer, out var set) ? set : readers[buffer] = new(ReferenceEqualityComparer.Instance);
}
