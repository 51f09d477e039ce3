using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>Decides between straight-line code and loops.</summary>
internal static class FlatChoice
{
    /// <summary>The longest code that is made unasked: at 5 to 10 us per instruction, a fifth of a second.</summary>
    public const int Longest = 20_000;

    // Below this nothing is compared: a launch alone costs more.
    private const int Short = 100;

    // About what an instruction of straight-line code costs, and what a launch costs beside its work.
    private const double NanosecondsPerInstruction = 0.4, NanosecondsPerLaunch = 20;

    // Units of work are priced in full registers, and a launch computes one at least.
    private const long LeastWork = 16;

    /// <summary>The straight-line code of an optimised computation; null where loops are to be used.</summary>
    /// <exception cref="GraphException">Straight-line code was demanded, and there is none.</exception>
    public static FlatProgram? Of(Computation f, CompileOptions options)
    {
        var flat = Instances(f, options);
        return flat is null || options.Flatten == Flattening.Always || IsFaster(flat, () => NanosecondsOfLoops(f)) ? flat : null;
    }

    /// <summary>
    /// The straight-line code of one instance of a batch: lanes are full
    /// whatever the shapes, so it is taken wherever it is not too long.
    /// </summary>
    /// <exception cref="GraphException">Straight-line code was demanded, and there is none.</exception>
    public static FlatProgram? Instances(Computation f, CompileOptions options)
    {
        if (options.Flatten == Flattening.Never || options.NanGuard)
            return null;
        bool always = options.Flatten == Flattening.Always;
        var flat = Flattener.Of(f, always ? int.MaxValue : Longest, options.Admitted);
        return flat is not null || !always ? flat
            : throw NotStraight(f, f.Applies.Where(a => a.Op is not Operations.InputOp && !FlatGraph.Unrolls(a, int.MaxValue)));
    }

    /// <summary>Which parts of an optimised computation, whose outputs have memory of their own, become straight-line code.</summary>
    /// <exception cref="GraphException">Straight-line code was demanded for all, and something has none.</exception>
    public static Partition Parts(Computation f, CompileOptions options)
    {
        var loops = Loops(f, options);
        if (options.Flatten == Flattening.Never || options.NanGuard)
            return loops;
        bool always = options.Flatten == Flattening.Always;
        int limit = always ? int.MaxValue : Longest;
        var parts = Partition.Of(f, options.Seldom, a => FlatGraph.Unrolls(a, limit) && a.Results.All(y => FlatGraph.Count(y) > 0));
        if (!always && !parts.HasStraight)
            return loops;
        var groups = Fuse.Run(f, partition: parts).Groups;
        if (always)
            return groups.All(g => g.Kind == GroupKind.Straight) ? parts
                : throw NotStraight(f, groups.First(g => g.Kind != GroupKind.Straight).Nodes.Select(n => n.Apply));
        var cost = NanosecondsOfLoops(f, parts, loops);
        bool Pays(FusionGroup group, Part part) => cost.TryGetValue(part, out double nanoseconds)
            && Flattener.Of(FlatGraph.Of(group), Longest, options.Admitted) is { } flat && IsFaster(flat, () => nanoseconds);
        return parts.Without(groups.Where(g => g.Kind == GroupKind.Straight).Select(g => (Group: g, Part: parts[g.Outputs[0].Value.Apply]))
            .Where(g => !Pays(g.Group, g.Part)).Select(g => g.Part).ToHashSet());
    }

    /// <summary>The parts of a computation that is loops throughout.</summary>
    public static Partition Loops(Computation f, CompileOptions options) =>
        options.Seldom.IsEmpty ? Partition.None : Partition.Of(f, options.Seldom, _ => false);

    // What the loops cost that compute nothing but nodes of one part.
    private static Dictionary<Part, double> NanosecondsOfLoops(Computation f, Partition parts, Partition loops)
    {
        var cost = new Dictionary<Part, double>();
        foreach (var (group, plan) in LaunchPlan.Lowered(f, loops))
            if (group.Nodes.Concat(group.Outputs.Select(o => o.Buffer)).Select(n => parts[n.Apply])
                .Where(p => p.Level >= 0).Distinct().ToList()
                is [{ IsStraight: true } part])
                cost[part] = cost.GetValueOrDefault(part) + Nanoseconds(plan);
        return cost;
    }

    private static GraphException NotStraight(Computation f, IEnumerable<Apply> what) =>
        new($"computation '{f.Name}' cannot be straight-line code: " +
        "it needs shapes that are numbers, no variables in delegates or updates anywhere, and ops on single elements at known positions " +
        $"({string.Join(", ", what.Select(a => $"{a.Op.Name} at {a.Origin}").Take(3))}); leave Flatten at Auto.");

    private static bool IsFaster(FlatProgram flat, Func<double> nanosecondsOfLoops)
    {
        int cost = flat.Emittable.Cost;
        return cost <= Short || cost * NanosecondsPerInstruction <= nanosecondsOfLoops();
    }

    private static double NanosecondsOfLoops(Computation f) =>
        LaunchPlan.Lowered(LaunchPlan.DistinctRoots(f), Partition.None).Sum(l => Nanoseconds(l.Plan));

    private static double Nanoseconds(KernelPlan plan) =>
        NanosecondsPerLaunch + Math.Max(plan.Work.Constant, LeastWork) * plan.UnitNanoseconds;
}
