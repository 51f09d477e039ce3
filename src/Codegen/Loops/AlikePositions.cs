using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Gathers that need no mask where lanes are left over: those lanes read where a lane in use could have read, since an index that they do
/// not have counts as zero and is kept within its axis, and all else is the same in every lane.
/// </summary>
internal static class AlikePositions
{
    /// <summary>The numbers of the positions of such gathers.</summary>
    /// <param name="body">The code.</param>
    /// <param name="isLanes">Whether lanes lie along a domain axis.</param>
    public static IReadOnlySet<int> Of(Body body, Predicate<int> isLanes)
    {
        var positions = new HashSet<int>();
        if (body.Instructions.All(i => i.Opcode != Opcode.Gather))
            return positions;
        var isAlike = new bool[body.Instructions.Count];
        foreach (var (id, i) in body.Instructions.Index())
        {
            isAlike[id] = i.Opcode switch
            {
                Opcode.Constant or Opcode.Parameter => true,
                Opcode.Index => !isLanes((int)i.Immediate),
                Opcode.Check => isAlike[i.A],
                Opcode.Add or Opcode.Subtract or Opcode.Multiply or Opcode.Negate or Opcode.Convert => i.Operands.All(o => isAlike[o]),
                Opcode.Select => IsWithinAxis(i, body.Instructions, isAlike),
                _ => false,
            };
            if (i.Opcode is Opcode.Gather && isAlike[i.A])
                positions.Add(i.A);
        }
        return positions;
    }

    // where(0 <= x and x < extent, x, 0)
    private static bool IsWithinAxis(Instruction choice, IReadOnlyList<Instruction> code, bool[] isAlike) =>
        IsZero(code[choice.C]) && code[choice.A] is { Opcode: Opcode.And } within
        && code[within.A] is { Opcode: Opcode.LessOrEqual } low && IsZero(code[low.A]) && low.B == choice.B
        && code[within.B] is { Opcode: Opcode.Less } high && high.A == choice.B && isAlike[high.B];

    private static bool IsZero(Instruction i) => i is { Opcode: Opcode.Constant, Immediate: 0 };
}
