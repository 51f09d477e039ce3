using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// Puts launches into an order in which few bytes are alive at once. Several list schedules are made, forward from the
/// operands and backward from the results, and the one with the lowest peak is taken; the order given, if none is lower.
/// </summary>
/// <remarks>
/// At each point the launch comes next that leaves the fewest bytes alive: R. Sethi and J. Ullman's concern for registers, by
/// the list scheduling of compilers. N log N; the same order every time. Launches of one group stay together, and commits last.
/// </remarks>
internal sealed class StepOrder
{
    // Below this there is nothing to choose; above, a program would rather be compiled soon.
    private const int Fewest = 3, Most = 20_000;

    private readonly List<Launch> launches;
    private readonly Func<MemoryPlaces> places;
    private readonly Dictionary<object, long> sizes = new(ReferenceEqualityComparer.Instance);
    private readonly MemoryPlaces first;

    private StepOrder(List<Launch> launches, Func<MemoryPlaces> places) =>
        (this.launches, this.places, first) = (launches, places, places());

    /// <summary>The launches in the order chosen.</summary>
    /// <param name="launches">In an order that works, commits last.</param>
    /// <param name="places">Makes a fresh assignment of memory.</param>
    /// <param name="sideBySide">Whether small ones may run side by side, for a little more memory.</param>
    public static List<Launch> Of(List<Launch> launches, Func<MemoryPlaces> places, bool sideBySide)
    {
        if (launches.Count is < Fewest or > Most)
            return launches;
        var order = new StepOrder(launches, places);
        var best = order.Run();
        return sideBySide ? SideBySide.Of(best, places, order.Peak) : best;
    }

    /// <summary>A number for one that is not known yet: any does that tells large from small.</summary>
    internal static long Guess(Dim dim)
    {
        if (dim.TryConstant(out long known))
            return known;
        try
        {
            return dim.Evaluate(dim.Symbols.ToDictionary(s => s, _ => 64L));
        }
        catch (DivideByZeroException)
        {
            return 0;
        }
    }

    private List<Launch> Run()
    {
        var units = Units();
        var graph = new StepGraph(units, launches.Where(l => l.Commits).SelectMany(l => l.Touches), SizeOf);
        var (best, least) = (launches, -1L);
        foreach (var order in graph.Schedules())
        {
            if (order.SequenceEqual(Enumerable.Range(0, units.Count)))
                continue;   // as it was given
            least = least < 0 ? Peak(launches) : least;
            List<Launch> candidate = [.. order.SelectMany(u => units[u].Launches), .. launches.Where(l => l.Commits)];
            long peak = Peak(candidate);
            if (peak < least)
                (best, least) = (candidate, peak);
        }
        return best;
    }

    private List<StepUnit> Units()
    {
        var units = new List<StepUnit>();
        foreach (var launch in launches.Where(l => !l.Commits))
        {
            if (units.Count == 0 || !ReferenceEquals(units[^1].Group, launch.Group))
                units.Add(new(launch.Group, [], new(ReferenceEqualityComparer.Instance)));
            units[^1].Launches.Add(launch);
            units[^1].Touches.UnionWith(launch.Touches);
        }
        return units;
    }

    private long Peak(List<Launch> order)
    {
        var at = places();
        var lifetimes = Lifetimes.Of(order, at, reuse: true);
        return ArenaLayout.LowerBound([.. lifetimes.Select((l, i) => new ArenaBuffer(l.First, l.Last, SizeOf(at.Arena[i]), 0, l.Reuses))]);
    }

    // What lies in the arena counts.
    private long SizeOf(object buffer)
    {
        if (!sizes.TryGetValue(buffer, out long size))
            sizes.Add(buffer, size = first[buffer].Kind == PlaceKind.Arena ? Guess(MemoryPlaces.BytesOf(buffer)) : 0);
        return size;
    }
}

/// <summary>The launches of a group, which stay together, and the memory that they touch.</summary>
/// <param name="Group">The group.</param>
/// <param name="Launches">Its launches in order.</param>
/// <param name="Touches">Buffers read or written.</param>
internal sealed record StepUnit(FusionGroup Group, List<Launch> Launches, HashSet<object> Touches);
