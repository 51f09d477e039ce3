using System.Collections.Immutable;
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
    /// <param name="source">The computation.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="passes">What the passes made of it.</param>
    /// <param name="mayUnroll">Whether small parts become straight-line code where that is faster.</param>
    public static (CompiledProgram Program, CompileReport Report) Run(
        Computation source, CompileOptions options, PipelineResult passes, bool mayUnroll = false)
    {
        var clock = new StageClock("passes", passes.Passes.Aggregate(TimeSpan.Zero, (sum, p) => sum + p.Time), options.Budget);
        var plan = LaunchPlan.Of(passes.Optimised, options, clock, mayUnroll);
        if (options is { MemoryCap: { } cap, NanGuard: false })
            plan = Recomputation.Under(cap, plan, f => LaunchPlan.Of(f, options, clock, mayUnroll));
        int compiled = 0;
        var kernels = Compile([.. plan.Launches.Concat(plan.Prepared).Select(l => l.Plan)], options, ref compiled);
        var places = plan.Places();
        ImmutableArray<ProgramStep> all = [.. plan.Launches.Concat(plan.Prepared).Select((l, i) =>
            new ProgramStep(l.Plan, kernels[i], l.Group, l.Commits) { Beside = l.Beside, Joined = l.Joined })];
        var (steps, prepared) = (all[..plan.Launches.Count], all[plan.Launches.Count..]);
        var arena = new ArenaPlan(Lifetimes.Of(steps, places, reuse: !options.NanGuard), places, clock.Allows("layouts of the arena"));
        var program = new CompiledProgram(plan.Fused.Computation, source, steps, places, arena)
        {
            IsGuarded = options.NanGuard, Prepared = prepared,
        };
        clock.Mark("kernels");
        return (program, new CompileReport(passes, plan.Fused, program, options.VectorWidth, compiled, clock));
    }

    // The JIT runs inside Compile and knows nothing of other kernels, so all cores take part. Emission needs more stack
    // than a caller may have left.
    private static Kernel[] Compile(List<KernelPlan> plans, CompileOptions options, ref int compiled)
    {
        var kernels = new Kernel[plans.Count];
        int made = 0;
        var parallel = new ParallelOptions { CancellationToken = options.CancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount };
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
}
