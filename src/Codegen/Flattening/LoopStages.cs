using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Straight-line code of a loop in two stages: each round runs the late one for its own instances and the early one for those of the next
/// round. What the early stage computes and the late one reads is carried to the next round.
/// </summary>
/// <remarks>
/// Software pipelining (M. Lam, "Software pipelining: an effective scheduling technique for VLIW machines", PLDI 1988), for processors that
/// look ahead some hundred instructions: where a round has more, and most of them form one chain, they find nothing else to do.
/// </remarks>
internal sealed class LoopStages
{
    /// <summary>Instructions of a round that processors look ahead anyway.</summary>
    public const int Window = 64;

    private readonly Region source;
    private readonly int slots;
    private readonly List<int> needed;
    private readonly int[] height;   // cycles from the start of each instruction to the end
    private readonly Body body = new();
    private readonly Value[] map;
    private readonly Dictionary<int, int> carried = [];

    private LoopStages(Region source, int slots)
    {
        (this.source, this.slots) = (source, slots);
        needed = BodyCost.Needed(source.Body, source.Stores.Select(s => s.Value));
        (height, map) = (Interleaving.Heights(source.Body, needed), new Value[source.Body.Instructions.Count]);
    }

    /// <summary>
    /// The code of a round: slots of the early stage keep their numbers, those of the late one come after as many; what is carried is
    /// defined for the next round. Null where a round has enough to do.
    /// </summary>
    public static Region? Of(Region source, int slots)
    {
        var stages = new LoopStages(source, slots);
        return stages.needed.Count > Window && Interleaving.Waits(source.Body, stages.needed, stages.height) ? stages.Run() : null;
    }

    private Region Run()
    {
        int cut = StageCut.Of(source.Body, needed, height);
        foreach (int id in needed.Where(id => !IsLeaf(id)))
        {
            var i = source.Body.Instructions[id];
            bool isLate = height[id] <= cut;
            map[id] = body.Emit(i with { A = At(i.A, isLate, cut), B = At(i.B, isLate, cut), C = At(i.C, isLate, cut) });
        }
        ImmutableArray<(int, Value)> stores = [.. source.Stores.Select(s =>
        {
            bool isLate = height[s.Value.Id] <= cut;
            return (SlotAt(s.Slot, isLate), new Value(At(s.Value.Id, isLate, cut), s.Value.Type));
        })];
        return new(body, [.. carried.Select(c => (c.Value, map[c.Key]))], stores);
    }

    private bool IsLeaf(int id) => StageCut.IsInBoth(source.Body.Instructions[id]);

    private int SlotAt(int slot, bool isLate) => isLate ? slot + slots : slot;

    // An operand as a stage finds it: each reads memory by itself.
    private int At(int id, bool isLate, int cut) => id < 0 ? -1 : source.Body.Instructions[id] switch
    {
        { Opcode: Opcode.Constant } i => body.Emit(i).Id,
        { Opcode: Opcode.Load } i => body.Emit(i with { Immediate = SlotAt((int)i.Immediate, isLate) }).Id,
        _ => isLate && height[id] > cut ? Carried(id).Id : map[id].Id,
    };

    private Value Carried(int id)
    {
        if (!carried.TryGetValue(id, out int number))
            carried.Add(id, number = carried.Count);
        return body.Carried(map[id].Type, number);
    }
}
