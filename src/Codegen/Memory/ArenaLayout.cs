namespace Adjoint.Codegen;

/// <summary>A buffer in the arena: how long it lives, how large it is, where it lies.</summary>
/// <param name="First">The first step that touches it.</param>
/// <param name="Last">The last one.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Offset">From the start of the arena; a multiple of <see cref="ArenaLayout.Alignment"/>.</param>
/// <param name="Reuses">The buffer whose place it takes element by element
/// in its first step, which is that one's last; -1 for none.</param>
internal readonly record struct ArenaBuffer(int First, int Last, long Bytes, long Offset, int Reuses = -1)
{
    /// <summary>Whether both hold values at some step.</summary>
    public bool LivesWith(ArenaBuffer other) => First <= other.Last && other.First <= Last;
}

/// <summary>Gives buffers offsets in one arena so that those alive at the same time do not overlap.</summary>
internal static class ArenaLayout
{
    /// <summary>Buffers start on cache lines, and on the widest registers.</summary>
    public const long Alignment = 64;

    /// <summary>The buffers with offsets, in the order given, and the bytes that the arena needs.</summary>
    /// <param name="buffers">Which live when, and their sizes.</param>
    /// <param name="searches">Whether to look on for fewer bytes after the first layout.</param>
    public static (ArenaBuffer[] Buffers, long Bytes) Solve(IReadOnlyList<ArenaBuffer> buffers, bool searches = true)
    {
        var (joined, roots) = (Joined(buffers), Roots(buffers));
        ArenaBuffer[] places = [.. joined.Where(b => b.Reuses < 0).Select(b => b with { Bytes = Aligned(b.Bytes) })];
        var (offsets, bytes) = searches ? ArenaSearch.Solve(places, LowerBound(buffers)) : ArenaSweep.Solve(places);
        int next = 0;
        for (int i = 0; i < joined.Length; i++)
            if (joined[i].Reuses < 0)
                joined[i] = joined[i] with { Offset = offsets[next++] };
        return ([.. buffers.Select((b, i) => b with { Offset = joined[roots[i]].Offset })], bytes);
    }

    /// <summary>The most bytes alive at one step: no layout needs less.</summary>
    public static long LowerBound(IReadOnlyList<ArenaBuffer> buffers) => Crowd(buffers).Bytes;

    /// <summary>The first step at which as much is alive as at any.</summary>
    public static int MostCrowded(IReadOnlyList<ArenaBuffer> buffers) => Crowd(buffers).Step;

    private static (long Bytes, int Step) Crowd(IReadOnlyList<ArenaBuffer> buffers)
    {
        var change = new SortedDictionary<int, long>();
        foreach (var b in Joined(buffers).Where(b => b.Reuses < 0))
        {
            change[b.First] = change.GetValueOrDefault(b.First) + Aligned(b.Bytes);
            change[b.Last + 1] = change.GetValueOrDefault(b.Last + 1) - Aligned(b.Bytes);
        }
        var most = (Bytes: 0L, Step: 0);
        long alive = 0;
        foreach (var (step, c) in change)
            if ((alive += c) > most.Bytes)
                most = (alive, step);
        return most;
    }

    /// <summary>First and last step of each place in memory, and the first of the buffers that take it one after the other.</summary>
    public static IReadOnlyList<(int First, int Last, int Buffer)> Places(IReadOnlyList<Lifetime> lifetimes) =>
        [.. Joined([.. lifetimes.Select(l => new ArenaBuffer(l.First, l.Last, 0, 0, l.Reuses))])
            .Select((b, i) => (b.First, b.Last, i, b.Reuses)).Where(b => b.Reuses < 0).Select(b => (b.First, b.Last, b.i))];

    // The first of buffers that take each other's place lives as long as all of them.
    private static ArenaBuffer[] Joined(IReadOnlyList<ArenaBuffer> buffers)
    {
        var (result, roots) = (buffers.ToArray(), Roots(buffers));
        for (int i = 0; i < result.Length; i++)
            result[roots[i]] = result[roots[i]] with { Last = Math.Max(result[roots[i]].Last, buffers[i].Last) };
        return result;
    }

    // Who began each chain. Buffers come to life in chain order, so one pass in that order finds all.
    private static int[] Roots(IReadOnlyList<ArenaBuffer> buffers)
    {
        int[] roots = [.. Enumerable.Range(0, buffers.Count)];
        foreach (int i in Enumerable.Range(0, buffers.Count).Where(i => buffers[i].Reuses >= 0).OrderBy(i => buffers[i].First))
            roots[i] = roots[buffers[i].Reuses];
        return roots;
    }

    private static long Aligned(long bytes) => (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;
}
