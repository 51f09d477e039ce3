using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// The code of a loop over lanes in two stages, as <see cref="LoopStages"/> has that of a loop over instances: of one round the early one
/// runs beside the late one of the round before.
/// </summary>
/// <param name="Early">What is computed first, all checks among it.</param>
/// <param name="Late">The rest, and all stores.</param>
/// <param name="Carried">Types of what the early stage leaves for the late one.</param>
internal sealed record RegionStages(EmittableRegion Early, EmittableRegion Late, ImmutableArray<DType> Carried)
{
    /// <summary>Values that registers hold for the next round beside what one computes; more cost more than is gained.</summary>
    private const int MostWaiting = 10;

    /// <summary>Null where a round has enough to do, or would leave too much for the next one.</summary>
    /// <param name="region">The code of a round.</param>
    /// <param name="first">The number of the first carried value.</param>
    public static RegionStages? Of(EmittableRegion region, int first)
    {
        var (source, needed) = (region.Body, region.Needed.ToList());
        int[] height = Interleaving.Heights(source, needed);
        if (needed.Count <= LoopStages.Window || !Interleaving.Waits(height, region.Cost))
            return null;
        var crossing = Crossing(region, height, StageCut.Of(source, needed, height));
        if (crossing.Count is 0 or > MostWaiting)
            return null;
        var (late, map) = (new Body(), new Value[source.Instructions.Count]);
        foreach (var (id, i) in source.Instructions.Index())
            map[id] = crossing.TryGetValue(id, out int number) ? late.Carried(i.Type, first + number) : late.Emit(i.Moved(map));
        Value Of(int id) => new(id, source.Instructions[id].Type);
        var defines = crossing.Select(c => (first + c.Value, Of(c.Key)));
        var stores = region.Stores.Zip(region.Roots, (s, root) => (s.Slot, map[root.Id]));
        return new(region.Part(source, id => id, [], [.. defines]).InOrder(),
            region.Part(late, id => map[id].Id, [.. stores], []).InOrder(), [.. crossing.Keys.Select(id => Of(id).Type)]);
    }

    // By number, what late instructions read of early ones. Masks are made again, from what they compare: as vectors they would wait.
    private static OrderedDictionary<int, int> Crossing(EmittableRegion region, int[] height, int cut)
    {
        var code = region.Body.Instructions;
        bool[] isChecked = new bool[code.Count], isRead = new bool[code.Count];
        foreach (var root in region.Roots)
            isRead[root.Id] = true;
        for (int id = code.Count - 1; id >= 0; id--)
        {
            isChecked[id] |= code[id].Opcode is Opcode.Check;
            foreach (int operand in code[id].Operands)
                isChecked[operand] |= isChecked[id];
        }
        var crossing = new OrderedDictionary<int, int>();
        for (int id = code.Count - 1; id >= 0; id--)
            if (isRead[id] && (height[id] > cut || isChecked[id]) && code[id].Type != DType.Bool && !StageCut.IsInBoth(code[id]))
                crossing.Add(id, crossing.Count);
            else if (isRead[id])
                foreach (int operand in code[id].Operands)
                    isRead[operand] = true;
        return crossing;
    }
}
