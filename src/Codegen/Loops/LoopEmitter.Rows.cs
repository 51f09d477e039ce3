using System.Linq.Expressions;
using System.Numerics;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

internal sealed partial class LoopEmitter
{
    // Rows: lanes lie along the reduced axis. Values from outside are spread to all lanes once, before the loops.
    private void EmitRows(EmittableStage stage)
    {
        using var scope = Pool.Scope();
        var accumulators = stage.Accumulations.SelectMany(a => a.Carried).ToHashSet();
        var spread = new Dictionary<int, Expression>();
        foreach (int c in stage.Loop!.CarriedUsed.Where(c => !accumulators.Contains(c)))
        {
            var local = Pool.Rent(lanes.RegisterType(nest.CarriedTypes[c]));
            Code.Add(Assign(local, lanes.Broadcast(nest.CarriedTypes[c], carried[c])));
            spread.Add(c, local);
        }
        if (stage.Accumulations.IsEmpty)
            EmitInner(() => EmitRow(stage.Loop, spread));
        else if (lanes.Count == 1 || Registers * stage.Loop.Cost > CopiesBudget)
            AccumulateInTurns(stage, spread);
        else
            Accumulate(stage, spread);
    }

    private void EmitRow(EmittableRegion region, Dictionary<int, Expression> spread)
    {
        var i = coordinates[LaneLoop];
        Code.Add(Assign(i, laneFirst));
        int copies = lanes.Count == 1 ? 0 : region.Cost switch { <= 8 => 4, <= 20 => 2, <= SingleCopyCost => 1, _ => 0 };
        EmitTrips(laneEnd, copies, region.Stores, cursors,
            flags =>
            {
                AskAhead(region, cursors, i, copies);
                for (int k = 0; k < copies; k++)
                    EmitRegion(region, lanes, new(cursors, At(i, k), null, spread, flags));
                Step(i, Number((long)copies * lanes.Count));
            },
            count =>
            {
                AskAhead(region, cursors, i, 1);
                EmitRegion(region, lanes, new(cursors, i, count, spread, MayBeFull: copies == 0));
            });
    }

    // Virtual lane v of register j is v = j * lanes + lane. Registers hold all 32; a partial register keeps the
    // accumulators of lanes past the row's end as they were.
    private void Accumulate(EmittableStage stage, Dictionary<int, Expression> spread)
    {
        int registers = Registers;
        var sets = new Dictionary<int, Expression>[registers];
        for (int j = 0; j < registers; j++)
            sets[j] = FreshAccumulators(stage, lanes, spread);
        EmitInner(() =>
        {
            var i = coordinates[LaneLoop];
            var extent = laneEnd;
            Code.Add(Assign(i, laneFirst));
            if (stage.Loop!.Cost <= SingleCopyCost)
                While(LessThanOrEqual(i, Subtract(extent, Constant((long)registers * lanes.Count))), () =>
                {
                    AskAhead(stage.Loop, cursors, i, registers);
                    for (int j = 0; j < registers; j++)
                        EmitRegion(stage.Loop, lanes, new(cursors, At(i, j), null, sets[j]));
                    Code.Add(AddAssign(i, Constant((long)registers * lanes.Count)));
                });
            While(LessThan(i, extent), () =>
            {
                AskAhead(stage.Loop!, cursors, i, registers);
                for (int j = 0; j < registers; j++)
                    EmitPartial(stage, sets[j], At(i, j), extent);
                Code.Add(AddAssign(i, Constant((long)registers * lanes.Count)));
            });
        });
        Join(stage, sets);
    }

    private Dictionary<int, Expression> FreshAccumulators(EmittableStage stage, Lanes at, Dictionary<int, Expression> spread)
    {
        var set = new Dictionary<int, Expression>(spread);
        foreach (var a in stage.Accumulations)
            foreach (var (number, value) in a.Carried.Zip(EmitValues(a.Identity, a.IdentityValues, at)))
            {
                set[number] = Pool.Rent(at.RegisterType(nest.CarriedTypes[number]));
                Code.Add(Assign(set[number], value));
            }
        return set;
    }

    private void EmitPartial(EmittableStage stage, Dictionary<int, Expression> set, Expression lane, Expression extent)
    {
        var count = Pool.Rent(typeof(long));
        Code.Add(Assign(count, Least(Subtract(extent, lane), Number(lanes.Count))));
        var statements = Statements(() =>
        {
            using var scope = Pool.Scope();
            var kept = new Dictionary<int, Expression>(set);
            foreach (int number in stage.Accumulations.SelectMany(a => a.Carried))
            {
                kept[number] = Pool.Rent(set[number].Type);
                Code.Add(Assign(kept[number], set[number]));
            }
            EmitRegion(stage.Loop!, lanes, new(cursors, lane, count, kept));
            var inside = Pool.Rent(lanes.RegisterType(DType.Bool));
            Code.Add(Assign(inside, lanes.Prefix(count)));
            foreach (int number in stage.Accumulations.SelectMany(a => a.Carried))
                Code.Add(Assign(set[number], lanes.Instruction(new(Opcode.Select, nest.CarriedTypes[number], 0, 0, 0),
                    DType.Bool, inside, kept[number], set[number])));
        });
        Code.Add(IfThen(GreaterThan(count, Constant(0L)), Block(statements)));
        Pool.Return(count);
    }

    // The tree: lane v with v + 16, then v + 8, 4, 2 and 1. Registers first, then halves of a register, then scalars.
    private void Join(EmittableStage stage, Dictionary<int, Expression>[] sets)
    {
        foreach (var a in stage.Accumulations)
        {
            var parts = sets.Select(s => (IReadOnlyList<Expression>)[.. a.Carried.Select(c => s[c])]).ToList();
            var at = lanes;
            while (parts.Count > 1)
                parts = Halve(a, parts, at);
            while (at.Half is { } half)
            {
                var (lower, upper) = (Each(a, parts[0], at.Lower), Each(a, parts[0], at.Upper));
                at = half;
                parts = Halve(a, [lower, upper], at);
            }
            var scalar = Lanes.For(VectorWidth.Scalar, 4);
            var whole = at;
            var scalars = Enumerable.Range(0, at.Count)
                .Select(lane => Each(a, parts[0], (type, register) => whole.ExtractLane(type, register, lane))).ToList();
            while (scalars.Count > 1)
                scalars = Halve(a, scalars, scalar);
            Set(a.Carried, scalars[0]);
        }
    }

    private IReadOnlyList<Expression> Each(Accumulation a, IReadOnlyList<Expression> values, Func<DType, Expression, Expression> f) =>
        [.. values.Select((v, i) => Let(f(nest.CarriedTypes[a.Carried[i]], v)))];

    private List<IReadOnlyList<Expression>> Halve(Accumulation a, List<IReadOnlyList<Expression>> parts, Lanes at) =>
        [.. Enumerable.Range(0, parts.Count / 2).Select(i => (IReadOnlyList<Expression>)
            [.. EmitValues(a.Merge, a.MergeValues, at, [.. parts[i], .. parts[i + parts.Count / 2]]).Select(Let)])];

    private int Registers => Math.Max(1, VirtualLanes / lanes.Count);

    // One copy of the code serves all registers: they are visited one after the other, in the order in which the tree
    // joins them. Their numbers are bit reversals, and one whose turn has k trailing ones closes k joins.
    private void AccumulateInTurns(EmittableStage stage, Dictionary<int, Expression> spread)
    {
        var turn = Pool.Rent(typeof(long));
        var numbers = stage.Accumulations.SelectMany(a => a.Carried).ToList();
        Dictionary<int, Expression> Locals() =>
            numbers.ToDictionary(n => n, n => (Expression)Pool.Rent(lanes.RegisterType(nest.CarriedTypes[n])));
        var pending = Enumerable.Range(0, BitOperations.Log2((uint)Registers)).Select(_ => Locals()).ToArray();
        var result = Locals();
        For(turn, Constant(0L), Constant((long)Registers), 1, () =>
        {
            var set = FreshAccumulators(stage, lanes, spread);
            EmitInner(() =>
            {
                var i = coordinates[LaneLoop];
                var extent = laneEnd;
                Code.Add(Assign(i, Plus(laneFirst, Multiply(Reversed(turn, pending.Length), Constant((long)lanes.Count)))));
                While(LessThan(i, extent), () =>
                {
                    if (lanes.Count == 1)
                        EmitRegion(stage.Loop!, lanes, new(cursors, i, null, set));
                    else
                        EmitPartial(stage, set, i, extent);
                    Code.Add(AddAssign(i, Constant((long)Registers * lanes.Count)));
                });
            });
            JoinTurn(stage, turn, set, [.. pending, result], 0);
        });
        Join(stage, [result]);
    }

    private void JoinTurn(EmittableStage stage, Expression turn, Dictionary<int, Expression> set,
        Dictionary<int, Expression>[] pending, int level)
    {
        var open = pending[level].Select(p => Assign(p.Value, set[p.Key])).ToList();
        if (level == pending.Length - 1)
        {
            Code.AddRange(open);
            return;
        }
        var close = Statements(() =>
        {
            foreach (var a in stage.Accumulations)
            {
                var joined = EmitValues(a.Merge, a.MergeValues, lanes,
                    [.. a.Carried.Select(c => pending[level][c]), .. a.Carried.Select(c => set[c])]).Select(Let).ToList();
                for (int k = 0; k < joined.Count; k++)
                    Code.Add(Assign(set[a.Carried[k]], joined[k]));
            }
            JoinTurn(stage, turn, set, pending, level + 1);
        });
        Code.Add(IfThenElse(NotEqual(And(turn, Constant(1L << level)), Constant(0L)), Block(close), Block(open)));
    }

    private static Expression Reversed(Expression turn, int bits)
    {
        Expression result = Constant(0L);
        for (int bit = 0; bit < bits; bit++)
            result = Or(result, LeftShift(And(RightShift(turn, Constant(bit)), Constant(1L)), Constant(bits - 1 - bit)));
        return result;
    }
}
