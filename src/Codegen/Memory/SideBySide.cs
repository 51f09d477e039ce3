using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Brings small launches that do not wait for each other together, so that threads share what is too little for them one by one. Taken
/// only if it takes little more memory; the same for any number of threads.
/// </summary>
/// <remarks>List scheduling by waves: the earliest launch in the order given, and others that are ready. N log N.</remarks>
internal sealed class SideBySide
{
    // A launch of less gains from company; a wave of less is not worth a second thread. In nanoseconds. Many launches are likely to go on
    // where the last wave ended, and then each thread has in its cache what it made there: they stay together for less.
    private const double Narrow = 40_000, Worthwhile = 12_000, WorthwhileOfMany = 4_000;

    private const int Many = 8;

    private const int MostInWave = 128;

    // Memory that nobody misses: it fits the second-level cache.
    private const long FreeBytes = 1 << 19;

    private readonly List<Launch> launches;
    private readonly MemoryPlaces places;
    private readonly List<int>[] after;
    private readonly int[] awaited;

    private SideBySide(List<Launch> launches, MemoryPlaces places)
    {
        (this.launches, this.places) = (launches, places);
        (after, awaited) = ([.. launches.Select(_ => new List<int>())], new int[launches.Count]);
        Connect();
    }

    /// <summary>The launches in waves, or as they were.</summary>
    /// <param name="launches">In an order that works, commits last.</param>
    /// <param name="places">Makes a fresh assignment of memory.</param>
    /// <param name="peak">Bytes alive at once in an order of launches.</param>
    public static List<Launch> Of(List<Launch> launches, Func<MemoryPlaces> places, Func<List<Launch>, long> peak)
    {
        var waves = new SideBySide(launches, places()).Run();
        if (!waves.Exists(l => l.Beside))
            return launches;
        long least = peak(launches);
        return peak(waves) <= Math.Max(least + least / 10, FreeBytes) ? waves : launches;
    }

    private List<Launch> Run()
    {
        var order = new List<Launch>();
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < awaited.Length; i++)
            if (awaited[i] == 0)
                ready.Enqueue(i, i);
        while (ready.Count > 0)
            foreach (int i in Wave(ready, order))
                foreach (int next in after[i])
                    if (--awaited[next] == 0)
                        ready.Enqueue(next, next);
        return order;
    }

    // Takes the launches that come next. Commits wait for all others, and so follow them here as well.
    private List<int> Wave(PriorityQueue<int, int> ready, List<Launch> order)
    {
        List<int> wave = [ready.Dequeue()], passed = [];
        bool commits = launches[wave[0]].Commits;
        while (IsNarrow(wave[0]) && wave.Count + passed.Count < MostInWave
            && ready.TryPeek(out int next, out _) && launches[next].Commits == commits)
            (IsNarrow(ready.Dequeue()) ? wave : passed).Add(next);
        if (wave.Sum(NanosecondsOf) < (wave.Count < Many ? Worthwhile : WorthwhileOfMany))
        {
            passed.AddRange(wave[1..]);
            wave.RemoveRange(1, wave.Count - 1);
        }
        foreach (int i in passed)
            ready.Enqueue(i, i);
        order.AddRange(wave.Select((l, n) => launches[l] with { Beside = n > 0 }));
        return wave;
    }

    private bool IsNarrow(int launch) =>
        NanosecondsOf(launch) < Narrow || StepOrder.Guess(launches[launch].Plan.Range) <= launches[launch].Plan.Grain;

    private double NanosecondsOf(int launch) => launches[launch].Plan.Nanoseconds(StepOrder.Guess(launches[launch].Plan.Work));

    // Who comes later in the order given, and touches memory that the earlier one writes or writes what it touches, waits. So do
    // launches of a group for those before them.
    private void Connect()
    {
        var writers = new Dictionary<MemoryPlace, int>();
        var readers = new Dictionary<MemoryPlace, List<int>>();
        int lastOfGroup = -1;
        for (int i = 0; i < launches.Count; i++)
        {
            var written = launches[i].Group.Outputs.Select(o => places[o.Buffer]).ToHashSet();
            var waitsFor = new HashSet<int>();
            if (lastOfGroup >= 0 && ReferenceEquals(launches[lastOfGroup].Group, launches[i].Group))
                waitsFor.Add(lastOfGroup);
            foreach (var place in launches[i].Touches.Select(b => places[b]).Distinct())
            {
                if (writers.TryGetValue(place, out int writer))
                    waitsFor.Add(writer);
                var known = readers.TryGetValue(place, out var list) ? list : readers[place] = [];
                if (written.Contains(place))
                {
                    waitsFor.UnionWith(known);
                    known.Clear();
                    writers[place] = i;
                }
                else
                {
                    known.Add(i);
                }
            }
            waitsFor.Remove(i);
            foreach (int earlier in waitsFor)
                after[earlier].Add(i);
            awaited[i] = waitsFor.Count;
            lastOfGroup = i;
        }
    }
}
