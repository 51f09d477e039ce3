namespace Adjoint.Codegen;

/// <summary>A buffer in the arena: how long it lives, how large it is, where it lies.</summary>
/// <param name="First">The first step that touches it.</param>
/// <param name="Last">The last one.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Offset">From the start of the arena; a multiple of <see cref="ArenaLayout.Alignment"/>.</param>
/// <param name="Reuses">The buffer whose place it takes element by element in its first step, which is that one's last; -1 for none.</param>
internal readonly record struct ArenaBuffer(int First, int Last, long Bytes, long Offset, int Reuses = -1)
{
    /// <summary>Whether both hold values at some step.</summary>
    public bool LivesWith(ArenaBuffer other) => First <= other.Last && other.First <= Last;
}

/// <summary>Gives buffers offsets in one arena so that those alive at the same time do not overlap.</summary>
/// <remarks>
/// Largest first, each at the lowest offset that is free for as long as it lives: the greedy-by-size strategy of
/// Y. Pisarchyk and J. Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020.
/// </remarks>
internal static class ArenaLayout
{
    /// <summary>Buffers start on cache lines, and on the widest registers.</summary>
    public const long Alignment = 64;

    /// <summary>The buffers with offsets, in the order given, and the bytes that the arena needs.</summary>
    public static (ArenaBuffer[] Buffers, long Bytes) Solve(IReadOnlyList<ArenaBuffer> buffers)
    {
        var placed = new SortedSet<(long Offset, int Index)>();
        var result = Joined(buffers);
        long bytes = 0;
        foreach (int index in Enumerable.Range(0, result.Length).Where(i => result[i].Reuses < 0).OrderByDescending(i => result[i].Bytes).ThenBy(i => i))
        {
            long offset = 0;
            foreach (var (start, other) in placed)
                if (result[other].LivesWith(result[index]))
                {
                    if (start - offset >= Aligned(result[index].Bytes))
                        break;
                    offset = Math.Max(offset, start + Aligned(result[other].Bytes));
                }
            result[index] = result[index] with { Offset = offset };
            placed.Add((offset, index));
            bytes = Math.Max(bytes, offset + Aligned(result[index].Bytes));
        }
        var roots = Roots(buffers);
        return ([.. buffers.Select((b, i) => b with { Offset = result[roots[i]].Offset })], bytes);
    }

    /// <summary>The most bytes alive at one step: no layout needs less.</summary>
    public static long LowerBound(IReadOnlyList<ArenaBuffer> buffers)
    {
        var change = new SortedDictionary<int, long>();
        foreach (var b in Joined(buffers).Where(b => b.Reuses < 0))
        {
            change[b.First] = change.GetValueOrDefault(b.First) + Aligned(b.Bytes);
            change[b.Last + 1] = change.GetValueOrDefault(b.Last + 1) - Aligned(b.Bytes);
        }
        long alive = 0, most = 0;
        foreach (long c in change.Values)
            most = Math.Max(most, alive += c);
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

/// <summary>Checks a layout without knowing how it was made.</summary>
internal static class ArenaVerifier
{
    /// <summary>Throws if buffers alive at the same step share a byte (but for one that takes the place of another in that one's last step), lie outside the arena or are not aligned.</summary>
    /// <exception cref="InvalidOperationException">The layout is wrong; names the buffers.</exception>
    public static void Check(IReadOnlyList<ArenaBuffer> buffers, long arenaBytes)
    {
        foreach (var b in buffers)
            if (b.Offset < 0 || b.Offset % ArenaLayout.Alignment != 0 || b.Offset + b.Bytes > arenaBytes)
                throw new InvalidOperationException($"{b} does not lie aligned within an arena of {arenaBytes} bytes.");
        // A sweep over offsets meets every pair that overlaps in memory, and only those.
        var open = new List<ArenaBuffer>();
        foreach (var b in buffers.Where(b => b.Bytes > 0).OrderBy(b => b.Offset))
        {
            open.RemoveAll(o => o.Offset + o.Bytes <= b.Offset);
            foreach (var other in open)
                if (other.LivesWith(b) && !TakesPlace(buffers, b, other) && !TakesPlace(buffers, other, b))
                    throw new InvalidOperationException($"{other} and {b} are alive at the same step and overlap.");
            open.Add(b);
        }
    }

    private static bool TakesPlace(IReadOnlyList<ArenaBuffer> buffers, ArenaBuffer next, ArenaBuffer before) =>
        next.Reuses >= 0 && buffers[next.Reuses] == before && next.First == before.Last && next.Offset == before.Offset && next.Bytes == before.Bytes;
}
