using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

internal sealed partial class LoopEmitter
{
    /// <summary>Outer coordinates per block: four cache lines of float32 along the axis that the operand is contiguous on.</summary>
    private const long TransposedBlock = 64;

    /// <summary>Above this many vector instructions, two copies of the code are too much for what order can save.</summary>
    private const int TransposedCost = 100;

    // A map that gathers lanes by a stride and moves by one element along its innermost outer loop.
    private bool Transposes => nest is { Lane: not null, LaneIsInner: false } && OuterCount > 0 && lanes.Count > 1 && !HasLoops
        && stages.Sum(s => s.Cost) <= TransposedCost && nest.Slots.Any(s => IsAcross(s));

    private bool IsAcross(Slot slot) => slot.Strides[OuterCount - 1] is { IsConstant: true } step && step.Constant == slot.Type.Size
        && slot.Strides[LaneLoop] is var lane && (!lane.IsConstant || Math.Abs(lane.Constant) > slot.Type.Size);

    // Lanes outside, a block of outer coordinates inside: the cache lines that one gather touches serve the next ones too.
    private void EmitTransposed(Expression extent)
    {
        var (block, stop, o, i) = (Let(Begin), Long(), Long(), coordinates[LaneLoop]);
        While(LessThan(block, End), () =>
        {
            Set(stop, Least(End, Add(block, Number(TransposedBlock))));
            Set(i, Number(0));
            While(LessThanOrEqual(i, Subtract(extent, Number(lanes.Count))), () =>
            {
                For(o, block, stop, 1, () => EmitAt(o, i, null));
                Step(i, Number(lanes.Count));
            });
            If(LessThan(i, extent), () =>
            {
                var count = Let(Subtract(extent, i));
                For(o, block, stop, 1, () => EmitAt(o, i, count));
            });
            Set(block, stop);
        });
    }

    private void EmitAt(Expression o, Expression lane, Expression? count)
    {
        SetOuterCoordinates(o);
        SetBases();
        EmitStages(lane, count);
    }
}
