using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Operations;
using Adjoint.Passes;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>From a computation to a compiled program: passes, fusion, kernels, memory. Data flows one way, once.</summary>
internal static class Compiler
{
    /// <summary>Compiles a computation.</summary>
    /// <exception cref="GraphException">Something cannot be differentiated or lowered.</exception>
    /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
    public static (CompiledProgram Program, CompileReport Report) Run(Computation source, CompileOptions options) =>
        Run(source, options, Optimise(source, options));

    /// <summary>Runs the passes.</summary>
    /// <exception cref="GraphException">Something cannot be differentiated.</exception>
    /// <exception cref="PlatformNotSupportedException">Dynamic code is switched off.</exception>
    public static PipelineResult Optimise(Computation source, CompileOptions options)
    {
        KernelCache.DemandDynamicCode();
        return Pipeline.Default.Run(source, new PipelineOptions
        {
            Admitted = options.Admitted, Validate = options.Validate, CancellationToken = options.CancellationToken,
        });
    }

    /// <summary>Compiles what the passes made of a computation.</summary>
    /// <exception cref="GraphException">Something cannot be lowered.</exception>
    public static (CompiledProgram Program, CompileReport Report) Run(Computation source, CompileOptions options, PipelineResult passes)
    {
        var clock = new Stages([("passes", passes.Passes.Aggregate(TimeSpan.Zero, (sum, p) => sum + p.Time))]);
        var fused = Fuse.Run(DistinctRoots(passes.Optimised));
        clock.Mark("fuse");
        var launches = fused.Groups.SelectMany(g => Lower(g).Select(k => (Group: g, Plan: k))).ToList();
        clock.Mark("lower");
        int compiled = 0;
        var program = Assemble(source, fused, launches, options, ref compiled);
        clock.Mark("kernels");
        return (program, new CompileReport(passes, fused, program, compiled, clock.Times));
    }

    /// <summary>The kernels that a computation would take as loops, not compiled.</summary>
    internal static IEnumerable<(FusionGroup Group, KernelPlan Plan)> Launches(Computation f) =>
        Fuse.Run(DistinctRoots(f)).Groups.SelectMany(g => Lower(g).Select(k => (Group: g, Plan: k)));

    private static ImmutableArray<KernelPlan> Lower(FusionGroup group) => group.Kind switch
    {
        GroupKind.Loop => [LoopLowering.Of(group)],
        GroupKind.Contraction => ContractionLowering.Of(group),
        GroupKind.Routine => RoutineLowering.Of(group),
        _ => ScatterLowering.Of(group),
    };

    // Results need memory of their own: a leaf, a view, or a node that is asked for twice, is copied.
    internal static Computation DistinctRoots(Computation f)
    {
        var taken = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        Node Own(Node node) => node.Op is not (Leaf or View) && taken.Add(node) ? node : Node.Of(new Copy(), node.Apply.Origin, node);
        ImmutableArray<Output> outputs = [.. f.Outputs.Select(o => o with { Value = Own(o.Value) })];
        ImmutableArray<Update> updates = [.. f.Updates.Select(u => u with { Value = Own(u.Value) })];
        return new(f.Inputs.AsSpan(), outputs.AsSpan(), updates, f.Name);
    }

    // The JIT runs inside Compile and knows nothing of other kernels, so all cores take part. Emission needs more stack
    // than a caller may have left.
    private static Kernel[] Compile(List<KernelPlan> plans, CompileOptions options, ref int compiled)
    {
        var kernels = new Kernel[plans.Count];
        int made = 0;
        var parallel = new ParallelOptions { CancellationToken = options.CancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var largestFirst = Enumerable.Range(0, plans.Count).OrderByDescending(i => plans[i].Key.Length).ToList();
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(largestFirst, loadBalance: true), parallel, i =>
        {
            kernels[i] = KernelCache.Get(plans[i], options.VectorWidth, out bool isNew);
            if (isNew)
                Interlocked.Increment(ref made);
        });
        compiled += made;
        return kernels;
    }

    private static CompiledProgram Assemble(
        Computation source, FusedComputation fused, List<(FusionGroup Group, KernelPlan Plan)> launches, CompileOptions options, ref int compiled)
    {
        var f = fused.Computation;
        var commits = new CommitOrder(f, options.NanGuard ? [] : launches).Run();
        var byGroup = launches.ToLookup(l => l.Group, (IEqualityComparer<FusionGroup>)ReferenceEqualityComparer.Instance);
        var last = commits.Order.ToHashSet((IEqualityComparer<FusionGroup>)ReferenceEqualityComparer.Instance);
        var order = launches.Where(l => !last.Contains(l.Group)).Select(l => (Launch: l, Commits: false)).ToList();
        foreach (var group in commits.Order)
            order.AddRange(byGroup[group].Select(l => (l, true)));
        foreach (var copy in commits.Aside.Select(CopyInto))
            order.Add(((copy, LoopLowering.Of(copy)), true));
        var kernels = Compile(order.ConvertAll(o => o.Launch.Plan), options, ref compiled);
        var places = new MemoryPlaces(f);
        foreach (var update in f.Updates.Where(u => commits.ComputedInPlace.Contains(u.Value)))
            places.WriteInPlace(update);
        ImmutableArray<ProgramStep> steps = [.. order.Select((o, i) => new ProgramStep(o.Launch.Plan, kernels[i], o.Launch.Group, o.Commits))];
        return new(f, source, steps, places, Lifetimes.Of(steps, places, reuse: !options.NanGuard)) { IsGuarded = options.NanGuard };
    }

    private static FusionGroup CopyInto(Update update)
    {
        var at = Access.Identity(update.Value.Shape);
        return new("commit", GroupKind.Loop, [.. update.Value.Shape.Where(d => d != Dim.One)], [], [],
            [new(update.Value, at, update.Variable, at)], Level: 0);
    }

    private sealed class Stages(IEnumerable<(string, TimeSpan)> before)
    {
        private readonly List<(string, TimeSpan)> times = [.. before];
        private long last = Stopwatch.GetTimestamp();

        public ImmutableArray<(string Stage, TimeSpan Time)> Times => [.. times];

        public void Mark(string stage)
        {
            times.Add((stage, Stopwatch.GetElapsedTime(last)));
            last = Stopwatch.GetTimestamp();
        }
    }
}
