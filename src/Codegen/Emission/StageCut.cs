using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Where the code of a loop is cut into an early and a late stage.</summary>
internal static class StageCut
{
    // Shares of the longest chain that the late stage may have.
    private const double LeastLate = 0.4, MostLate = 0.6;

    /// <summary>
    /// The height from which on downwards instructions are late: of those that divide the longest chain about equally, where fewest values
    /// wait for the next round.
    /// </summary>
    /// <param name="source">The code.</param>
    /// <param name="needed">The instructions of it that count, operands first.</param>
    /// <param name="height">Of each, cycles from its start to the end.</param>
    public static int Of(Body source, List<int> needed, int[] height)
    {
        int longest = height.Max(), first = (int)(LeastLate * longest), last = (int)(MostLate * longest);
        int[] lastRead = [.. height], waiting = new int[last + 1];
        foreach (int id in needed)
            foreach (int operand in source.Instructions[id].Operands)
                lastRead[operand] = Math.Min(lastRead[operand], height[id]);
        foreach (int id in needed.Where(id => !IsInBoth(source.Instructions[id])))
            for (int cut = Math.Max(first, lastRead[id]); cut < Math.Min(height[id], last + 1); cut++)
                waiting[cut]++;
        return Enumerable.Range(first, last - first + 1).Reverse().MinBy(cut => waiting[cut]);
    }

    /// <summary>Whether each stage has an instruction of its own, rather than what the other one found.</summary>
    public static bool IsInBoth(Instruction i) => i.Opcode is
        Opcode.Constant or Opcode.Load or Opcode.Index or Opcode.Parameter or Opcode.Carried;
}
