using System.Collections.Immutable;
using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using StreamFlags = System.Collections.Generic.Dictionary<int, System.Linq.Expressions.ParameterExpression>;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes a loop nest as the expression tree of a kernel, for registers of one width.</summary>
/// <remarks>
/// Bits do not depend on the width. A map or a column keeps each lane to itself; a row is accumulated over
/// <see cref="VirtualLanes"/> lanes whatever the hardware has, which are then joined as a fixed tree.
/// </remarks>
internal sealed partial class LoopEmitter : KernelWriter
{
    /// <summary>Accumulators of a row reduction: element i goes to accumulator i mod 32.</summary>
    public const int VirtualLanes = 32;

    /// <summary>Vector registers that are left to what a round of a loop computes.</summary>
    private const int RegistersAtWork = 12;

    /// <summary>
    /// Above this many vector instructions a loop is not unrolled,
    /// and one copy of its code serves full and partial registers.
    /// </summary>
    private const int SingleCopyCost = 48;

    /// <summary>Registers that the copies of a map load before the first of them stores.</summary>
    private const int MostAhead = 6;

    /// <summary>Vector instructions of all copies of a reduction's loop, one for each register of accumulators.</summary>
    private const int CopiesBudget = 400;

    private readonly LoopNest nest;
    private readonly Lanes lanes;
    private readonly Lanes outerLanes;                       // of code outside the lane loop: scalar in rows
    private readonly ParameterExpression[] coordinates;      // per loop: where it stands
    private readonly ParameterExpression[] bases;            // per slot: address at the outer coordinate
    private readonly ParameterExpression[] cursors;          // per slot: address at the inner coordinate
    private readonly ParameterExpression[] carried;          // per carried number, in outer lanes
    private readonly ImmutableArray<EmittableStage> stages;
    private readonly RegionStages? pipeline;                 // of long code over lanes
    private readonly RecordStream? records;                  // that go past the caches
    // what loops over lanes keep in registers
    private readonly Dictionary<EmittableRegion, IReadOnlyDictionary<int, Expression>> held = [];
    private readonly ILookup<EmittableRegion, int> asked;    // by loop: slots that it asks for ahead
    private readonly Expression laneFirst, laneEnd;          // of rows: from where to where lanes lie
    private ParameterExpression? block;                      // which block of rows, where rows come in blocks

    private LoopEmitter(LoopNest nest, VectorWidth width)
    {
        this.nest = nest;
        stages = [.. nest.Stages.Select(s => new EmittableStage(s, nest, inOrder: true))];
        // Code outside the lane loop of rows is scalar: only what is inside decides how many elements a register holds.
        var types = stages.SelectMany(s => s.Types(inLoopOnly: nest.LaneIsInner));
        if (!nest.LaneIsInner)
            types = types.Concat(nest.Slots.Select(s => s.Type)).Concat(nest.CarriedTypes);
        lanes = nest.Lane is null ? Lanes.For(VectorWidth.Scalar, 4) : Filled(Lanes.For(width, types));
        outerLanes = nest.LaneIsInner ? Lanes.For(VectorWidth.Scalar, 4) : lanes;
        (laneFirst, laneEnd) = nest.LaneBlock is null ? (Number(0), nest.Lane is { } extent ? Of(extent) : Number(0)) : (Long(), Long());
        coordinates = [.. Enumerable.Range(0, nest.LoopCount).Select(_ => Long())];
        bases = Addresses();
        cursors = Addresses();
        carried = [.. nest.CarriedTypes.Select(t => Pool.Rent(outerLanes.RegisterType(t)))];
        pipeline = StagesOfRound();
        records = FirstRecords();
        asked = Asked();
    }

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(LoopNest nest, VectorWidth width)
    {
        var emitter = new LoopEmitter(nest, width);
        void Loops()
        {
            emitter.EmitOuter();
            emitter.CompleteStreams(emitter.lanes.Count > 1 ? emitter.nest.Streamed : []);
        }
        return nest.EntryWords is { } words ? emitter.WriteTable(nest.Name, words, emitter.HoldConstants, Loops)
            : emitter.Write(nest.Name, () =>
            {
                emitter.BeginRecords();
                emitter.HoldConstants();
                Loops();
            });
    }

    // Short rows of maps take registers that they fill: narrower ones move less, and more units compute in them.
    private Lanes Filled(Lanes lanes)
    {
        if (nest is { LaneIsInner: false, LaneBlock: null, Lane: { IsConstant: true, Constant: var extent } } && !HasLoops)
            while (lanes.Half is { } half && extent <= half.Count)
                lanes = half;
        return lanes;
    }

    private ParameterExpression[] Addresses()
    {
        var addresses = new ParameterExpression[nest.Slots.Length];
        for (int s = 0; s < addresses.Length; s++)
            addresses[s] = nest.Slots[s].Beside is { Slot: var first } ? addresses[first] : Long();
        return addresses;
    }

    private int OuterCount => nest.Outer.Length;

    private int LaneLoop => nest.LoopCount - 1;

    private bool RangeIsLanes => OuterCount == 0 && nest is { Lane: not null, LaneIsInner: false };

    private void EmitOuter()
    {
        if (RangeIsLanes)
        {
            SetBases();
            EmitLanes(Begin, End);
            EndRecords();
            return;
        }
        if (Transposes)
        {
            EmitTransposed(Of(nest.Lane!.Value));
            return;
        }
        if (nest.Blocks is { } blocks)
            For(block = Long(), Begin, End, 1, () => EmitBlock(blocks));
        else
            EmitOuter(Begin, End);
    }

    // Where nothing is called, which would have to keep all registers in memory.
    private void HoldConstants()
    {
        EmittableRegion[] regions = pipeline is not null ? [pipeline.Early, pipeline.Late] : [.. stages.SelectMany(s =>
            nest.LaneIsInner ? [s.Loop] : new[] { s.Before, s.Loop }).OfType<EmittableRegion>()];
        if (lanes.Count == 1 || regions.Any(r => r.Calls))
            return;
        int free = HardwareMethods.Registers - RegistersAtWork - (pipeline?.Carried.Length ?? 0);
        foreach (var region in regions)
        {
            held[region] = BodyEmitter.HoistConstants(region.Body, region.Needed, lanes, Pool, Code, UnknownZero, free);
            free -= held[region].Count;
        }
    }

    private void EmitOuter(Expression first, Expression last)
    {
        var o = Pool.Rent(typeof(long));
        For(o, first, last, 1, () =>
        {
            SetOuterCoordinates(o);
            SetBases();
            SetLaneBlock();
            if (nest is { Lane: { } extent, LaneIsInner: false })
                EmitLanes(Constant(0L), Of(extent));
            else
                EmitStages(null, null);
        });
    }

    // The part of the lane loop that the outer one stands for.
    private void SetLaneBlock()
    {
        if (nest.LaneBlock is not { } length)
            return;
        Set((ParameterExpression)laneFirst, Multiply(coordinates[0], Number(length)));
        Set((ParameterExpression)laneEnd, Least(Let(Add(laneFirst, Number(length))), Of(nest.Lane!.Value)));
    }

    private void EmitBlock(RowBlocks blocks)
    {
        var first = Let(Multiply(block!, Number(RowBlocks.Length)));
        SetOuterCoordinates(first);
        SetBases();
        EmitInner(() => EmitRow(new(blocks.First, []), []));
        EmitOuter(first, Let(Least(Add(first, Number(RowBlocks.Length)), Of(blocks.Rows))));
    }

    // The flat outer index as coordinates, innermost last.
    private void SetOuterCoordinates(Expression flat)
    {
        for (int q = OuterCount - 1; q > 0; q--)
        {
            Code.Add(Assign(coordinates[q], Modulo(flat, Of(nest.Outer[q]))));
            flat = Divide(flat, Of(nest.Outer[q]));
        }
        if (OuterCount > 0)
            Code.Add(Assign(coordinates[0], flat));
    }

    private void SetBases()
    {
        for (int s = 0; s < bases.Length; s++)
            if (nest.Slots[s].Beside is null)
                Code.Add(Assign(bases[s], Moved(OfBlock(s), s, 0, OuterCount)));
    }

    private Expression OfBlock(int slot) => nest.Blocks?.StrideOf(slot) is { IsConstant: false } or { Constant: > 0 }
        ? Add(Word(nest.Slots[slot].Word), Multiply(block!, Of(nest.Blocks.StrideOf(slot)))) : Word(nest.Slots[slot].Word);

    // An address moved to where loops [first, last) stand.
    private Expression Moved(Expression address, int slot, int first, int last)
    {
        for (int q = first; q < last; q++)
            if (nest.Slots[slot].Strides[q] is var stride && (!stride.IsConstant || stride.Constant != 0))
                address = Add(address, Multiply(coordinates[q], Of(stride)));
        return address;
    }

    // Maps and columns: every lane is an outer coordinate of its own.
    private void EmitLanes(Expression first, Expression last)
    {
        var i = coordinates[LaneLoop];
        Code.Add(Assign(i, first));
        if (Copies > 0 && (HasLoops || nest.Streamed.IsEmpty) && first is ConstantExpression { Value: 0L }
            && last is ConstantExpression { Value: long extent })
        {
            if (HasLoops)
                EmitKnownColumns(i, extent);
            else
                EmitKnownLanes(i, extent);
            return;
        }
        if (pipeline is not null)
        {
            EmitPipeline(pipeline, first, last);
            return;
        }
        EmitTrips(last, Copies, HasLoops ? [] : stages.SelectMany(s => s.Before.Stores), bases,
            flags => EmitFull(i, Copies, flags), count => EmitStages(i, count, mayBeFull: Copies == 0));
    }

    // Full registers, several at a time, then what is left. Where results go past the caches, what lies before the first
    // place that is aligned comes first, by the same code as what is left.
    private void EmitTrips(Expression last, int copies, IEnumerable<(int Slot, Value Value)> stores, ParameterExpression[] addresses,
        Action<StreamFlags?> full, Action<Expression?> part)
    {
        var i = coordinates[LaneLoop];
        void Full(StreamFlags? flags)
        {
            if (copies > 0)
                While(LessThanOrEqual(i, Subtract(last, Constant((long)copies * lanes.Count))), () => full(flags));
        }
        void Rest(Expression stop) => While(LessThan(i, stop), () =>
        {
            using var scope = Pool.Scope();
            var count = lanes.Count == 1 ? null : Let(Least(Subtract(stop, i), Number(lanes.Count)));
            part(count);
            Code.Add(AddAssign(i, count ?? Number(1)));
        });
        if (copies > 0 && AlignStreams([.. stores.Select(s => s.Slot)], addresses, last) is var (stop, flags))
        {
            While(LessThan(i, last), () =>
            {
                Rest(stop);
                Full(flags);
                Set(stop, last);
            });
            return;
        }
        Full(null);
        Rest(last);
    }

    // An extent that is known needs no more copies than it fills registers, and a mask for its end only: rows of images are short.
    private void EmitKnownLanes(ParameterExpression i, long extent)
    {
        using var scope = Pool.Scope();
        var code = stages[0].Before;
        var constants = held.GetValueOrDefault(code, BodyEmitter.NothingKnown);
        if (extent > lanes.Count && stages.Length == 1 && !code.Calls)
            held[code] = constants.Concat(Uniform(code, HardwareMethods.Registers - RegistersAtWork - constants.Count)).ToDictionary();
        int block = Copies * lanes.Count;
        if (extent >= block)
            While(LessThanOrEqual(i, Number(extent - block)), () => EmitFull(i, Copies));
        if ((int)(extent % block / lanes.Count) is > 0 and var full)
            EmitFull(i, full);
        if (extent % lanes.Count is > 0 and var rest)
            EmitStages(i, Number(rest));
        held[code] = constants;
    }

    // Few trips, as every one goes through all loops once more: of equally many registers each, the last of which may be partial.
    private void EmitKnownColumns(ParameterExpression i, long extent)
    {
        long registers = (extent + lanes.Count - 1) / lanes.Count, most = Copies + Copies / 2, trips = (registers + most - 1) / most;
        if (trips == 0)
            return;
        int each = (int)((registers + trips - 1) / trips);
        long block = (long)each * lanes.Count;
        if (extent >= block)
            While(LessThanOrEqual(i, Number(extent - block)), () => EmitFull(i, each));
        if (extent % block is > 0 and var rest)
            EmitColumns(i, (int)((rest + lanes.Count - 1) / lanes.Count), rest % lanes.Count is > 0 and var count ? Number(count) : null);
    }

    // What is the same for all lanes is loaded once, if it stays as it is: weights of taps, biases of channels.
    private IEnumerable<KeyValuePair<int, Expression>> Uniform(EmittableRegion code, int limit) => code.Needed
        .Where(id => code.Body.Instructions[id] is { Opcode: Opcode.Load } load && load.Type != DType.Bool && SlotOf(load) is var slot
            && nest.Slots[slot].Strides[LaneLoop] is { IsConstant: true, Constant: 0 } && code.Stores.All(s => s.Slot != slot))
        .Take(limit).Select(id => KeyValuePair.Create(id, (Expression)Let(
            Load(SlotOf(code.Body.Instructions[id]), lanes, new(bases, Number(0), null, null)))));

    private static int SlotOf(Instruction load) => (int)load.Immediate;

    // So many full registers.
    private void EmitFull(ParameterExpression i, int copies, StreamFlags? flags = null)
    {
        if (HasLoops)
            EmitColumns(i, copies);
        else
            EmitMaps(i, copies, flags);
        Step(i, Number((long)copies * lanes.Count));
    }

    // What the copies after the first read is loaded before the first one stores: where an
    // operand and a result lie a multiple of 4 KiB apart but for less than a register, as arrays
    // of 4,096 elements made one after the other do, a load after the store would wait for it.
    private void EmitMaps(ParameterExpression i, int copies, StreamFlags? flags)
    {
        using var scope = Pool.Scope();
        var code = stages[0].Before;
        AskAhead(code, bases, i, copies);
        var constants = held.GetValueOrDefault(code, BodyEmitter.NothingKnown);
        int[] loads = stages.Length > 1 || code.Calls ? [] : [.. MovingLoads(code)];
        var ahead = Enumerable.Range(0, copies).Select(k => k == 0 || loads.Length * (copies - 1) > MostAhead ? constants
            : constants.Concat(Loaded(code, loads, At(i, k))).ToDictionary()).ToArray();
        for (int k = 0; k < copies; k++)
        {
            held[code] = ahead[k];
            EmitStages(At(i, k), null, flags);
        }
        held[code] = constants;
    }

    private IEnumerable<int> MovingLoads(EmittableRegion code) => code.Needed
        .Where(id => code.Body.Instructions[id] is { Opcode: Opcode.Load } load && load.Type != DType.Bool
            && !held.GetValueOrDefault(code, BodyEmitter.NothingKnown).ContainsKey(id)
            && nest.Slots[SlotOf(load)].Strides[LaneLoop] is not { IsConstant: true, Constant: 0 });

    private KeyValuePair<int, Expression>[] Loaded(EmittableRegion code, int[] loads, Expression lane) =>
        [.. loads.Select(id => KeyValuePair.Create(id,
            (Expression)Let(Load(SlotOf(code.Body.Instructions[id]), lanes, new(bases, lane, null, null)))))];

    private bool HasLoops => stages.Any(s => s.Loop is not null);

    // Registers that one trip over the lanes takes; 0 where one copy of the code serves full and partial registers.
    // Columns side by side read more of each row while it is near, and their accumulators do not wait for each other.
    private int Copies => lanes.Count == 1 ? 0
        : HasLoops ? stages.Max(s => s.Cost) switch { <= 12 => 8, <= 24 => 4, <= SingleCopyCost => 2, _ => 0 }
        : stages.Sum(s => s.Cost) switch { <= 8 => 4, <= 20 => 2, <= SingleCopyCost => 1, _ => 0 };

    private void EmitStages(Expression? lane, Expression? count, StreamFlags? flags = null, bool mayBeFull = false)
    {
        using var scope = Pool.Scope();
        foreach (var stage in stages)
        {
            EmitRegion(stage.Before, outerLanes, new(bases, lane, count, null, flags, mayBeFull));
            if (stage.Loop is not null && nest.LaneIsInner)
                EmitRows(stage);
            else if (stage.Loop is not null)
                EmitColumns(stage, [new(cursors, lane, count, null, MayBeFull: mayBeFull)]);
        }
    }

    // Several registers of columns, each with carried values of its own; of the last one perhaps only some lanes.
    private void EmitColumns(Expression lane, int copies, Expression? lastCount = null)
    {
        using var scope = Pool.Scope();
        var sites = Enumerable.Range(0, copies)
            .Select(k => new Site(bases, At(lane, k), k == copies - 1 ? lastCount : null, CarriedLocals())).ToArray();
        foreach (var stage in stages)
        {
            EmitSideBySide(stage.Before, lanes, sites);
            if (stage.Loop is not null)
                EmitColumns(stage, [.. sites.Select(s => s with { Addresses = cursors })]);
        }
    }

    private Dictionary<int, Expression> CarriedLocals() => Enumerable.Range(0, carried.Length)
        .ToDictionary(c => c, c => (Expression)Pool.Rent(lanes.RegisterType(nest.CarriedTypes[c])));

    private void EmitColumns(EmittableStage stage, Site[] sites)
    {
        foreach (var site in sites)
            foreach (var a in stage.Accumulations)
                foreach (var (number, value) in a.Carried.Zip(EmitValues(a.Identity, a.IdentityValues, lanes)))
                    Code.Add(Assign(Carried(site, number), value));
        EmitInner(() => EmitSideBySide(stage.Loop!, lanes, sites));
    }

    private Expression Carried(Site site, int number) =>
        site.Carried is { } local && local.TryGetValue(number, out var value) ? value : carried[number];

    // The loops of a stage but for the lane loop; sets the cursors of the slots.
    private void EmitInner(Action body, int loop = 0)
    {
        if (loop < nest.Inner.Length)
        {
            For(coordinates[OuterCount + loop], Constant(0L), Of(nest.Inner[loop]), 1, () => EmitInner(body, loop + 1));
            return;
        }
        for (int s = 0; s < cursors.Length; s++)
            if (nest.Slots[s].Beside is null)
                Code.Add(Assign(cursors[s], Moved(bases[s], s, OuterCount, OuterCount + nest.Inner.Length)));
        body();
    }

    /// <summary>Where a copy of a region's code runs.</summary>
    /// <param name="Addresses">Per slot: its address but for the lane loop.</param>
    /// <param name="Lane">Coordinate of the first lane; null outside the lane loop.</param>
    /// <param name="Count">Lanes in use; null for all.</param>
    /// <param name="Carried">Carried values in this region's lanes; null for the outer ones.</param>
    /// <param name="Streams">Which stores may go past the caches; null for none.</param>
    /// <param name="MayBeFull">Whether the lanes in use may be all of them: this copy is the only one.</param>
    private sealed record Site(ParameterExpression[] Addresses, Expression? Lane, Expression? Count,
        IReadOnlyDictionary<int, Expression>? Carried,
        StreamFlags? Streams = null, bool MayBeFull = false);

    private void EmitRegion(EmittableRegion region, Lanes at, Site site) => EmitSideBySide(region, at, [site]);

    private void EmitSideBySide(EmittableRegion region, Lanes at, Site[] sites)
    {
        if (region.Roots.Count == 0)
            return;
        using var scope = Pool.Scope();
        var runs = RunsOf(region, at, sites[0]);
        for (int k = 0; k < sites.Length; k++)
            EmitCopy(region, at, sites[k], runs, k);
    }

    private void EmitCopy(EmittableRegion region, Lanes at, Site site, Run[] runs, int copy)
    {
        using var scope = Pool.Scope();
        var known = held.GetValueOrDefault(region, BodyEmitter.NothingKnown);
        if (runs.Length > 0)
            known = known.Concat(runs.Select(r => KeyValuePair.Create(r.Gather, (Expression)Let(Load(r, at, site, copy))))).ToDictionary();
        LeafCode leaf = (i, position) => Leaf(i, position, at, region.ReadsAlike(i) ? site with { Count = null } : site);
        var emitter = new BodyEmitter(region.Body, at, Pool, leaf)
        {
            Error = Error, Count = site.Count, Known = known, KeepsOrder = region.KeepsOrder,
        };
        EmitPrefetches(region, at, site);
        var values = emitter.Emit(region.Roots, Code);
        EmitStores([.. region.Stores.Select((s, i) => (s.Slot, values[i]))], at, site);
        foreach (var (c, value) in region.Targets.Zip(values.Skip(region.Stores.Length)))
            Code.Add(Assign(Carried(site, c), value));
    }

    private IReadOnlyList<Expression> EmitValues(Body body, ImmutableArray<Value> values, Lanes at,
        IReadOnlyList<Expression>? inputs = null) =>
        new BodyEmitter(body, at, Pool, (i, _) => inputs![(int)i.Immediate]).Emit(values, Code);

    private Expression At(Expression i, int register) => register == 0 ? i : Add(i, Constant((long)register * lanes.Count));

    private void Set(ImmutableArray<int> numbers, IReadOnlyList<Expression> values)
    {
        for (int i = 0; i < numbers.Length; i++)
            Code.Add(Assign(carried[numbers[i]], values[i]));
    }

    private Expression Leaf(Instruction i, GatherPosition? position, Lanes at, Site site) => i.Opcode switch
    {
        Opcode.Load => Load((int)i.Immediate, at, site),
        Opcode.Gather => position!.Gather(at, i.Type, Word(nest.Slots[SlotOf(i)].Word), site.Count),
        Opcode.Parameter => at.Broadcast(i.Type, Scalar(Of(nest.Parameters[(int)i.Immediate]), i.Type)),
        Opcode.Index => Index((int)i.Immediate, i.Type, at, site),
        _ => Carried(site, (int)i.Immediate),
    };

    private Expression Index(int axis, DType type, Lanes at, Site site) =>
        nest.Position[axis] == LaneLoop && nest.Lane is not null && site.Lane is not null
            ? at.Sequence(type, Scalar(site.Lane, type))
            : at.Broadcast(type, Scalar(coordinates[nest.Position[axis]], type));
}
