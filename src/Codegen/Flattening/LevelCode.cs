using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>What the members of a group have in common: the code of their loop.</summary>
/// <param name="Template">Opcode, type and immediate; a load stands for elements that come from a tensor.</param>
/// <param name="A">Type of the first operand; null without one.</param>
/// <param name="B">Type of the second operand.</param>
/// <param name="C">Type of the third operand.</param>
/// <param name="Stores">Whether the result goes to a tensor, rather than to a place.</param>
internal readonly record struct LevelShape(Instruction Template, DType? A = null, DType? B = null, DType? C = null, bool Stores = false)
{
    /// <summary>Entries of the table for one member: its operands, and where in a tensor an element is to be found or put.</summary>
    public int Entries => Operands + (Stores || Template.Opcode == Opcode.Load ? 1 : 0);

    private int Operands => (A is null ? 0 : 1) + (B is null ? 0 : 1) + (C is null ? 0 : 1);
}

/// <summary>Instructions that do not need each other, of one shape.</summary>
/// <param name="Shape">What they have in common.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Start">The place of the first result; the others follow it.</param>
/// <param name="Table">The first entry of the table.</param>
/// <param name="Word">The argument word of the tensor that is read or written; -1 without one.</param>
internal readonly record struct LevelGroup(LevelShape Shape, int Count, int Start, int Table, int Word);

/// <summary>
/// Long straight-line code of one instance as loops, level by level: an instruction's level is one more than the highest of its
/// operands, so those of one level wait for none of their own. Values live in memory, and a table says where the operands of each are.
/// </summary>
/// <remarks>
/// Code is fetched from beyond the second-level cache a line at a time (30 ns per 64 bytes were measured, 11 ns for an instruction whose
/// operands are in memory); a table is read ahead by the hardware. Code whose operands are near stays in registers, is short, and has
/// many narrow levels: it is no case for this.
/// </remarks>
/// <param name="Groups">What runs, in order.</param>
/// <param name="Table">Operands by place, and elements of tensors by position.</param>
/// <param name="Constants">The bits in the first places.</param>
/// <param name="Places">How many values there are.</param>
internal sealed record LevelCode(ImmutableArray<LevelGroup> Groups, int[] Table, long[] Constants, int Places)
{
    /// <summary>Bytes of one value.</summary>
    public const int PlaceSize = sizeof(long);

    // Bytes of an instruction, and of an operand or a result in memory; how many bytes the second-level cache of a shared core keeps, and
    // what fetching those of longer code costs.
    private const int BytesPerInstruction = 6, BytesPerOperand = 8, CachedBytes = 512 * 1024;
    private const double NanosecondsPerByte = 0.45, NanosecondsPerMember = 1.5, NanosecondsPerGroup = 25;

    // So far apart operand and user are not in one method.
    private const int Near = 400;

    /// <summary>The loops; null where straight-line code is expected to be faster, or does what no loop can.</summary>
    /// <param name="code">The code, its mathematics expanded.</param>
    /// <param name="slots">What it loads and stores.</param>
    public static LevelCode? Of(EmittableRegion code, ImmutableArray<FlatSlot> slots)
    {
        var needed = BodyCost.Needed(code.Body, code.Roots);
        long bytes = StraightBytes(code.Body, needed);
        if (bytes <= CachedBytes || needed.Exists(id => !Loops(code.Body.Instructions[id].Opcode)))
            return null;
        bool Pays(int groups) => groups * NanosecondsPerGroup + needed.Count * NanosecondsPerMember < bytes * NanosecondsPerByte;
        int[] depths = BodyCost.Depths(code.Body, needed);
        // Each level is a group at least.
        if (!Pays(depths.Max()))
            return null;
        var levels = new LevelBuilder(code, slots, needed, depths).Run();
        return Pays(levels.Groups.Length) ? levels : null;
    }

    private static bool Loops(Opcode opcode) =>
        opcode is not (Opcode.Check or Opcode.Gather or Opcode.Index or Opcode.Parameter or Opcode.Carried);

    // A value with a far reader is stored, and each far read is an operand in memory.
    private static long StraightBytes(Body body, List<int> needed)
    {
        long bytes = (long)BytesPerInstruction * needed.Count;
        foreach (int id in needed)
            foreach (int operand in body.Instructions[id].Operands)
                if (id - operand > Near)
                    bytes += 2 * BytesPerOperand;
        return bytes;
    }
}

/// <summary>Sorts instructions into groups and numbers their places.</summary>
internal sealed class LevelBuilder(EmittableRegion code, ImmutableArray<FlatSlot> slots, List<int> needed, int[] level)
{
    private readonly Dictionary<(LevelShape Shape, int Word), int> shapes = [];
    private readonly int[] place = new int[code.Body.Instructions.Count];
    private readonly List<LevelGroup> groups = [];
    private readonly List<int> table = [];
    private readonly List<long> constants = [];
    private int places;

    /// <summary>The groups: elements of arguments, each level, results.</summary>
    public LevelCode Run()
    {
        foreach (int id in needed)
            if (code.Body.Instructions[id] is { Opcode: Opcode.Constant } constant)
            {
                place[id] = places++;
                constants.Add(constant.Immediate);
            }
        Group(needed.FindAll(id => code.Body.Instructions[id].Opcode != Opcode.Constant), Key, First, Add);
        Group([.. Enumerable.Range(0, code.Stores.Length)], StoreKey, store => store, AddStore);
        return new([.. groups], [.. table], [.. constants], places);
    }

    // In the order of levels, then shapes; within a group in the order of first operands, which are then read along lines of the cache.
    private void Group(List<int> members, Func<int, (int Level, int Shape)> keyOf, Func<int, int> firstOf, Action<int> add)
    {
        var keys = members.ConvertAll(m => keyOf(m) is var (level, shape) ? ((long)level << 32 | (uint)shape, m) : default);
        keys.Sort();
        var known = shapes.ToDictionary(s => s.Value, s => s.Key);
        for (int start = 0, end; start < keys.Count; start = end)
        {
            var (key, _) = keys[start];
            for (end = start; end < keys.Count && keys[end].Item1 == key;)
                end++;
            var (shape, word) = known[(int)key];
            groups.Add(new(shape, end - start, places, table.Count, word));
            foreach (var (_, member) in keys[start..end].OrderBy(k => firstOf(k.m)))
                add(member);
        }
    }

    private (int Level, int Shape) Key(int id)
    {
        var i = code.Body.Instructions[id];
        var shape = i.Opcode == Opcode.Load ? new LevelShape(new(Opcode.Load, i.Type))
            : new(i with { A = -1, B = -1, C = -1 }, TypeOf(i.A), TypeOf(i.B), TypeOf(i.C));
        return (level[id], Number(shape, i.Opcode == Opcode.Load ? slots[(int)i.Immediate].Word : -1));
    }

    private int First(int id)
    {
        var i = code.Body.Instructions[id];
        return i.Opcode == Opcode.Load ? slots[(int)i.Immediate].Index : place[i.A];
    }

    private void Add(int id)
    {
        var i = code.Body.Instructions[id];
        place[id] = places++;
        if (i.Opcode == Opcode.Load)
            table.Add(slots[(int)i.Immediate].Index);
        else
            foreach (int operand in i.Operands)
                table.Add(place[operand]);
    }

    private (int Level, int Shape) StoreKey(int store)
    {
        var (slot, type) = (slots[code.Stores[store].Slot], slots[code.Stores[store].Slot].Type);
        return (0, Number(new(new(Opcode.Load, type), type, Stores: true), slot.Word));
    }

    private void AddStore(int store)
    {
        table.Add(place[code.Roots[store].Id]);
        table.Add(slots[code.Stores[store].Slot].Index);
    }

    private DType? TypeOf(int operand) => operand < 0 ? null : code.Body.Instructions[operand].Type;

    private int Number(LevelShape shape, int word)
    {
        if (!shapes.TryGetValue((shape, word), out int number))
            shapes.Add((shape, word), number = shapes.Count);
        return number;
    }
}
