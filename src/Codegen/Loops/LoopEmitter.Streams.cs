using System.Linq.Expressions;
using StreamFlags = System.Collections.Generic.Dictionary<int, System.Linq.Expressions.ParameterExpression>;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Stores past the caches, of results that no cache holds until they are read: a store of its own would first read the line that it
/// fills. They must be aligned, so each run of lanes begins with a partial register, and a slot that lies otherwise
/// than the first one is stored in the ordinary way.
/// </content>
internal sealed partial class LoopEmitter
{
    // Where the first of the slots is aligned, and per slot whether it streams from there on; null if none does.
    private (ParameterExpression Stop, StreamFlags Flags)? AlignStreams(int[] stored, ParameterExpression[] addresses, Expression last)
    {
        Streamed[] streamed = [.. nest.Streamed.Where(s => stored.Contains(s.Slot) && !nest.IsRecord(s.Slot))];
        if (streamed.Length == 0)
            return null;
        var i = coordinates[LaneLoop];
        var stop = Let(i);
        If(IsLarge(streamed[0]), () =>
        {
            int size = nest.Slots[streamed[0].Slot].Type.Size;
            var toAligned = And(Negate(Add(addresses[streamed[0].Slot], Multiply(i, Number(size)))), Number((lanes.Count * size) - 1));
            Set(stop, Least(last, Let(Add(i, Divide(toAligned, Number(size))))));
        });
        var flags = new StreamFlags();
        foreach (var s in streamed)
        {
            int size = nest.Slots[s.Slot].Type.Size;
            var past = And(Add(addresses[s.Slot], Multiply(stop, Number(size))), Number((lanes.Count * size) - 1));
            flags.Add(s.Slot, Let(AndAlso(IsLarge(s), Equal(past, Number(0)))));
        }
        return (stop, flags);
    }
}
