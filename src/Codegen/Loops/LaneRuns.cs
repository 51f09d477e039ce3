using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Gathers whose elements lie side by side, or are one: their position is what all lanes share, such as the start of a row that an index
/// names, with the lane's own coordinate added once or never. Such a gather is a load from an address that is found, and checked, once
/// for all lanes.
/// </summary>
internal static class LaneRuns
{
    /// <summary>Elements from one lane to the next, 1 or 0, by the number of every such gather of a body inside the lane loop.</summary>
    public static IReadOnlyDictionary<int, int> Of(Body body, LoopNest nest) =>
        Of(body, axis => nest.Position[axis] == nest.LoopCount - 1,
            slot => nest.Slots[slot].Strides[^1] is { IsConstant: true, Constant: 0 });

    /// <summary>The same for lanes along any axes.</summary>
    /// <param name="body">The code.</param>
    /// <param name="isLanes">Whether lanes lie along a domain axis.</param>
    /// <param name="isShared">Whether all lanes read the same element of a slot.</param>
    public static IReadOnlyDictionary<int, int> Of(Body body, Predicate<int> isLanes, Predicate<int> isShared)
    {
        var runs = new Dictionary<int, int>();
        if (!body.Has(Opcode.Gather))
            return runs;
        var steps = new int?[body.Instructions.Count];
        foreach (var (id, i) in body.Instructions.Index())
        {
            if (i.Opcode is Opcode.Gather && steps[i.A] is { } step)
                runs.Add(id, step);
            steps[id] = StepOf(i, steps, isLanes, isShared);
        }
        return runs;
    }

    // What a value grows by from one lane to the next, where that is 1 (of positions) or 0; null for what is not known to.
    private static int? StepOf(Instruction i, int?[] steps, Predicate<int> isLanes, Predicate<int> isShared) => i.Opcode switch
    {
        Opcode.Carried => null,
        Opcode.Index => !isLanes((int)i.Immediate) ? 0 : i.Type == DType.Int64 ? 1 : null,
        Opcode.Load => isShared((int)i.Immediate) ? 0 : null,
        Opcode.Check => steps[i.B] == 0 ? steps[i.A] : null,
        Opcode.Add when i.Type == DType.Int64 => steps[i.A] + steps[i.B] is <= 1 and var sum ? sum : null,
        _ => i.Operands.All(o => steps[o] == 0) ? 0 : null,
    };
}
