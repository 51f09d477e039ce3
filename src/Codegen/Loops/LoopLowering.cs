using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A loop group as a kernel plan.</summary>
internal static class LoopLowering
{
    // About what a vector instruction costs per element at 16 lanes, and what moving a byte costs.
    private const double NanosecondsPerInstruction = 0.02, NanosecondsPerByte = 0.03;

    /// <summary>The loops, then what completes totals that they take, or joins the blocks of a reduction over everything.</summary>
    /// <param name="group">The group.</param>
    /// <param name="inBlocks">Whether such a reduction may be cut into blocks.</param>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group, bool inBlocks = true)
    {
        var (kernel, totals) = LoopSchedule.Of(group);
        var columns = group.InnerAxes.Aggregate(Dim.One, (n, a) => n * group.Domain[a]);
        var partials = new Partials(Dim.One, kernel.Range, columns, JoinsColumns: false);
        return totals.Count > 0 ? [Plan(kernel), .. TotalLowering.Of(group.Name, totals, _ => partials).Select(Plan)]
            : inBlocks ? [.. LaneBlocks.Of(kernel).Select(Plan)] : [Plan(kernel)];
    }

    /// <summary>The kernel with stores past the caches for those results that may be too large for them.</summary>
    /// <param name="plan">The kernel.</param>
    /// <param name="isLeft">Whether a buffer is a result that no other kernel touches.</param>
    public static KernelPlan Streaming(KernelPlan plan, Predicate<object> isLeft)
    {
        if (plan.Nest is not { Lane: not null } nest)
            return plan;
        var arguments = new ArgumentList(plan.Arguments);
        object BufferOf(int slot) => ((MemoryArgument)plan.Arguments[nest.Slots[slot].Word]).Buffer;
        var read = nest.Bodies.SelectMany(b => b.Instructions).Where(i => i.Opcode is Opcode.Load or Opcode.Gather)
            .Select(i => BufferOf((int)i.Immediate)).ToHashSet(ReferenceEqualityComparer.Instance);
        int[] stored = [.. nest.Stages.SelectMany(s => s.Before.Stores.Concat(s.Loop?.Stores ?? [])).Select(s => s.Slot).Distinct()];
        ImmutableArray<Streamed> streamed = [.. stored
            .Where(s => Streamed.Suits(nest.Slots[s].Type, nest.Slots[s].Strides[^1]) || nest.IsWholeRecord(s, stored))
            .Where(s => isLeft(BufferOf(s)) && !read.Contains(BufferOf(s)))
            .Select(s => new Streamed(s, arguments.Number(MemoryPlaces.BytesOf(BufferOf(s))))).Where(s => s.MayBeLarge)];
        return streamed.IsEmpty ? plan : With(plan, nest with { Streamed = streamed }, arguments.ToImmutable());
    }

    /// <summary>A kernel over the same range by other loops, or with other arguments.</summary>
    public static KernelPlan With(KernelPlan plan, LoopNest nest, ImmutableArray<Argument> arguments) =>
        Plan(nest, arguments, plan.Range, plan.Grain, plan.Work, plan.UnitNanoseconds, plan.Errors);

    /// <summary>Loops as a kernel plan.</summary>
    public static KernelPlan Plan(LoopKernel kernel)
    {
        var nest = kernel.Nest;
        double unit = NanosecondsPerInstruction * nest.Stages.Sum(s => new EmittableStage(s, nest).Cost)
            + NanosecondsPerByte * nest.Slots.Sum(s => s.Type.Size);
        return Plan(nest, kernel.Arguments, kernel.Range, kernel.Grain, kernel.Elements, unit, kernel.Errors);
    }

    private static KernelPlan Plan(LoopNest nest, ImmutableArray<Argument> arguments, Dim range, long grain, Dim work, double unit,
        ImmutableArray<string> errors) =>
        new(nest.Name, nest.Key, width => LoopEmitter.Emit(nest, width), arguments, range, grain, work, unit,
        errors, nest.ToString) { Nest = nest };
}
