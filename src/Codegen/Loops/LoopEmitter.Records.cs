using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Records past the caches. Those of a register's lanes follow each other in memory and fill whole registers, wherever a lane lies; but a
/// store past the caches must be aligned, so the first round is of fewer lanes. A round's records are put together in near memory, and
/// copied when the next one's are due: what has just been stored in pieces is not there to be read at once.
/// </content>
internal sealed partial class LoopEmitter
{
    /// <summary>The records that may go past the caches.</summary>
    /// <param name="Streamed">Their first slot, and how large their tensor is.</param>
    /// <param name="Start">Bytes from the first slot's element to where its record begins.</param>
    /// <param name="Flows">Whether they do.</param>
    /// <param name="Near">Where a round's records are put together.</param>
    /// <param name="Waiting">Where those of the last round belong; 0 for none.</param>
    /// <param name="Aligned">The lane whose record is the first that is aligned; the end if none flows.</param>
    private sealed record RecordStream(Streamed Streamed, long Start, ParameterExpression Flows, ParameterExpression Near,
        ParameterExpression Waiting, ParameterExpression Aligned);

    private RecordStream? FirstRecords() => RangeIsLanes && Copies == 0 && !HasLoops && lanes.Count > 1 && nest.EntryWords is null
        && nest.Streamed.FirstOrDefault(s => nest.IsRecord(s.Slot)) is { } streamed
        ? new(streamed, nest.Slots.Index().Where(s => FirstOf(s.Index) == streamed.Slot).Min(s => BytesFromFirst(s.Index)),
            Pool.Rent(typeof(bool)), Long(), Long(), Long())
        : null;

    private DType RecordType(RecordStream r) => nest.Slots[r.Streamed.Slot].Type;

    private long RecordBytes(RecordStream r) => StrideOf(r.Streamed.Slot).Constant;

    private int RegisterBytes(RecordStream r) => lanes.Count * RecordType(r).Size;

    // Finds where records are aligned. It calls, so it comes before anything is held in registers.
    private void BeginRecords()
    {
        if (records is not { } r)
            return;
        var first = Plus(Plus(Word(nest.Slots[r.Streamed.Slot].Word), Number(r.Start)), Times(Begin, Number(RecordBytes(r))));
        var before = Let(Call(typeof(StreamingMemory), nameof(StreamingMemory.RecordsBefore), null,
            first, Number(RecordBytes(r)), Number(RegisterBytes(r))));
        Set(r.Flows, AndAlso(IsLarge(r.Streamed), GreaterThanOrEqual(before, Number(0))));
        Set(r.Near, Number(0));
        Set(r.Waiting, Number(0));
        Set(r.Aligned, End);
        If(r.Flows, () =>
        {
            Set(r.Near, Call(typeof(ThreadMemory), nameof(ThreadMemory.Address), null, Number(lanes.Count * RecordBytes(r))));
            Set(r.Aligned, Least(Add(Begin, before), End));
        });
    }

    private void EndRecords()
    {
        if (records is { } r)
            If(NotEqual(r.Waiting, Number(0)), () => Stream(r));
    }

    // Where a full round's records are stored: near, once those of the round before have gone.
    private Site Place(RecordStream r, Site site)
    {
        var first = Let(Plus(site.Addresses[r.Streamed.Slot], Times(site.Lane!, Number(RecordBytes(r)))));
        If(r.Flows, () =>
        {
            If(NotEqual(r.Waiting, Number(0)), () => Stream(r));
            Set(r.Waiting, Plus(first, Number(r.Start)));
            Set(first, Plus(r.Near, Number(-r.Start)));
        });
        return site with { Lane = null, Addresses = [.. site.Addresses.Select((a, s) => FirstOf(s) == r.Streamed.Slot ? first : a)] };
    }

    private void Stream(RecordStream r)
    {
        for (long done = 0; done < lanes.Count * RecordBytes(r); done += RegisterBytes(r))
            Code.Add(lanes.StoreStreaming(RecordType(r), Plus(r.Waiting, Number(done)),
                lanes.Load(RecordType(r), Plus(r.Near, Number(done)))));
    }
}
