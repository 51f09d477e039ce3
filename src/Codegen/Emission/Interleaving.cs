using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Straight-line code, what is wanted of it, and whether the order in which it stands is meant.</summary>
internal readonly record struct OrderedCode(Body Body, IReadOnlyList<Value> Roots, bool KeepsOrder);

/// <summary>
/// Orders straight-line code so that chains of instructions that do not need each other run side by side. A processor looks ahead some
/// hundred instructions, and those that wait for operands fill its queue: behind a polynomial that waits for its own sums it does not
/// even see the next one, if that stands where it was written.
/// </summary>
/// <remarks>
/// List scheduling (T. C. Hu, "Parallel sequencing and assembly line problems", 1961): of the instructions whose operands are there
/// the one with the longest way to the end goes first, as many in a cycle as there are units for arithmetic. While as many values wait
/// for readers as there are registers, the order of the source decides.
/// </remarks>
internal sealed class Interleaving
{
    // Units for arithmetic; registers that constants and operands from memory pass through.
    private const int PerCycle = 2, Spare = 4;

    private readonly Body source;
    private readonly List<int> needed;
    private readonly int[] height;        // cycles from here to the end
    private readonly int[] missing;       // operands that are not computed yet
    private readonly int[] unread;        // readers that are not computed yet
    private readonly int[] arrival;       // the cycle in which the last operand is there
    private readonly bool[] isDone;
    private readonly Readers readers;
    private readonly PriorityQueue<int, int> coming = new();     // operands computed, by their arrival
    private readonly PriorityQueue<int, long> highest = new();   // operands there, the longest way first, then as written
    private readonly PriorityQueue<int, int> written = new();    // operands computed, in the order of the source
    private int cycle, issued, live;

    private Interleaving(Body source, List<int> needed, int[] height)
    {
        (this.source, this.needed, this.height) = (source, needed, height);
        int count = source.Instructions.Count;
        (missing, unread, arrival, isDone) = (new int[count], new int[count], new int[count], new bool[count]);
        readers = new(source, needed, id => source.Instructions[id].Operands);
        foreach (int id in needed)
            (unread[id], missing[id]) = (readers[id].Length, source.Instructions[id].Operands.Count());
    }

    /// <summary>
    /// The code in the best order. It stays as it is where its longest chain takes less time than all its instructions do, so that there
    /// is always enough to run, and where it has checks, of which the first that fails is reported.
    /// </summary>
    public static OrderedCode Run(Body source, IReadOnlyList<Value> roots)
    {
        var needed = BodyCost.Needed(source, roots);
        int[] height = Heights(source, needed);
        return Waits(source, needed, height) ? new Interleaving(source, needed, height).Run(roots)
            : new(source, roots, KeepsOrder: false);
    }

    /// <summary>
    /// Whether the longest chain of the code takes more time than all its instructions would side by side, and nothing is checked.
    /// </summary>
    public static bool Waits(Body source, List<int> needed, int[] height) =>
        Waits(height, needed.Count(id => !IsAtHand(source.Instructions[id])))
        && !needed.Exists(id => source.Instructions[id].Opcode is Opcode.Check);

    /// <summary>Whether the longest of all chains takes more time than so many instructions would side by side.</summary>
    public static bool Waits(int[] height, int instructions) => height.Append(0).Max() * PerCycle >= instructions;

    /// <summary>The code in the order in which its chains advance together.</summary>
    public static OrderedCode Order(Body source, IReadOnlyList<Value> roots)
    {
        var needed = BodyCost.Needed(source, roots);
        return new Interleaving(source, needed, Heights(source, needed)).Run(roots);
    }

    /// <summary>By number: cycles from the start of each needed instruction to the end.</summary>
    public static int[] Heights(Body source, List<int> needed)
    {
        var height = new int[source.Instructions.Count];
        for (int k = needed.Count - 1; k >= 0; k--)
        {
            var i = source.Instructions[needed[k]];
            int here = height[needed[k]] += Latency(i);
            foreach (int operand in i.Operands)
                height[operand] = Math.Max(height[operand], here);
        }
        return height;
    }

    private OrderedCode Run(IReadOnlyList<Value> roots)
    {
        foreach (var root in roots)
            unread[root.Id]++;
        foreach (int id in needed)
            if (missing[id] == 0)
                Offer(id);
        var (body, map) = (new Body(needed.Count), new Value[source.Instructions.Count]);
        for (int left = needed.Count; left > 0; left--)
        {
            int id = Next();
            var i = source.Instructions[id];
            map[id] = body.Emit(i.Moved(map));
            Issue(id, i);
        }
        return new(body, [.. roots.Select(r => map[r.Id])], KeepsOrder: true);
    }

    private void Issue(int id, Instruction i)
    {
        isDone[id] = true;
        foreach (int operand in i.Operands)
            if (--unread[operand] == 0 && !IsAtHand(source.Instructions[operand]))
                live--;
        foreach (int user in readers[id])
        {
            arrival[user] = Math.Max(arrival[user], cycle + Latency(i));
            if (--missing[user] == 0)
                Offer(user);
        }
        if (IsAtHand(i)) return;
        live++;
        if (++issued == PerCycle)
            (cycle, issued) = (cycle + 1, 0);
    }

    private void Offer(int id)
    {
        written.Enqueue(id, id);
        coming.Enqueue(id, arrival[id]);
    }

    private int Next()
    {
        if (live >= HardwareMethods.Registers - Spare)
            return FirstWritten();
        while (true)
        {
            while (coming.TryPeek(out _, out int at) && at <= cycle)
                if (coming.Dequeue() is var id && !isDone[id])
                    highest.Enqueue(id, ((long)-height[id] << 32) + id);
            while (highest.TryPeek(out int done, out _) && isDone[done])
                highest.Dequeue();
            if (highest.TryDequeue(out int best, out _))
                return best;
            coming.TryPeek(out _, out int next);
            (cycle, issued) = (Math.Max(cycle, next), 0);
        }
    }

    private int FirstWritten()
    {
        int id = written.Dequeue();
        while (isDone[id])
            id = written.Dequeue();
        return id;
    }

    private static bool IsAtHand(Instruction i) => i.Opcode is Opcode.Constant or Opcode.Load or Opcode.Parameter or Opcode.Carried;

    // About the cycles until a result can be read: those of Intel's and AMD's cores since 2017 differ by one or two.
    private static int Latency(Instruction i) => i.Opcode switch
    {
        _ when IsAtHand(i) => 0,
        Opcode.Divide or Opcode.Sqrt => 14,
        Opcode.Call or Opcode.CallWhere => 40,
        Opcode.Exponent => 12,
        Opcode.Entry or Opcode.Gather => 8,
        Opcode.BitCast or Opcode.Equal or Opcode.Less or Opcode.LessOrEqual => 3,
        Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Not or Opcode.Negate or Opcode.Abs => 1,
        _ => 4,
    };
}
