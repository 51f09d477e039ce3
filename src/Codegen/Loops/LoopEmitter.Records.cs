using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Records past the caches. Those of a register's lanes follow each other in memory, as many bytes as some registers hold, but begin
/// anywhere beside what a store past the caches must be aligned to. So a round's records are put together in near memory, after what the
/// round before has left over, and copied when the next round's are due: what has just been stored in pieces cannot be read at once.
/// </content>
internal sealed partial class LoopEmitter
{
    /// <summary>The records that may go past the caches.</summary>
    /// <param name="Streamed">Their first slot, and how large their tensor is.</param>
    /// <param name="Start">Bytes from the first slot's element to where its record begins.</param>
    /// <param name="Flows">Whether they do.</param>
    /// <param name="Near">Where a round's records are put together.</param>
    /// <param name="Past">Bytes from an aligned place to where a round's records begin.</param>
    /// <param name="Waiting">The aligned place of those of the last round; 0 for none.</param>
    /// <param name="HasLeft">Whether a round before them has left its last bytes.</param>
    private sealed record RecordStream(Streamed Streamed, long Start, ParameterExpression Flows, ParameterExpression Near,
        ParameterExpression Past, ParameterExpression Waiting, ParameterExpression HasLeft);

    private RecordStream? FirstRecords() => RangeIsLanes && Copies == 0 && !HasLoops && lanes.Count > 1 && nest.EntryWords is null
        && nest.Streamed.FirstOrDefault(s => nest.IsRecord(s.Slot)) is { } streamed
        ? new(streamed, nest.Slots.Index().Where(s => nest.FirstOf(s.Index) == streamed.Slot).Min(s => nest.BytesFromFirst(s.Index)),
            Pool.Rent(typeof(bool)), Long(), Long(), Long(), Pool.Rent(typeof(bool)))
        : null;

    private DType TypeOf(RecordStream r) => nest.Slots[r.Streamed.Slot].Type;

    private int RegisterBytes(RecordStream r) => lanes.Count * TypeOf(r).Size;

    private long RoundBytes(RecordStream r) => lanes.Count * StrideOf(r.Streamed.Slot).Constant;

    // Before anything is held in registers, since it calls.
    private void BeginRecords()
    {
        if (records is not { } r)
            return;
        var first = Plus(Plus(Word(nest.Slots[r.Streamed.Slot].Word), Number(r.Start)), Times(Begin, Of(StrideOf(r.Streamed.Slot))));
        Set(r.Past, And(first, Number(RegisterBytes(r) - 1)));
        Set(r.Flows, AndAlso(IsLarge(r.Streamed), Equal(And(r.Past, Number(TypeOf(r).Size - 1)), Number(0))));
        Set(r.Waiting, Number(0));
        Set(r.HasLeft, Constant(false));
        Set(r.Near, Condition(r.Flows,
            Call(typeof(ThreadMemory), nameof(ThreadMemory.Address), null, Number(RoundBytes(r) + (2 * RegisterBytes(r)))), Number(0)));
    }

    // Where a full round's records are stored: near, once those of the round before have gone.
    private Site Place(RecordStream r, Site site)
    {
        var first = Let(Plus(site.Addresses[r.Streamed.Slot], Times(site.Lane!, Of(StrideOf(r.Streamed.Slot)))));
        If(r.Flows, () =>
        {
            If(NotEqual(r.Waiting, Number(0)), () => Stream(r));
            Set(r.Waiting, Minus(Plus(first, Number(r.Start)), r.Past));
            Set(first, Plus(Plus(r.Near, r.Past), Number(-r.Start)));
        });
        return site with { Lane = null, Addresses = [.. site.Addresses.Select((a, s) => nest.FirstOf(s) == r.Streamed.Slot ? first : a)] };
    }

    // What comes before the first round's records is not ours.
    private void Stream(RecordStream r)
    {
        Expression Near(Expression bytes) => lanes.Load(TypeOf(r), Plus(r.Near, bytes));
        void Aligned(long bytes) => Code.Add(lanes.StoreStreaming(TypeOf(r), Plus(r.Waiting, Number(bytes)), Near(Number(bytes))));
        If(r.HasLeft, () => Aligned(0), () => Code.Add(lanes.StorePartial(TypeOf(r), Plus(r.Waiting, r.Past), Near(r.Past),
            Minus(Number(lanes.Count), Elements(r)))));
        for (long done = RegisterBytes(r); done < RoundBytes(r); done += RegisterBytes(r))
            Aligned(done);
        Code.Add(lanes.Store(TypeOf(r), r.Near, Near(Number(RoundBytes(r)))));
        Set(r.HasLeft, Constant(true));
    }

    private Expression Elements(RecordStream r) => Over(r.Past, Number(TypeOf(r).Size));

    private void EndRecords()
    {
        if (records is not { } r)
            return;
        If(NotEqual(r.Waiting, Number(0)), () =>
        {
            Stream(r);
            Code.Add(lanes.StorePartial(TypeOf(r), Plus(r.Waiting, Number(RoundBytes(r))), lanes.Load(TypeOf(r), r.Near), Elements(r)));
        });
    }
}
