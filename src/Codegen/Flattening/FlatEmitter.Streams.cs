using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Stores past the caches, of results that no cache holds until they are read. They must be aligned: after a first register rounds begin
/// where the first of the slots is, and what lies otherwise is stored in the ordinary way.
/// </content>
internal sealed partial class FlatEmitter
{
    private readonly Dictionary<int, ParameterExpression> zeros = [];   // by slot: bits that are 0 in addresses that it streams to

    private Streamed[] StreamedBy(Region segment) => lanes.Count == 1 ? []
        : [.. code.Streamed.Where(s => segment.Stores.Any(store => store.Slot == s.Slot))];

    // Moves the first round, and says where stores stream.
    private void AlignStreams(Streamed[] streamed, ParameterExpression first)
    {
        zeros.Clear();
        foreach (var s in streamed)
            zeros.Add(s.Slot, Let(Condition(IsLarge(s), Number(RegisterBytes(s) - 1), Number(-1))));
        if (streamed is not [var leading, ..])
            return;
        var slot = code.Slots[leading.Slot];
        var address = Plus(Plus(Word(slot.Word), Times(Begin, Of(slot.Stride))), Times(Number(slot.Index), Of(slot.Pitch)));
        var toAligned = Divide(And(Negate(address), Number(RegisterBytes(leading) - 1)), Of(slot.Stride));
        If(IsLarge(leading), () => Step(first, Subtract(toAligned, Number(lanes.Count))));
    }

    private int RegisterBytes(Streamed s) => lanes.Count * code.Slots[s.Slot].Type.Size;

    private ConditionalExpression StoreStreaming(DType type, Expression address, Expression value, ParameterExpression zero)
    {
        var place = Let(address);
        return StoreStreaming(lanes, type, place, value, Equal(And(place, zero), Number(0)));
    }
}
