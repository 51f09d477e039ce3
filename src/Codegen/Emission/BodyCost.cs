using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>What a body costs, in vector instructions: the currency of fusion and unrolling budgets.</summary>
internal static class BodyCost
{
    /// <summary>About how many vector instructions one evaluation takes.</summary>
    /// <param name="body">The code.</param>
    /// <param name="needed">The instructions of it that are <see cref="Needed"/>.</param>
    /// <param name="runs">Gathers that are loads; none by default.</param>
    public static int Estimate(Body body, IEnumerable<int> needed, IReadOnlyDictionary<int, int>? runs = null) =>
        needed.Sum(id => runs?.ContainsKey(id) is true ? 1 : Of(body.Instructions[id]));

    /// <summary>The instructions that the roots depend on, operands first; not those of positions of runs.</summary>
    /// <param name="body">The code.</param>
    /// <param name="roots">What is asked for.</param>
    /// <param name="runs">Gathers that are loads, whose positions cost nothing; none by default.</param>
    public static List<int> Needed(Body body, IEnumerable<Value> roots, IReadOnlyDictionary<int, int>? runs = null)
    {
        var needed = new bool[body.Instructions.Count];
        foreach (var root in roots) needed[root.Id] = true;
        for (int id = needed.Length - 1; id >= 0; id--)
            if (needed[id] && runs?.ContainsKey(id) is not true)
                foreach (int operand in body.Instructions[id].Operands) needed[operand] = true;
        var ids = new List<int>(needed.Length);
        for (int id = 0; id < needed.Length; id++)
            if (needed[id])
                ids.Add(id);
        return ids;
    }

    /// <summary>By number: how many needed instructions each stands on, one on the other; leaves on none.</summary>
    public static int[] Depths(Body body, List<int> needed)
    {
        var depth = new int[body.Instructions.Count];
        foreach (int id in needed)
            foreach (int operand in body.Instructions[id].Operands)
                depth[id] = Math.Max(depth[id], depth[operand] + 1);
        return depth;
    }

    // Constants are memory operands of their users; a gather is about an instruction per lane.
    private static int Of(Instruction i) => i.Opcode switch
    {
        Opcode.Constant or Opcode.Parameter or Opcode.Carried or Opcode.BitCast => 0,
        Opcode.Divide => i.Type.IsFloat ? 4 : 16,
        Opcode.Sqrt => 4,
        Opcode.Gather => 12,
        Opcode.Call => 64,
        Opcode.CallWhere => 4,
        Opcode.Max or Opcode.Min => i.Type.IsFloat ? 3 : 1,
        Opcode.Convert or Opcode.Exponent => 3,
        Opcode.Check or Opcode.Index => 2,
        _ => 1,
    };
}
