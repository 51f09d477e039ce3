using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A kernel whose code is not built yet: its identity, its arguments, and how its range splits.</summary>
/// <param name="Nest">The loops and their code.</param>
/// <param name="Arguments">What fills the argument block.</param>
/// <param name="Range">Units of the outer loop.</param>
/// <param name="Grain">Smallest piece that is worth a thread.</param>
/// <param name="Elements">Coordinates of the whole domain.</param>
/// <param name="Errors">Messages by error code, the first being code 1.</param>
internal sealed record LoopKernel(LoopNest Nest, ImmutableArray<Argument> Arguments, Dim Range, long Grain,
    Dim Elements, ImmutableArray<string> Errors);

/// <summary>
/// Turns a group's domain into loops: picks the axis that lanes lie along, merges axes that every tensor walks through
/// in one stride, and lays strides out by loop.
/// </summary>
internal sealed class LoopSchedule
{
    /// <summary>Elements of a one-dimensional range below which another thread does not pay.</summary>
    private const long LaneGrain = 1024;

    /// <summary>Elements of a row below which lanes across rows, each read by a stride, are faster than a row's own lanes.</summary>
    private const long ShortRow = 32;

    /// <summary>How much more an access in an inner loop counts than one outside.</summary>
    private const long InnerWeight = 16;

    private readonly FusionGroup group;
    private readonly GroupLowering lowering;
    private readonly ArgumentList arguments = new();
    private readonly List<Dim[]> strides;          // per slot, per domain axis, in bytes
    private readonly List<Loop> outer = [], inner = [];
    private Loop? lane;
    private bool laneIsInner;

    private LoopSchedule(FusionGroup group)
    {
        (this.group, lowering) = (group, new GroupLowering(group));
        Stages = lowering.Run();
        strides = lowering.Slots.ConvertAll(s => s.ByteStrides(group.Domain.Length));
    }

    private ImmutableArray<Stage> Stages { get; }

    // A loop covers one domain axis, or several merged ones; their strides are those of the innermost.
    private sealed record Loop(int Axis, Dim Extent, ImmutableArray<int> Merged);

    /// <summary>Lowers a group to a kernel, and says which reductions are not complete when it has run.</summary>
    public static (LoopKernel Kernel, IReadOnlyList<Total> Totals) Of(FusionGroup group)
    {
        var schedule = new LoopSchedule(group);
        return (schedule.Run(), schedule.lowering.Totals);
    }

    private LoopKernel Run()
    {
        PickLanes();
        Merge(outer, laneIsInner ? null : lane);
        Merge(inner, laneIsInner ? lane : null);
        var loops = outer.Concat(inner).Concat(lane is null ? [] : new[] { lane }).ToList();
        var nest = new LoopNest(group.Name, Slots(loops), [.. outer.Select(l => arguments.Number(l.Extent))],
            [.. inner.Select(l => arguments.Number(l.Extent))], lane is null ? null : arguments.Number(lane.Extent), laneIsInner,
            [.. Enumerable.Range(0, group.Domain.Length).Select(a => loops.FindIndex(l => l.Axis == a))],
            [.. lowering.Parameters.Select(arguments.Number)], [.. lowering.CarriedTypes], Stages);
        bool overLanes = outer.Count == 0 && lane is not null && !laneIsInner;
        var range = overLanes ? lane!.Extent : Dim.Product(outer.Select(l => l.Extent));
        if (lowering.Totals.Count > 0)
            (nest, range) = (nest with { Blocks = Blocks(range) }, RowBlocks.Count(range));
        var elements = Dim.Product(group.Domain);
        return new(nest, arguments.ToImmutable(), range,
            overLanes ? GrainOfLanes(Dim.Product(group.InnerAxes.Select(a => group.Domain[a])))
            : GrainOfRows(range, elements), elements, lowering.Errors);
    }

    // Columns of one record, a lane's stride long, share the address of the first one met.
    private ImmutableArray<Slot> Slots(List<Loop> loops)
    {
        var result = ImmutableArray.CreateBuilder<Slot>(lowering.Slots.Count);
        var firsts = new Dictionary<object, List<int>>(ReferenceEqualityComparer.Instance);
        foreach (var (s, slot) in lowering.Slots.Index())
        {
            if (!firsts.TryGetValue(slot.Buffer, out var others))
                firsts.Add(slot.Buffer, others = []);
            int first = others.FindIndex(f => InRecord(f, s) is not null) is >= 0 and var found ? others[found] : -1;
            if (first < 0)
                others.Add(s);
            result.Add(first >= 0 ? result[first] with { Beside = new(first, InRecord(first, s)!.Value) } : new(
                slot.Type, arguments.Address(slot.Buffer, slot.ByteOffset()),
                [.. loops.Select(l => arguments.Number(strides[s][l.Axis]))]));
        }
        return result.MoveToImmutable();
    }

    // Bytes between two slots that lanes walk through alike, by more than lies between them.
    private long? InRecord(int first, int second) => lane is not null && lowering.Slots[first].Type == lowering.Slots[second].Type
        && strides[first].AsSpan().SequenceEqual(strides[second]) && strides[first][lane.Axis].TryConstant(out long record)
        && (lowering.Slots[second].ByteOffset() - lowering.Slots[first].ByteOffset()).TryConstant(out long bytes)
        && Math.Abs(bytes) < record ? bytes : null;

    private RowBlocks Blocks(Dim rows)
    {
        var row = Dim.Product(group.InnerAxes.Select(a => group.Domain[a]));
        return new(arguments.Number(rows),
            [.. lowering.Totals.SelectMany(t => t.Slots)
                .Select(s => (s, arguments.Number(row * lowering.Slots[s].Type.Size)))], lowering.First);
    }

    // Whole cache lines; several registers of columns are computed at once.
    public static long GrainOfLanes(Dim column) =>
        column.TryConstant(out long length) ? Math.Max(128, LaneGrain / Math.Max(1, length)) : LaneGrain;

    public static long GrainOfRows(Dim range, Dim elements) =>
        Dim.FloorDivide(elements, range.TryConstant(out long r) && r == 0 ? Dim.One : range).TryConstant(out long row)
        ? Math.Max(1, 4 * LaneGrain / Math.Max(1, row)) : 1;

    // Lanes lie along the axis that most tensors step through by one element. What the inner loops touch outweighs what is
    // touched once per outer coordinate; stores count more than loads. Rows that are short cost more to join than to
    // gather. Extents of outer axes have no say: bits would depend on the size of a batch. Totals lie along rows.
    private void PickLanes()
    {
        int best = -1;
        long bestScore = -1;
        for (int a = 0; a < group.Domain.Length; a++)
            if (ScoreOf(a) is var score && score >= bestScore && (lowering.Totals.Count == 0 || group.InnerAxes.Contains(a)))
                (best, bestScore) = (a, score);
        for (int a = 0; a < group.Domain.Length; a++)
        {
            var loop = new Loop(a, group.Domain[a], [a]);
            if (a == best)
                (lane, laneIsInner) = (loop, group.InnerAxes.Contains(a));
            else
                (group.InnerAxes.Contains(a) ? inner : outer).Add(loop);
        }
    }

    private long ScoreOf(int axis) => group.InnerAxes.Contains(axis) && HasShortRows ? -1
        : Math.Max(0, Stages.Sum(s => ScoreOf(axis, s.Before) + (s.Loop is { } loop ? InnerWeight * ScoreOf(axis, loop) : 0)));

    private long ScoreOf(int axis, Region region) => region.Stores.Sum(s => Score(axis, s.Slot, 30))
        + region.Body.Instructions.Where(i => i.Opcode is Opcode.Load).Select(i => (int)i.Immediate).Distinct()
        .Sum(s => Score(axis, s, 20)) + ScoreOfGathers(axis, region.Body);

    // Elements side by side, or one for all lanes; else as many as there are lanes are read one by one.
    private long ScoreOfGathers(int axis, Body body)
    {
        var runs = LaneRuns.Of(body, a => a == axis, slot => strides[slot][axis] == Dim.Zero);
        return body.Instructions.Index().Where(i => i.Item.Opcode is Opcode.Gather)
            .Sum(i => !runs.TryGetValue(i.Index, out int step) ? -40L : step == 0 ? 1 : 20);
    }

    private long Score(int axis, int slot, long contiguous) => strides[slot][axis] == lowering.Slots[slot].Type.Size ? contiguous
        : strides[slot][axis] == Dim.Zero ? 1 : 0;

    private bool HasShortRows => group.InnerAxes.Aggregate(Dim.One, (n, a) => n * group.Domain[a])
        .TryConstant(out long row) && row < ShortRow;

    // From the innermost out: an axis whose every stride is the next one's times its extent continues it.
    private void Merge(List<Loop> loops, Loop? last)
    {
        for (int i = loops.Count - 1; i >= 0; i--)
        {
            var next = i + 1 < loops.Count ? loops[i + 1] : last;
            if (next is null || !Continues(loops[i], next))
                continue;
            var merged = next with { Extent = loops[i].Extent * next.Extent, Merged = [.. loops[i].Merged, .. next.Merged] };
            if (i + 1 < loops.Count)
                loops[i + 1] = merged;
            else
                (lane, last) = (merged, merged);
            loops.RemoveAt(i);
        }
    }

    private bool Continues(Loop outside, Loop inside) =>
        !lowering.Indexed.Contains(outside.Axis) && !lowering.Indexed.Contains(inside.Axis)
        && strides.TrueForAll(s => s[outside.Axis] == s[inside.Axis] * inside.Extent);
}
