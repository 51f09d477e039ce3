using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Loads and stores of a region. Lanes that lie apart in memory are moved by full registers wherever all are in use; columns of one record
/// are exchanged in registers, so that what lies side by side is stored at once.
/// </content>
internal sealed partial class LoopEmitter
{
    /// <summary>Bytes of records ahead: what more there are would push out what this register needs.</summary>
    private const long MostPrefetched = 4096;

    private Expression Load(int slot, Lanes at, Site site)
    {
        var (type, address) = (nest.Slots[slot].Type, Address(slot, site));
        if (site.Lane is null)
            return at.Load(type, address);
        Expression Lanes(Expression? count) => LoadLanes(at, type, address, StrideOf(slot), count);
        return site.MayBeFull && IsApart(slot, at) ? Condition(IsFull(at, site), Lanes(null), Lanes(site.Count)) : Lanes(site.Count);
    }

    /// <summary>A gather that is a load.</summary>
    /// <param name="Gather">Its number.</param>
    /// <param name="Type">Of its elements.</param>
    /// <param name="Address">Of the first lane's element, in the first of several registers side by side.</param>
    /// <param name="Stride">Bytes from one lane to the next.</param>
    private sealed record Run(int Gather, DType Type, Expression Address, long Stride);

    // Positions are computed as in one lane, the first: what they depend on is the same in all of them.
    private Run[] RunsOf(EmittableRegion region, Lanes at, Site site)
    {
        int[] gathers = at.Count == 1 || region.Runs.Count == 0 ? [] : [.. region.Needed.Where(region.Runs.ContainsKey)];
        if (gathers.Length == 0)
            return [];
        var one = Lanes.For(VectorWidth.Scalar, 4);
        LeafCode leaf = (i, position) => Leaf(i, position, one, site);
        var emitter = new BodyEmitter(region.Body, one, Pool, leaf) { Error = Error, Count = site.Count };
        Value[] positions = [.. gathers.Select(id => new Value(region.Body.Instructions[id].A, DType.Int64))];
        return [.. gathers.Zip(emitter.Emit(positions, Code), (id, position) =>
        {
            var slot = nest.Slots[SlotOf(region.Body.Instructions[id])];
            var address = Let(Plus(Word(slot.Word), Times(position, Number(slot.Type.Size))));
            return new Run(id, slot.Type, address, region.Runs[id] * slot.Type.Size);
        })];
    }

    private Expression Load(Run run, Lanes at, Site site, int copy) =>
        LoadLanes(at, run.Type, Plus(run.Address, Number(copy * at.Count * run.Stride)), new(run.Stride), site.Count);

    private void EmitStores(IReadOnlyList<(int Slot, Expression Value)> stores, Lanes at, Site site)
    {
        if (site.Lane is null)
        {
            foreach (var (slot, value) in stores)
                Code.Add(at.Store(nest.Slots[slot].Type, Address(slot, site), value));
            return;
        }
        EmitLanes(stores.Where(s => !IsApart(s.Slot, at)), at, site, site.Count);
        var apart = stores.Where(s => IsApart(s.Slot, at))
            .OrderBy(s => nest.FirstOf(s.Slot)).ThenBy(s => nest.BytesFromFirst(s.Slot)).ToList();
        if (apart.Count == 0)
            return;
        if (site.Count is null)
            EmitRecords(apart, at, site);
        else if (site.MayBeFull)
            If(IsFull(at, site), () => EmitRecords(apart, at, site), () => EmitApart(apart, at, site, site.Count));
        else
            EmitApart(apart, at, site, site.Count);
    }

    // In the order of memory: neighbours two by two that fill it together, as a pool's gradient does; what is left goes lane by lane.
    private void EmitApart(IEnumerable<(int Slot, Expression Value)> stores, Lanes at, Site site, Expression? count)
    {
        var waiting = new List<(int Slot, Expression Value)>();
        foreach (var store in stores)
        {
            if (waiting is [var first] && TakeTurns(first.Slot, store.Slot))
            {
                Code.Add(at.StoreTurns(Address(first.Slot, site), first.Value, store.Value, count));
                waiting.Clear();
                continue;
            }
            EmitLanes(waiting, at, site, count);
            waiting = [store];
        }
        EmitLanes(waiting, at, site, count);
    }

    private bool TakeTurns(int first, int second) => nest.Slots[first].Type is { Size: 4 } type && nest.Slots[second].Type.Size == type.Size
        && nest.FirstOf(first) == nest.FirstOf(second) && nest.BytesFromFirst(second) - nest.BytesFromFirst(first) == type.Size
        && StrideOf(first) == new Amount(2 * type.Size) && StrideOf(second) == StrideOf(first);

    // Lines that the next register's records will fill: they come while it is computed, and its stores do not wait for all of them at once.
    private void EmitPrefetches(EmittableRegion region, Lanes at, Site site)
    {
        if (site.Lane is null)
            return;
        foreach (var record in region.Stores.Select(s => s.Slot).Where(s => IsApart(s, at)).GroupBy(nest.FirstOf))
            if (StrideOf(record.Key) is { IsConstant: true, Constant: > 0 and var stride }
                && record.Sum(s => nest.Slots[s].Type.Size) >= Math.Max(Memory.LineBytes, stride / 2))
            {
                var next = Plus(Address(record.MinBy(nest.BytesFromFirst), site), Number(at.Count * stride));
                If(record.Key == records?.Streamed.Slot ? Not(records.Flows) : Constant(true), () =>
                {
                    for (long line = 0; line < Math.Min(at.Count * stride, MostPrefetched); line += Memory.LineBytes)
                        Code.Add(Memory.Ask(Plus(next, Number(line))));
                });
            }
    }

    private void EmitLanes(IEnumerable<(int Slot, Expression Value)> stores, Lanes at, Site site, Expression? count)
    {
        foreach (var (slot, value) in stores)
        {
            var (type, address) = (nest.Slots[slot].Type, Address(slot, site));
            Code.Add(site.Streams?.GetValueOrDefault(slot) is { } streams ? StoreStreaming(at, type, address, value, streams)
                : StoreLanes(at, type, address, StrideOf(slot), value, count));
        }
    }

    // Each record's columns in the order of memory.
    private void EmitRecords(List<(int Slot, Expression Value)> stores, Lanes at, Site site)
    {
        foreach (var record in stores.GroupBy(s => nest.FirstOf(s.Slot)))
            EmitRecord([.. record], at, records is { } r && record.Key == r.Streamed.Slot ? Place(r, site) : site);
    }

    // Neighbours, as many at once as an exchange takes.
    private void EmitRecord(List<(int Slot, Expression Value)> stores, Lanes at, Site site)
    {
        for (int done = 0; done < stores.Count;)
        {
            var (slot, type) = (stores[done].Slot, nest.Slots[stores[done].Slot].Type);
            int beside = stores.Skip(done).TakeWhile((s, k) =>
                nest.FirstOf(s.Slot) == nest.FirstOf(slot)
                && nest.BytesFromFirst(s.Slot) == nest.BytesFromFirst(slot) + k * type.Size).Count();
            foreach (int columns in at.RecordColumns(type))
                for (; beside >= columns; beside -= columns, done += columns)
                    Code.Add(at.StoreRecords(type, Address(stores[done].Slot, site), Of(StrideOf(slot)),
                        [.. stores.Skip(done).Take(columns).Select(s => s.Value)]));
            EmitApart(stores.Skip(done).Take(beside), at, site, null);
            done += beside;
        }
    }

    private Amount StrideOf(int slot) => nest.Slots[slot].Strides[LaneLoop];

    private Expression Address(int slot, Site site)
    {
        var first = Plus(site.Addresses[slot], Number(nest.BytesFromFirst(slot)));
        return site.Lane is null ? first : Plus(first, Times(site.Lane, Of(StrideOf(slot))));
    }

    // Whether lanes are neither neighbours nor one and the same element.
    private bool IsApart(int slot, Lanes at) => at.Count > 1 && StrideOf(slot) is var stride
        && (!stride.IsConstant || (stride.Constant != nest.Slots[slot].Type.Size && stride.Constant != 0));

    private static BinaryExpression IsFull(Lanes at, Site site) => Equal(site.Count!, Number(at.Count));
}
