using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A loop group as a kernel plan.</summary>
internal static class LoopLowering
{
    // About what a vector instruction costs per element at 16 lanes, and what moving a byte costs.
    private const double NanosecondsPerInstruction = 0.02, NanosecondsPerByte = 0.03;

    /// <summary>The loops, then what completes totals that they take.</summary>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group)
    {
        var (kernel, totals) = LoopSchedule.Of(group);
        return totals.Count == 0 ? [Plan(kernel)] : [Plan(kernel), Plan(TotalLowering.Of(group, totals, kernel.Range))];
    }

    /// <summary>Loops as a kernel plan.</summary>
    public static KernelPlan Plan(LoopKernel kernel)
    {
        var nest = kernel.Nest;
        double unit = NanosecondsPerInstruction * nest.Stages.Sum(s => new EmittableStage(s).Cost)
            + NanosecondsPerByte * nest.Slots.Sum(s => s.Type.Size);
        return new(nest.Name, nest.Key, width => LoopEmitter.Emit(nest, width), kernel.Arguments, kernel.Range, kernel.Grain,
            kernel.Elements, unit, kernel.Errors, nest.ToString) { Nest = nest };
    }
}
