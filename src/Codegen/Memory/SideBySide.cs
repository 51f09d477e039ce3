using System.Globalization;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// Brings small launches that do not wait for each other together: those of one code become one launch over a <see cref="LaunchTable"/>, and
/// threads share what is too little for them one by one. Taken only if it takes little more memory; the same for any number of threads.
/// </summary>
/// <remarks>
/// List scheduling by waves: the earliest launch in the order given, and others that are ready. N log N. Keeping those of one code back
/// until all of them are ready makes fewer launches yet, but no step of a deep network was faster, since its tensors have left the cache.
/// </remarks>
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
    private readonly bool onlyTables;
    private readonly List<int>[] after;
    private readonly int[] awaited;
    private readonly string?[] keys;   // of the tables that launches can be in, as far as anybody asked

    private SideBySide(List<Launch> launches, MemoryPlaces places, bool onlyTables)
    {
        (this.launches, this.places, this.onlyTables) = (launches, places, onlyTables);
        (after, awaited, keys) = ([.. launches.Select(_ => new List<int>())], new int[launches.Count], new string?[launches.Count]);
        Connect();
    }

    /// <summary>The launches in waves; in tables alone, or as they were, where those take too much memory.</summary>
    /// <param name="launches">In an order that works, commits last.</param>
    /// <param name="places">Makes a fresh assignment of memory.</param>
    /// <param name="peak">Bytes alive at once in an order of launches.</param>
    public static List<Launch> Of(List<Launch> launches, Func<MemoryPlaces> places, Func<List<Launch>, long> peak)
    {
        long most = 0;
        foreach (bool onlyTables in (bool[])[false, true])
        {
            var waves = new SideBySide(launches, places(), onlyTables).Run();
            if (!waves.Exists(l => l.Beside))
                break;
            if (most == 0 && peak(launches) is var least)
                most = Math.Max(least + least / 10, FreeBytes);
            if (peak(waves) <= most)
                return waves;
        }
        return launches;
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
        List<List<int>> tables = wave.Count == 1 ? [wave] : [.. wave.GroupBy(KeyOf).Select(t => t.ToList())];
        if (onlyTables || tables.Sum(NanosecondsOf) < (tables.Count < Many ? Worthwhile : WorthwhileOfMany))
        {
            passed.AddRange(tables.Skip(1).SelectMany(t => t));
            tables.RemoveRange(1, tables.Count - 1);
        }
        foreach (int i in passed)
            ready.Enqueue(i, i);
        foreach (var (t, entries) in tables.Index())
            order.AddRange(Joined(entries).Select((l, n) => l with { Beside = t + n > 0, Joined = n > 0 }));
        return [.. tables.SelectMany(t => t)];
    }

    private IEnumerable<Launch> Joined(List<int> entries) => entries is [var only] ? [launches[only]]
        : LaunchTable.Of([.. entries.Select(i => launches[i].Plan)]).Zip(entries, (plan, i) => launches[i] with { Plan = plan });

    // What can be in no table has a key of its own.
    private string KeyOf(int launch) =>
        keys[launch] ??= LaunchTable.KeyOf(launches[launch].Plan) ?? launch.ToString(CultureInfo.InvariantCulture);

    private bool IsNarrow(int launch) =>
        NanosecondsOf([launch]) < Narrow || StepOrder.Guess(launches[launch].Plan.Range) <= launches[launch].Plan.Grain;

    private double NanosecondsOf(List<int> entries) =>
        KernelPlan.Nanoseconds(entries.Select(i => (launches[i].Plan, StepOrder.Guess(launches[i].Plan.Work))));

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
