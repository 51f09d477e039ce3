namespace Adjoint.Codegen;

/// <summary>
/// A layout in one walk through time, as an allocator would make it: each newborn takes the smallest gap that holds it, and what dies
/// leaves one. N log N, so it serves graphs of any size.
/// </summary>
internal sealed class ArenaSweep
{
    private readonly SortedSet<(long Offset, long Bytes)> gaps = [];
    private readonly SortedSet<(long Bytes, long Offset)> bySize = [];
    private long end;

    /// <summary>An offset per buffer, and the bytes needed in all.</summary>
    public static (long[] Offsets, long Bytes) Solve(ArenaBuffer[] buffers)
    {
        var sweep = new ArenaSweep();
        var offsets = new long[buffers.Length];
        var dying = new PriorityQueue<int, int>();
        foreach (int i in Enumerable.Range(0, buffers.Length).OrderBy(i => buffers[i].First).ThenByDescending(i => buffers[i].Bytes))
        {
            while (dying.TryPeek(out int dead, out int last) && last < buffers[i].First)
            {
                dying.Dequeue();
                sweep.Free(offsets[dead], buffers[dead].Bytes);
            }
            offsets[i] = sweep.Take(buffers[i].Bytes);
            dying.Enqueue(i, buffers[i].Last);
        }
        return (offsets, sweep.end);
    }

    private long Take(long bytes)
    {
        foreach (var (size, offset) in bySize.GetViewBetween((bytes, 0), (long.MaxValue, 0)))
        {
            Remove((offset, size));
            if (size > bytes)
                Add((offset + bytes, size - bytes));
            return offset;
        }
        // The last gap reaches the end more often than not: it is what grows.
        long start = end;
        if (gaps.Count > 0 && gaps.Max is var top && top.Offset + top.Bytes == end)
        {
            Remove(top);
            start = top.Offset;
        }
        end = start + bytes;
        return start;
    }

    private void Free(long offset, long bytes)
    {
        var gap = (Offset: offset, Bytes: bytes);
        var left = gaps.GetViewBetween((0, 0), (offset, 0)).Max;   // nothing, of 0 bytes, where there is none
        if (left.Bytes > 0 && left.Offset + left.Bytes == offset)
        {
            Remove(left);
            gap = (left.Offset, left.Bytes + gap.Bytes);
        }
        var right = gaps.GetViewBetween((offset + bytes, 0), (offset + bytes, long.MaxValue)).Min;
        if (right.Bytes > 0)
        {
            Remove(right);
            gap.Bytes += right.Bytes;
        }
        Add(gap);
    }

    private void Add((long Offset, long Bytes) gap)
    {
        gaps.Add(gap);
        bySize.Add((gap.Bytes, gap.Offset));
    }

    private void Remove((long Offset, long Bytes) gap)
    {
        gaps.Remove(gap);
        bySize.Remove((gap.Bytes, gap.Offset));
    }
}
