namespace Adjoint.Codegen;

/// <summary>Looks for offsets that need few bytes: several orders of placing, then the order that failed improved; the best is taken.</summary>
/// <remarks>
/// Each buffer goes to the lowest offset that is free for as long as it lives. Largest first is the greedy-by-size strategy of
/// Y. Pisarchyk and J. Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020. Where that leaves gaps, what ended
/// up highest is placed earlier, as in squeaky wheel optimisation, D. Joslin and D. Clements, JAIR 10, 1999.
/// </remarks>
internal sealed class ArenaSearch
{
    // Pairs of buffers that may be looked at: about a millisecond.
    private const long MostPairs = 2_000_000;

    private readonly ArenaBuffer[] buffers;
    private readonly long bound;
    private readonly List<int> placed = [];   // by offset
    private readonly long[] offsets;
    private (long[] Offsets, long Bytes) best;

    private ArenaSearch(ArenaBuffer[] buffers, long bound) => (this.buffers, this.bound, offsets) = (buffers, bound, new long[buffers.Length]);

    /// <summary>An offset per buffer, and the bytes needed in all. Sizes are multiples of the alignment.</summary>
    /// <param name="buffers">Which live when, and their sizes.</param>
    /// <param name="bound">Bytes below which no layout can be: reaching it ends the search.</param>
    public static (long[] Offsets, long Bytes) Solve(ArenaBuffer[] buffers, long bound) => new ArenaSearch(buffers, bound).Run();

    private bool IsTight => best.Bytes <= bound;

    private (long[] Offsets, long Bytes) Run()
    {
        best = ArenaSweep.Solve(buffers);
        long pairs = Math.Max(1, (long)buffers.Length * buffers.Length), tries = MostPairs / pairs;
        var starts = Starts();
        for (int s = 0; s < starts.Length && tries > 0 && !IsTight; s++)
            tries -= Improve([.. starts[s]], Math.Max(1, tries / (starts.Length - s)));
        return best;
    }

    private IEnumerable<int>[] Starts()
    {
        var all = Enumerable.Range(0, buffers.Length);
        return
        [
            all.OrderByDescending(i => buffers[i].Bytes).ThenBy(i => i),
            all.OrderByDescending(i => buffers[i].Bytes * (double)Length(i)).ThenBy(i => i),
            all.OrderByDescending(Length).ThenByDescending(i => buffers[i].Bytes).ThenBy(i => i),
        ];
    }

    private int Length(int i) => buffers[i].Last - buffers[i].First + 1;

    private long Improve(List<int> order, long tries)
    {
        long used = 0;
        for (var seen = new HashSet<(int, long)>(); used < tries && !IsTight; used++)
        {
            var (bytes, highest) = Place(order);
            if (bytes < best.Bytes)
                best = ([.. offsets], bytes);
            int at = order.IndexOf(highest);
            if (at == 0 || !seen.Add((highest, bytes)))
                return used + 1;
            order.RemoveAt(at);
            order.Insert(at / 2, highest);
        }
        return used;
    }

    // The bytes needed, and the buffer that ends there.
    private (long Bytes, int Highest) Place(List<int> order)
    {
        placed.Clear();
        var (bytes, highest) = (0L, 0);
        foreach (int index in order)
        {
            long offset = Lowest(index);
            offsets[index] = offset;
            placed.Insert(~placed.BinarySearch(index, Comparer<int>.Create(ByOffset)), index);
            if (offset + buffers[index].Bytes > bytes)
                (bytes, highest) = (offset + buffers[index].Bytes, index);
        }
        return (bytes, highest);
    }

    private int ByOffset(int a, int b) => offsets[a] != offsets[b] ? offsets[a].CompareTo(offsets[b]) : a.CompareTo(b);

    private long Lowest(int index)
    {
        long offset = 0;
        foreach (int other in placed)
            if (buffers[other].LivesWith(buffers[index]))
            {
                if (offsets[other] - offset >= buffers[index].Bytes)
                    break;
                offset = Math.Max(offset, offsets[other] + buffers[other].Bytes);
            }
        return offset;
    }
}
