namespace Adjoint.Codegen;

/// <summary>Checks a layout without knowing how it was made.</summary>
internal static class ArenaVerifier
{
    /// <summary>
    /// Throws if buffers alive at the same step share a byte (but for one that takes the place of another in that one's last step), lie
    /// outside the arena or are not aligned.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layout is wrong; names the buffers.</exception>
    public static void Check(IReadOnlyList<ArenaBuffer> buffers, long arenaBytes)
    {
        foreach (var b in buffers)
            if (b.Offset < 0 || b.Offset % ArenaLayout.Alignment != 0 || b.Offset + b.Bytes > arenaBytes)
                throw new InvalidOperationException($"{b} does not lie aligned within an arena of {arenaBytes} bytes.");
        // A walk through time: what is alive lies side by side, so a newcomer has to look at its two neighbours only.
        var alive = new SortedSet<(long Offset, int Index)>();
        var dying = new PriorityQueue<int, int>();
        foreach (int i in Enumerable.Range(0, buffers.Count).Where(i => buffers[i].Bytes > 0).OrderBy(i => buffers[i].First))
        {
            while (dying.TryPeek(out int dead, out int last) && last < buffers[i].First)
                alive.Remove((buffers[dying.Dequeue()].Offset, dead));
            if (TakesPlace(buffers, i))
                alive.Remove((buffers[buffers[i].Reuses].Offset, buffers[i].Reuses));
            DemandRoom(buffers, alive, i);
            alive.Add((buffers[i].Offset, i));
            dying.Enqueue(i, buffers[i].Last);
        }
    }

    private static void DemandRoom(IReadOnlyList<ArenaBuffer> buffers, SortedSet<(long Offset, int Index)> alive, int i)
    {
        var b = buffers[i];
        var below = alive.GetViewBetween((0, 0), (b.Offset + b.Bytes - 1, int.MaxValue)).Max;
        if (alive.Contains(below) && buffers[below.Index] is var other && other.Offset + other.Bytes > b.Offset)
            throw new InvalidOperationException($"{other} and {b} are alive at the same step and overlap.");
    }

    private static bool TakesPlace(IReadOnlyList<ArenaBuffer> buffers, int i) => buffers[i] is { Reuses: >= 0 } next
        && buffers[next.Reuses] is var before && next.First == before.Last && next.Offset == before.Offset && next.Bytes == before.Bytes;
}
