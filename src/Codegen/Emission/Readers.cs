using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Which instructions read each value of straight-line code.</summary>
internal sealed class Readers
{
    private readonly int[] all, first;   // of each value, from the first one to the first one of the next

    /// <param name="body">The code.</param>
    /// <param name="needed">The instructions of it that count, operands first.</param>
    /// <param name="operandsOf">What each reads. A value that it reads twice has it as a reader twice.</param>
    public Readers(Body body, List<int> needed, Func<int, Operands> operandsOf)
    {
        int count = body.Instructions.Count;
        first = new int[count + 1];
        foreach (int id in needed)
            foreach (int operand in operandsOf(id))
                first[operand + 1]++;
        for (int id = 0; id < count; id++)
            first[id + 1] += first[id];
        all = new int[first[count]];
        int[] next = first[..count];
        foreach (int id in needed)
            foreach (int operand in operandsOf(id))
                all[next[operand]++] = id;
    }

    /// <summary>The readers of a value, in their order.</summary>
    public ReadOnlySpan<int> this[int id] => all.AsSpan(first[id]..first[id + 1]);
}
