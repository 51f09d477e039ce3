using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Cuts straight-line code into segments of bounded size, in the order in which it stands. A value that a later segment needs is
/// stored in a place of scratch memory, taken again when its last reader is past; constants and elements of arguments are
/// read anew in each segment.
/// </summary>
/// <remarks>Linear in instructions. The code has its mathematics expanded.</remarks>
internal sealed class FlatCut
{
    /// <summary>
    /// Weight of one segment: an instruction is 2, an operand from memory 1. Past
    /// about 1,000 locals or 1,500 calls of memory helpers the JIT gives up.
    /// </summary>
    public const int ScalarBudget = 1600, LaneBudget = 700;

    private readonly EmittableRegion code;
    private readonly int slots, budget;
    private readonly bool[] isNeeded, isShared;
    private readonly int[] segment;     // of each instruction; leaves belong to none
    private readonly int[] lastReader;  // the last segment that needs a value
    private readonly int[] place;
    private readonly Value[] moved;     // in the segment at hand, what stands for an instruction of the code
    private readonly List<int> held = [];   // which ones
    private readonly Stack<int> free = [];
    private int places, last;
    private ILookup<int, (int Slot, int Root)>? roots;

    private FlatCut(EmittableRegion code, int slots, Func<int, bool>? isSharedSlot, int budget)
    {
        (this.code, this.slots, this.budget) = (code, slots, budget);
        int count = code.Body.Instructions.Count;
        (isNeeded, isShared, segment, lastReader, place, moved) =
            (new bool[count], new bool[count], new int[count], new int[count], new int[count], new Value[count]);
        Array.Fill(place, -1);
        Array.Fill(moved, None);
        Array.Fill(lastReader, -1);
        foreach (int id in BodyCost.Needed(code.Body, code.Roots))
        {
            var i = code.Body.Instructions[id];
            isNeeded[id] = true;
            isShared[id] = isSharedSlot is not null
                && (i.Opcode == Opcode.Constant || (i.Opcode == Opcode.Load ? isSharedSlot((int)i.Immediate) : AreShared(i.Operands)));
        }
    }

    private static Value None => new(-1, DType.Bool);

    private bool AreShared(Operands operands)
    {
        foreach (int operand in operands)
            if (!isShared[operand])
                return false;
        return true;
    }

    /// <summary>The segments: those of what all instances share, then the others.</summary>
    /// <param name="code">The code.</param>
    /// <param name="slots">How many slots it has; places follow them.</param>
    /// <param name="isShared">Whether a slot is the same for all instances; null where there is one instance only.</param>
    /// <param name="budget">Weight of a segment.</param>
    public static (ImmutableArray<Region> Once, ImmutableArray<Region> Segments, int Kept, int Scratch) Of(
        EmittableRegion code, int slots, Func<int, bool>? isShared, int budget) => new FlatCut(code, slots, isShared, budget).Run();

    private (ImmutableArray<Region>, ImmutableArray<Region>, int, int) Run()
    {
        var once = Assign([.. Computed(shared: true)], 0);
        var rest = Assign([.. Computed(shared: false)], once.Count);
        if (rest.Count == 0)
            rest.Add([]);
        last = once.Count + rest.Count - 1;
        FindReaders();
        var shared = once.Select((ids, s) => Segment(ids, s)).ToImmutableArray();
        int kept = places;
        return (shared, [.. rest.Select((ids, s) => Segment(ids, once.Count + s))], kept, places - kept);
    }

    private IEnumerable<int> Computed(bool shared) =>
        Enumerable.Range(0, isNeeded.Length).Where(id => isNeeded[id] && !IsLeaf(id) && isShared[id] == shared);

    private bool IsLeaf(int id) => code.Body.Instructions[id].Opcode is Opcode.Constant or Opcode.Load;

    // Instructions in order, a new segment where the budget is spent.
    private List<List<int>> Assign(List<int> ids, int first)
    {
        var made = new List<List<int>>();
        var readIn = new int[isNeeded.Length];   // one more than the last segment that reads a value from memory
        int weight = budget;
        foreach (int id in ids)
        {
            if (weight >= budget)
            {
                made.Add([]);
                weight = 0;
            }
            int current = first + made.Count - 1;
            segment[id] = current;
            made[^1].Add(id);
            weight += 2;
            foreach (int operand in code.Body.Instructions[id].Operands)
                if (IsFar(operand, current) && readIn[operand] != current + 1)
                    (readIn[operand], weight) = (current + 1, weight + 1);
        }
        return made;
    }

    private bool IsFar(int operand, int current) =>
        code.Body.Instructions[operand].Opcode != Opcode.Constant && (IsLeaf(operand) || segment[operand] != current);

    private void FindReaders()
    {
        for (int id = 0; id < isNeeded.Length; id++)
            if (isNeeded[id] && !IsLeaf(id))
                foreach (int operand in code.Body.Instructions[id].Operands)
                    lastReader[operand] = Math.Max(lastReader[operand], segment[id]);
        foreach (var root in code.Roots.Where(r => isShared[r.Id] && !IsLeaf(r.Id)))
            lastReader[root.Id] = last;
    }

    private Region Segment(List<int> ids, int number)
    {
        var (body, stores) = (new Body(ids.Count), ImmutableArray.CreateBuilder<(int, Value)>());
        foreach (int id in ids)
        {
            var i = code.Body.Instructions[id];
            Hold(id, body.Emit(i with { A = Moved(i.A, body), B = Moved(i.B, body), C = Moved(i.C, body) }));
            if (lastReader[id] > number)
                stores.Add((slots + Take(id), moved[id]));
        }
        foreach (var (target, root) in Stores(number))
            stores.Add((target, Value(root, body)));
        Release(number);
        return new(body, [], stores.ToImmutable());
    }

    private int Moved(int operand, Body body) => operand < 0 ? -1 : Value(operand, body).Id;

    private Value Value(int id, Body body)
    {
        if (moved[id] != None)
            return moved[id];
        var i = code.Body.Instructions[id];
        return Hold(id, IsLeaf(id) ? body.Emit(i) : body.Load(i.Type, slots + place[id]));
    }

    private Value Hold(int id, Value value)
    {
        held.Add(id);
        return moved[id] = value;
    }

    private int Take(int id) => place[id] = free.Count > 0 ? free.Pop() : places++;

    // Ends a segment, and takes back places that it was the last to read. What all instances share stays for the whole call.
    private void Release(int number)
    {
        foreach (int id in held)
        {
            moved[id] = None;
            if (place[id] >= 0 && lastReader[id] == number && !isShared[id])
                free.Push(place[id]);
        }
        held.Clear();
    }

    // Results go out in the segment that computes them; those that nothing computes, or that all instances share, in the last.
    private IEnumerable<(int Slot, int Root)> Stores(int number)
    {
        roots ??= code.Stores.Select((s, i) => (s.Slot, Root: code.Roots[i].Id))
            .ToLookup(r => IsLeaf(r.Root) || isShared[r.Root] ? -1 : segment[r.Root]);
        return number == last ? roots[number].Concat(roots[-1]) : roots[number];
    }
}
