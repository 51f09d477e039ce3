using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>A tensor's memory as the loops of one kernel see it.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Word">The argument word with the address of the element at coordinate 0.</param>
/// <param name="Strides">Bytes per step of each loop: outer loops, inner loops, lane loop.</param>
/// <param name="Beside">Null for a slot with addresses of its own.</param>
internal sealed record Slot(DType Type, int Word, ImmutableArray<Amount> Strides, Neighbour? Beside = null)
{
    public override string ToString() => $"{Type} {(Beside is null ? $"w{Word}" : $"{Beside}")} [{string.Join(" ", Strides)}]";
}

/// <summary>The slot of the same record whose addresses, some bytes further, are a slot's own.</summary>
/// <param name="Slot">A slot with the same strides.</param>
/// <param name="Bytes">From its elements to those of this one.</param>
internal readonly record struct Neighbour(int Slot, long Bytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Slot}{Bytes:+0;-0}");
}

/// <summary>
/// Memory that a kernel writes, does not read, and leaves to
/// whoever called: where it is large, stores go past the caches.
/// </summary>
/// <param name="Slot">The slot, contiguous along the lanes, or the first of the columns of a record.</param>
/// <param name="Bytes">Size of the tensor.</param>
internal sealed record Streamed(int Slot, Amount Bytes)
{
    /// <summary>Bytes from which on no private cache holds a tensor until it is read.</summary>
    public const long Least = 8 << 20;

    /// <summary>Whether it is that large, or a call decides.</summary>
    public bool MayBeLarge => !Bytes.IsConstant || Bytes.Constant >= Least;

    /// <summary>Whether lanes of a slot are whole registers side by side; bytes and truth values are not.</summary>
    public static bool Suits(DType type, Amount stride) => type.Size >= 4 && stride == new Amount(type.Size);

    public override string ToString() => $"{Slot}:{Bytes}";
}

/// <summary>Straight-line code and what becomes of its values.</summary>
/// <param name="Body">The code.</param>
/// <param name="Defines">Values that later code carries on, by number.</param>
/// <param name="Stores">Values that go to memory, by slot.</param>
internal sealed record Region(Body Body, ImmutableArray<(int Carried, Value Value)> Defines, ImmutableArray<(int Slot, Value Value)> Stores)
{
    public bool IsEmpty => Defines.IsEmpty && Stores.IsEmpty;
}

/// <summary>The accumulators of one reduction.</summary>
/// <param name="Carried">The numbers under which the loop's code, and the code after the loop, find them.</param>
/// <param name="Identity">Code of their first values.</param>
/// <param name="IdentityValues">Their first values.</param>
/// <param name="Step">Their next values, in the loop's body.</param>
/// <param name="Merge">Code that joins two sets: carried 0 to n-1 with n to 2n-1.</param>
/// <param name="MergeValues">The joined accumulators.</param>
/// <param name="Op">The reduction.</param>
internal sealed record Accumulation(ImmutableArray<int> Carried, Body Identity, ImmutableArray<Value> IdentityValues,
    ImmutableArray<Value> Step, Body Merge, ImmutableArray<Value> MergeValues, Reduction Op);

/// <summary>One trip of the outer loop is a sequence of stages: some code once, then a loop.</summary>
/// <param name="Before">Once per outer coordinate.</param>
/// <param name="Loop">Once per inner coordinate; null in the last stage of some kernels.</param>
/// <param name="Accumulations">What the loop accumulates.</param>
internal sealed record Stage(Region Before, Region? Loop, ImmutableArray<Accumulation> Accumulations);

/// <summary>
/// The kernel IR of a fusion group: loops around straight-line bodies. Everything that its code depends on is here, so
/// <see cref="Key"/> identifies the code.
/// </summary>
/// <param name="Name">The kernel's name in stack traces and reports.</param>
/// <param name="Slots">Memory, by slot number.</param>
/// <param name="Outer">Extents of the loops that threads share, flattened into one range.</param>
/// <param name="Inner">Extents of the loops inside a stage, but for the lane loop.</param>
/// <param name="Lane">Extent of the vectorised loop; null for scalar code.</param>
/// <param name="LaneIsInner"> Whether lanes lie along an inner axis (rows: reductions end by joining
/// lanes) or along an outer one (columns and maps: each lane is an outer coordinate of its own).
/// </param>
/// <param name="Position">Per domain axis: which loop it is (outer, then inner, then lane), or -1 where it was merged away.</param>
/// <param name="Parameters">Scalars of the call.</param>
/// <param name="CarriedTypes">Types of carried values, by number.</param>
/// <param name="Stages">The code.</param>
internal sealed record LoopNest(string Name, ImmutableArray<Slot> Slots, ImmutableArray<Amount> Outer, ImmutableArray<Amount> Inner,
    Amount? Lane, bool LaneIsInner, ImmutableArray<int> Position, ImmutableArray<Amount> Parameters,
    ImmutableArray<DType> CarriedTypes, ImmutableArray<Stage> Stages)
{
    /// <summary>Accumulators in memory for blocks of outer coordinates; then the kernel's range counts blocks.</summary>
    public RowBlocks? Blocks { get; init; }

    /// <summary>Coordinates of the lane loop per step of the outer loop, of which there is one then; null where a row is whole.</summary>
    public long? LaneBlock { get; init; }

    /// <summary>Slots whose stores may go past the caches.</summary>
    public ImmutableArray<Streamed> Streamed { get; init; } = [];

    /// <summary>The slot whose addresses a slot shares: the first met of its record, or itself.</summary>
    public int FirstOf(int slot) => Slots[slot].Beside?.Slot ?? slot;

    /// <summary>Bytes from that slot's elements to those of this one.</summary>
    public long BytesFromFirst(int slot) => Slots[slot].Beside?.Bytes ?? 0;

    /// <summary>Whether a slot's address is that of records, which lie apart along the lanes.</summary>
    public bool IsRecord(int slot) =>
        Slots[slot].Strides[^1] is { IsConstant: true, Constant: var stride } && stride > Slots[slot].Type.Size;

    /// <summary>Whether stores write all of the record that a slot is the first met of.</summary>
    public bool IsWholeRecord(int slot, IEnumerable<int> stored)
    {
        long[] columns = [.. stored.Where(s => FirstOf(s) == slot).Select(BytesFromFirst)];
        long size = Slots[slot].Type.Size, record = columns.Length * size;
        return IsRecord(slot) && record == Slots[slot].Strides[^1].Constant && columns.Max() - columns.Min() + size == record;
    }

    /// <summary>Where the kernel takes a table: words of an entry, which are the arguments of one set of tensors; null for one set.</summary>
    public int? EntryWords { get; init; }

    /// <summary>Number of loops; the lane loop, if there is one, is the last.</summary>
    public int LoopCount => Outer.Length + Inner.Length + (Lane is null ? 0 : 1);

    /// <summary>Every body.</summary>
    public IEnumerable<Body> Bodies => Stages.SelectMany(s => new[] { s.Before.Body, s.Loop?.Body }
        .Concat(s.Accumulations.SelectMany(a => new[] { a.Identity, a.Merge })).OfType<Body>())
            .Concat(Blocks is null ? [] : [Blocks.First.Body]);

    /// <summary>The identity of the code: kernels with equal keys are the same delegate.</summary>
    public string Key
    {
        get
        {
            var key = new StringBuilder();
            key.Append(Describe());
            foreach (var body in Bodies)
            {
                key.Append('|');
                foreach (var i in body.Instructions)
                    key.Append((int)i.Opcode).Append(' ').Append(i.Type).Append(' ').Append(i.A).Append(' ').Append(i.B)
                        .Append(' ').Append(i.C).Append(' ').Append(i.Immediate).Append(';');
            }
            return key.ToString();
        }
    }

    /// <summary>The same loops and code with other numbers, asked for in an order that is the same for all loops of one shape.</summary>
    /// <param name="extent">For an extent.</param>
    /// <param name="stride">For a stride, given the bytes of an element.</param>
    public LoopNest Renumbered(Func<Amount, Amount> extent, Func<Amount, long, Amount> stride) => this with
    {
        Slots = [.. Slots.Select(s => s with { Strides = [.. s.Strides.Select(a => stride(a, s.Type.Size))] })],
        Outer = [.. Outer.Select(extent)], Inner = [.. Inner.Select(extent)], Lane = Lane is { } lane ? extent(lane) : null,
        Parameters = [.. Parameters.Select(extent)], Streamed = [.. Streamed.Select(s => s with { Bytes = extent(s.Bytes) })],
        Blocks = Blocks is null ? null : Blocks with
        {
            Rows = extent(Blocks.Rows), Partials = [.. Blocks.Partials.Select(p => (p.Slot, extent(p.Stride)))],
        },
    };

    /// <summary>The loops and their code as text.</summary>
    public override string ToString() => $"{Name}\n{Describe()}" + string.Concat(Bodies.Select(b => $"\n{b}"));

    private string Describe()
    {
        var text = new StringBuilder();
        text.Append("slots ").AppendJoin(", ", Slots).Append("\nouter ").AppendJoin(' ', Outer).Append(" inner ").AppendJoin(' ', Inner)
            .Append(" lane ").Append(Lane).Append(LaneIsInner ? " rows" : " columns").Append(" axes ").AppendJoin(' ', Position)
            .Append(" parameters ").AppendJoin(' ', Parameters).Append(" carried ").AppendJoin(' ', CarriedTypes).Append('\n');
        if (LaneBlock is { } length)
            text.Append("lanes in blocks of ").Append(length).Append('\n');
        if (EntryWords is { } words)
            text.Append("table of ").Append(words).Append(" words each\n");
        if (!Streamed.IsEmpty)
            text.Append("streams ").AppendJoin(' ', Streamed).Append('\n');
        foreach (var stage in Stages)
        {
            Describe(text, stage.Before);
            if (stage.Loop is { } loop)
                Describe(text, loop);
            foreach (var a in stage.Accumulations)
                text.Append("accumulate ").AppendJoin(' ', a.Carried).Append(" from ").AppendJoin(' ', a.IdentityValues)
                    .Append(" step ").AppendJoin(' ', a.Step).Append(" merge ").AppendJoin(' ', a.MergeValues).Append('\n');
        }
        if (Blocks is not null)
            Describe(text.Append(Blocks).Append('\n'), Blocks.First);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, Region region) => text
        .Append("carry ").AppendJoin(' ', region.Defines.Select(d => $"{d.Carried}={d.Value}"))
        .Append(" store ").AppendJoin(' ', region.Stores.Select(s => $"{s.Slot}={s.Value}")).Append('\n');
}
