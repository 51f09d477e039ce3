namespace Adjoint.Codegen;

/// <summary>
/// Looks for offsets that need few bytes: several orders of placing,
/// then small changes of the best one. Ends when nothing is wasted.
/// </summary>
/// <remarks>
/// Each buffer goes to the lowest offset that is free for as long as it lives. Largest first is the greedy-by-size strategy of
/// Y. Pisarchyk and J. Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020. Where that leaves gaps, what ended
/// up highest is placed earlier, as in squeaky wheel optimisation (D. Joslin and D. Clements, JAIR 10, 1999), in turns with moves drawn
/// at random from a fixed seed: the layout is the same every time.
/// </remarks>
internal sealed class ArenaSearch
{
    // Pairs of buffers that may be looked at: some 20 milliseconds.
    private const long MostPairs = 8_000_000;

    // Shares of the bound that are not worth looking for.
    private const long Enough = 64;

    private readonly ArenaBuffer[] buffers;
    private readonly long bound;
    private readonly List<int> placed = [];   // by offset
    private readonly long[] offsets;
    private (long[] Offsets, long Bytes) best;

    private ArenaSearch(ArenaBuffer[] buffers, long bound) =>
        (this.buffers, this.bound, offsets) = (buffers, bound, new long[buffers.Length]);

    /// <summary>An offset per buffer, and the bytes needed in all. Sizes are multiples of the alignment.</summary>
    /// <param name="buffers">Which live when, and their sizes.</param>
    /// <param name="bound">Bytes below which no layout can be: reaching it ends the search.</param>
    public static (long[] Offsets, long Bytes) Solve(ArenaBuffer[] buffers, long bound) => new ArenaSearch(buffers, bound).Run();

    private bool IsTight => best.Bytes <= bound + bound / Enough;

    private (long[] Offsets, long Bytes) Run()
    {
        best = ArenaSweep.Solve(buffers);
        long tries = MostPairs / Math.Max(1, (long)buffers.Length * buffers.Length);
        (List<int> Order, long Bytes, int Highest) start = ([], long.MaxValue, 0);
        foreach (var order in Starts().Take((int)Math.Min(tries, 3)).Select(s => s.ToList()))
            if (!IsTight && Place(order) is var (bytes, highest) && bytes < start.Bytes)
                start = (order, bytes, highest);
        if (start.Order.Count > 1)
            Climb(start.Order, start.Bytes, start.Highest, tries);
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

    // Moves that make it no worse are kept.
    private void Climb(List<int> order, long bytes, int highest, long tries)
    {
        var random = new Random(1);
        for (long t = 0; t < tries && !IsTight; t++)
        {
            int from = t % 2 == 0 ? order.IndexOf(highest) : random.Next(order.Count);
            int to = random.Next(t % 2 == 0 ? Math.Max(1, from) : order.Count), moved = order[from];
            order.RemoveAt(from);
            order.Insert(to, moved);
            if (Place(order) is var now && now.Bytes <= bytes)
            {
                (bytes, highest) = now;
                continue;
            }
            order.RemoveAt(to);
            order.Insert(from, moved);
        }
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
        if (bytes < best.Bytes)
            best = ([.. offsets], bytes);
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
