using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Orders straight-line code so that few values wait in registers. Derivatives read what the function has computed, in the opposite order:
/// written as they come, nearly all of a long function's values wait at once, and the JIT moves them to memory and back.
/// </summary>
/// <remarks>
/// List scheduling for register pressure (J. R. Goodman and W. Hsu, "Code scheduling and register allocation in large basic blocks",
/// 1988): of the instructions whose operands are there goes first the one after which fewest values wait; of several the one
/// that was written first, or that comes first where each is computed only when a reader of it is, whichever way asks for less.
/// </remarks>
internal sealed class RegisterOrder
{
    // Registers for what passes through: operands and results of trees, constants.
    private const int AtWork = 6;

    private readonly Body source;
    private readonly List<int> needed;
    private readonly IReadOnlyDictionary<int, int> runs;
    private readonly Readers readers;
    private readonly Dictionary<int, int> earlier;   // the check before a check: the first that fails is reported
    private readonly int[] missing;       // operands that are not computed yet
    private readonly int[] unread;        // readers that are not computed yet
    private readonly bool[] isDone;
    private readonly int[] depth;
    private readonly PriorityQueue<int, (int Growth, int Place)> ready = new();

    private RegisterOrder(Body source, List<int> needed, IReadOnlyDictionary<int, int> runs)
    {
        (this.source, this.needed, this.runs) = (source, needed, runs);
        int count = source.Instructions.Count;
        (missing, unread, isDone) = (new int[count], new int[count], new bool[count]);
        int[] checks = [.. needed.Where(id => source.Instructions[id].Opcode is Opcode.Check)];
        earlier = checks.Skip(1).Zip(checks).ToDictionary(pair => pair.First, pair => pair.Second);
        readers = new(source, needed, OperandsOf);
        depth = BodyCost.Depths(source, needed);
    }

    /// <summary>The code in an order of its own where more values wait than registers have room for; otherwise as it is.</summary>
    /// <param name="source">The code.</param>
    /// <param name="roots">What is asked for. A root does not wait: it is stored as soon as it is known.</param>
    /// <param name="runs">Gathers that are loads, by number, whose positions are not computed here.</param>
    /// <returns>The code, and its runs.</returns>
    public static (OrderedCode Code, IReadOnlyDictionary<int, int> Runs) Run(
        Body source, IReadOnlyList<Value> roots, IReadOnlyDictionary<int, int> runs)
    {
        int room = HardwareMethods.Registers - AtWork;
        var needed = BodyCost.Needed(source, roots, runs);
        var better = needed.Count <= room ? needed : new RegisterOrder(source, needed, runs).Better(roots, room);
        if (better == needed)
            return (new(source, roots, KeepsOrder: false), runs);
        // Positions first: the same code, which is computed for one lane.
        Value[] positions = [.. needed.Where(runs.ContainsKey).Select(id => new Value(source.Instructions[id].A, DType.Int64))];
        var (body, map) = (new Body(), new Value[source.Instructions.Count]);
        foreach (int id in BodyCost.Needed(source, positions).Concat(better))
            map[id] = body.Emit(source.Instructions[id].Moved(map));
        return (new(body, [.. roots.Select(r => map[r.Id])], KeepsOrder: true),
            needed.Where(runs.ContainsKey).ToDictionary(id => map[id].Id, id => runs[id]));
    }

    private List<int> Better(IReadOnlyList<Value> roots, int room)
    {
        int least = Most(needed);
        if (least <= room)
            return needed;
        var best = needed;
        foreach (var places in (int[][])[[.. Enumerable.Range(0, depth.Length)], DepthFirst(roots)])
            if (Sort(places) is var order && Most(order) is var most && most < least)
                (least, best) = (most, order);
        return best;
    }

    // The place of each, operands before readers, the one first that is farther from the leaves.
    private int[] DepthFirst(IReadOnlyList<Value> roots)
    {
        var (places, placed) = (new int[depth.Length], 0);
        var open = new Stack<int>();
        foreach (var root in roots)
        {
            open.Push(root.Id);
            while (open.TryPeek(out int id))
            {
                int before = open.Count;
                if (places[id] == 0)
                    foreach (int operand in OperandsOf(id).Where(o => places[o] == 0).OrderBy(o => depth[o]))
                        open.Push(operand);
                if (open.Count > before)
                    continue;
                if (places[open.Pop()] == 0)
                    places[id] = ++placed;
            }
        }
        return places;
    }

    // How many values wait at most.
    private int Most(List<int> order)
    {
        CountReaders();
        int waiting = 0, most = 0;
        foreach (int id in order)
        {
            waiting += GrowthOf(id);
            foreach (int operand in OperandsOf(id))
                unread[operand]--;
            most = Math.Max(most, waiting);
        }
        return most;
    }

    private List<int> Sort(int[] places)
    {
        CountReaders();
        Array.Clear(isDone);
        foreach (int id in needed)
            if (missing[id] == 0)
                Offer(id, places);
        var order = new List<int>(needed.Count);
        while (ready.TryDequeue(out int id, out _))
            if (!isDone[id])
            {
                order.Add(id);
                Issue(id, places);
            }
        return order;
    }

    private void CountReaders()
    {
        foreach (int id in needed)
            (unread[id], missing[id]) = (readers[id].Length, OperandsOf(id).Count());
    }

    private void Issue(int id, int[] places)
    {
        isDone[id] = true;
        foreach (int operand in OperandsOf(id))
            if (--unread[operand] == 1 && LastReader(operand) is var last && missing[last] == 0)
                Offer(last, places);
        foreach (int user in readers[id])
            if (--missing[user] == 0)
                Offer(user, places);
    }

    private int LastReader(int id)
    {
        int k = 0;
        while (isDone[readers[id][k]])
            k++;
        return readers[id][k];
    }

    // Once more whenever fewer values would wait after it.
    private void Offer(int id, int[] places) => ready.Enqueue(id, (GrowthOf(id), places[id]));

    // Values that wait after an instruction, less those that wait before it.
    private int GrowthOf(int id)
    {
        int growth = unread[id] > 0 && !IsAtHand(id) ? 1 : 0;
        foreach (int operand in OperandsOf(id))
            growth -= unread[operand] == 1 && !IsAtHand(operand) ? 1 : 0;
        return growth;
    }

    // Each once. A check has none but two, so the one before it may be its third.
    private Operands OperandsOf(int id)
    {
        if (runs.ContainsKey(id))
            return new(-1, -1, -1);
        var (a, b, c) = source.Instructions[id].Operands;
        int third = earlier.GetValueOrDefault(id, c);
        return new(a, b == a ? -1 : b, third == a || third == b ? -1 : third);
    }

    private bool IsAtHand(int id) => source.Instructions[id].Opcode is Opcode.Constant or Opcode.Parameter or Opcode.Carried
        || (source.Instructions[id].Opcode is Opcode.Load && readers[id].Length == 1);
}
