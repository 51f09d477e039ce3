using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <content>
/// Loops over maps and rows ask for memory a page ahead: the processor foresees lines to the end of a page only. Several loops over a row
/// that each read another tensor for the first time would each wait at every page, short of work to do meanwhile.
/// </content>
internal sealed partial class LoopEmitter
{
    /// <summary>Bytes of one row of all tensors that stay near until a later loop over the row reads them.</summary>
    private const long NearRow = 1 << 20;

    /// <summary>Bytes of a row of one tensor whose end costs little.</summary>
    private const long LongRow = 8 * Memory.PageBytes;

    /// <summary>Bytes below which a tensor is near anyway.</summary>
    private const long NearTensor = 1 << 18;

    // By code of a loop over lanes: slots whose lines it asks for. Where a row stays near, that is the loop with most to compute of those
    // up to the first one that reads or writes the slot, so that memory is at work while registers are.
    private ILookup<EmittableRegion, int> Asked()
    {
        EmittableRegion[] loops = lanes.Count == 1 || nest.LaneBlock is not null ? []
            : nest.LaneIsInner ? [.. stages.Select(s => s.Loop).OfType<EmittableRegion>()]
            : HasLoops ? [] : [.. stages.Select(s => s.Before)];
        int[] moving = loops.Length == 0 ? [] : [.. Enumerable.Range(0, nest.Slots.Length).Where(MovesOn)];
        bool isNear = nest.Lane is { IsConstant: true, Constant: var extent } && nest.Inner.IsEmpty
            && moving.Sum(s => nest.Slots[s].Type.Size) * extent <= NearRow;
        return moving.Select(slot => (Slot: slot, First: Array.FindIndex(loops, l => Touches(l, slot)))).Where(s => s.First >= 0)
            .ToLookup(s => isNear ? loops.Take(s.First + 1).MaxBy(l => l.Cost)! : loops[s.First], s => s.Slot);
    }

    // Lanes are neighbours, the next row follows, it is large, and stores do not pass by the caches. Of maps, whose code may be as
    // short as what asks, all that is not known to be large counts as near.
    private bool MovesOn(int slot) => nest.Slots[slot] is { Beside: null } s && s.Strides[LaneLoop] == new Amount(s.Type.Size)
        && FollowsOn(s)
        && (BytesOf(s) is { } bytes ? bytes >= NearTensor : nest.LaneIsInner)
        && nest.Streamed.All(streamed => streamed.Slot != slot);

    // Whether what lies a page ahead comes soon: rows are neighbours too, or so long that little of it lies behind their ends.
    private bool FollowsOn(Slot slot)
    {
        if (LaneLoop == 0)
            return true;
        var row = slot.Strides[LaneLoop - 1];
        if (nest.Lane is not { IsConstant: true, Constant: var extent } || !row.IsConstant)
            return row != new Amount(0);
        return row.Constant == extent * slot.Type.Size || (row.Constant != 0 && extent * slot.Type.Size >= LongRow);
    }

    // Where a slot ends, from where it begins.
    private long? BytesOf(Slot slot)
    {
        long bytes = slot.Type.Size;
        foreach (var (extent, stride) in nest.Outer.Concat(nest.Inner).Append(nest.Lane!.Value).Zip(slot.Strides))
        {
            if (!extent.IsConstant || !stride.IsConstant)
                return null;
            bytes += Math.Max(extent.Constant - 1, 0) * Math.Abs(stride.Constant);
        }
        return bytes;
    }

    private static bool Touches(EmittableRegion loop, int slot) => loop.Stores.Any(s => s.Slot == slot)
        || loop.Needed.Any(id => loop.Body.Instructions[id] is { Opcode: Opcode.Load } load && SlotOf(load) == slot);

    // The lines of so many registers.
    private void AskAhead(EmittableRegion loop, ParameterExpression[] addresses, Expression lane, int registers)
    {
        foreach (int slot in asked[loop])
        {
            int size = nest.Slots[slot].Type.Size;
            for (long line = 0; line < registers * lanes.Count * size; line += Memory.LineBytes)
                Code.Add(Memory.Ask(Plus(Plus(addresses[slot], Times(lane, Number(size))), Number(Memory.PageBytes + line))));
        }
    }
}
