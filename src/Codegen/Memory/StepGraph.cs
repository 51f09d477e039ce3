namespace Adjoint.Codegen;

/// <summary>Which launches have to wait for which, since they share memory, and orders that respect it.</summary>
internal sealed class StepGraph
{
    private readonly List<StepUnit> units;
    private readonly Dictionary<object, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<long> sizes = [];
    private readonly List<List<int>> touchers = [];
    private readonly int[][] touched;
    private readonly bool[] kept;
    private readonly List<int>[] after, before;

    /// <summary>Finds the dependencies.</summary>
    /// <param name="units">In an order that works.</param>
    /// <param name="kept">Buffers that are needed after all of them.</param>
    /// <param name="sizeOf">Bytes of a buffer that count.</param>
    public StepGraph(List<StepUnit> units, IEnumerable<object> kept, Func<object, long> sizeOf)
    {
        this.units = units;
        touched = [.. units.Select((u, i) => u.Touches.Select(b => Number(b, i, sizeOf)).ToArray())];
        (after, before) = ([.. units.Select(_ => new List<int>())], [.. units.Select(_ => new List<int>())]);
        this.kept = new bool[sizes.Count];
        foreach (var buffer in kept)
            if (numbers.TryGetValue(buffer, out int b))
                this.kept[b] = true;
        for (int b = 0; b < touchers.Count; b++)
            Connect(b);
    }

    /// <summary>Orders worth comparing: those that free most, and those that go deep first, from either end.</summary>
    public IEnumerable<IEnumerable<int>> Schedules()
    {
        yield return new ListSchedule(this, forward: true, deep: false).Run();
        yield return new ListSchedule(this, forward: false, deep: false).Run().AsEnumerable().Reverse();
        yield return new ListSchedule(this, forward: true, deep: true).Run();
        yield return new ListSchedule(this, forward: false, deep: true).Run().AsEnumerable().Reverse();
    }

    private int Number(object buffer, int unit, Func<object, long> sizeOf)
    {
        if (!numbers.TryGetValue(buffer, out int number))
        {
            numbers.Add(buffer, number = sizes.Count);
            sizes.Add(sizeOf(buffer));
            touchers.Add([]);
        }
        touchers[number].Add(unit);
        return number;
    }

    // Writers one after the other; readers after the writer before them and before the next one. Who touches memory first writes
    // it, unless it is an operand of the call, a variable or a constant.
    private void Connect(int buffer)
    {
        int writer = -1;
        var readers = new List<int>();
        foreach (int u in touchers[buffer])
            if (Writes(u, buffer) || (sizes[buffer] > 0 && writer < 0))
            {
                foreach (int r in readers)
                    Wait(u, r);
                if (readers.Count == 0 && writer >= 0)
                    Wait(u, writer);
                readers.Clear();
                writer = u;
            }
            else
            {
                readers.Add(u);
                if (writer >= 0)
                    Wait(u, writer);
            }
    }

    private bool Writes(int unit, int buffer)
    {
        foreach (var output in units[unit].Group.Outputs)
            if (numbers.TryGetValue(output.Buffer, out int b) && b == buffer)
                return true;
        return false;
    }

    private void Wait(int later, int earlier)
    {
        after[earlier].Add(later);
        before[later].Add(earlier);
    }

    /// <summary>
    /// One list schedule. A buffer is alive from the first launch
    /// that touches it to the last, so both directions work alike.
    /// </summary>
    private sealed class ListSchedule(StepGraph graph, bool forward, bool deep)
    {
        private readonly List<int> order = new(graph.units.Count);
        private readonly int[] awaited = [.. (forward ? graph.before : graph.after).Select(w => w.Count)];
        private readonly int[] untouched = [.. graph.touchers.Select((t, b) => t.Count + (forward && graph.kept[b] ? 1 : 0))];
        private readonly bool[] alive = [.. graph.kept.Select(k => k && !forward)];
        private readonly long[] grows = new long[graph.units.Count];
        private readonly bool[] isReady = new bool[graph.units.Count];
        private readonly PriorityQueue<(int Unit, long Grows), (long, long)> ready = new();

        public List<int> Run()
        {
            for (int u = 0; u < awaited.Length; u++)
                if (awaited[u] == 0)
                    Offer(u);
            while (ready.TryDequeue(out var next, out _))
                if (isReady[next.Unit] && next.Grows == grows[next.Unit])
                    Take(next.Unit);
            return order;
        }

        // What it brings to life, less what dies with it.
        private void Offer(int u)
        {
            isReady[u] = true;
            long sum = 0;
            foreach (int b in graph.touched[u])
                sum += (alive[b] ? 0 : graph.sizes[b]) - (untouched[b] == 1 ? graph.sizes[b] : 0);
            grows[u] = sum;
            ready.Enqueue((u, sum), deep ? (-order.Count, sum) : (sum, forward ? u : -u));
        }

        private void Take(int u)
        {
            isReady[u] = false;
            order.Add(u);
            foreach (int b in graph.touched[u])
            {
                bool changes = !alive[b] || untouched[b] == 2;
                alive[b] = true;
                untouched[b]--;
                if (changes && !deep && graph.sizes[b] > 0)
                    foreach (int other in graph.touchers[b])
                        if (isReady[other])
                            Offer(other);
            }
            foreach (int next in (forward ? graph.after : graph.before)[u])
                if (--awaited[next] == 0)
                    Offer(next);
        }
    }
}
