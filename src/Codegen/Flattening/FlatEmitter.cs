using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Writes one segment of straight-line code as a method: of one instance,
/// or of as many as a register holds, over a range of instances.
/// </summary>
/// <remarks>A range is a whole number of registers: there is one copy of the code, without masks.</remarks>
internal sealed partial class FlatEmitter : KernelWriter
{
    private readonly FlatCode code;
    private readonly Lanes lanes;
    private readonly bool isLoop;
    private readonly ConstantTable constants;
    private readonly Dictionary<(int Word, Amount Stride, int Stage), ParameterExpression> rows = [];   // where instances' memory starts
    private ParameterExpression[] instances = [];   // the first of each stage

    private FlatEmitter(FlatCode code, Lanes lanes, bool isLoop)
    {
        (this.code, this.lanes, this.isLoop) = (code, lanes, isLoop);
        constants = new(lanes, Word(code.ConstantsWord));
    }

    /// <summary>A segment as a lambda, ready to compile, and the constants that it reads.</summary>
    public static (Expression<Kernel> Lambda, ConstantTable Constants) Emit(FlatCode code, Region segment, VectorWidth width)
    {
        bool isLoop = code.IsBatch && !code.Once.Contains(segment);
        var emitter = new FlatEmitter(code, isLoop ? code.Lanes(width) : Lanes.For(VectorWidth.Scalar, 8), isLoop);
        return (emitter.Write(code.Name, () => emitter.Emit(segment)), emitter.constants);
    }

    // Short code has a loop of its own for results that are large; long code finds out at every store, and is compiled once.
    private void Emit(Region segment)
    {
        if (!isLoop)
        {
            EmitRound(segment, Interleaving.Run(segment.Body, [.. segment.Stores.Select(s => s.Value)]));
            return;
        }
        var streamed = StreamedBy(segment);
        if (streamed.Length > 0 && segment.Body.Instructions.Count <= LoopStages.Window)
            If(AreLarge(streamed), () => EmitLoop(segment, null, streamed), () => EmitLoop(segment, null, []));
        else
            EmitLoop(segment, LoopStages.Of(segment, AllSlots), streamed);
    }

    // Rounds may begin before the range, where the late stage has nothing to go on, and end past it. All work on registers within: what
    // comes too early is stored again, and what comes twice is the same.
    private void EmitLoop(Region segment, Region? staged, Streamed[] streamed)
    {
        var round = staged ?? segment;
        Value[] roots = [.. round.Stores.Select(s => s.Value), .. round.Defines.Select(d => d.Value)];
        var ordered = staged is null ? Interleaving.Run(round.Body, roots) : Interleaving.Order(round.Body, roots);
        int ahead = staged is null ? 0 : lanes.Count;
        ParameterExpression i = Long(), first = Let(Minus(Begin, Number(ahead))), last = Let(Minus(End, Number(lanes.Count)));
        AlignStreams(streamed, first);
        instances = staged is not null ? [Long(), Long()] : streamed.Length > 0 ? [Long()] : [i];
        For(i, first, End, lanes.Count, () =>
        {
            if (instances[^1] != i)
                Set(instances[^1], Most(Let(Least(i, last)), Begin));
            if (staged is not null)
                Set(instances[0], Most(Let(Least(Let(Plus(i, Number(ahead))), last)), Begin));
            EmitRound(round, ordered);
        });
        CompleteStreams(streamed);
    }

    private void EmitRound(Region round, OrderedCode ordered)
    {
        foreach (var (slot, type) in SlotsOf(round))
            Place(slot, type);
        foreach (var ((word, stride, stage), row) in rows)
            Set(row, Plus(Word(word), Times(InstanceOf(word, stage), Of(stride))));
        ParameterExpression[] carried =
            [.. round.Defines.Select(d => Pool.Rent(lanes.RegisterType(d.Value.Type), round.Body.ComparedBy(d.Value.Id)))];
        var emitter = new BodyEmitter(ordered.Body, lanes, Pool,
            (i, _) => i.Opcode is Opcode.Carried ? carried[i.Immediate] : Load((int)i.Immediate, i.Type))
        {
            Error = Error,
            RepeatedConstant = constants.Use,
            KeepsOrder = ordered.KeepsOrder,
            Sinks = round.Stores.Zip(ordered.Roots).ToLookup(s => s.Second.Id,
                s => (Func<Expression, Expression>)(value => Store(s.First.Slot, s.Second.Type, value))),
        };
        var next = emitter.Emit([.. ordered.Roots.Skip(round.Stores.Length)], Code);
        foreach (var (local, value) in carried.Zip(next))
            Set(local, value);
    }

    private int AllSlots => code.Slots.Length + code.Kept + code.Scratch;

    private static IEnumerable<(int Slot, DType Type)> SlotsOf(Region segment) => segment.Body.Instructions
        .Where(i => i.Opcode == Opcode.Load).Select(i => ((int)i.Immediate, i.Type))
        .Concat(segment.Stores.Select(s => (s.Slot, s.Value.Type)));

    // Scratch memory holds the instances of one range, arguments all.
    private Expression InstanceOf(int word, int stage) =>
        word == code.ScratchWord ? Subtract(instances[stage], Begin) : instances[stage];

    private Expression Load(int slot, DType type)
    {
        var (address, stride) = Place(slot, type);
        return isLoop ? LoadLanes(lanes, type, address, stride, null) : lanes.Load(type, address);
    }

    private Expression Store(int slot, DType type, Expression value)
    {
        var (address, stride) = Place(slot, type);
        if (zeros.TryGetValue(slot % AllSlots, out var zero))
            return StoreStreaming(type, address, value, zero);
        return isLoop ? StoreLanes(lanes, type, address, stride, value, null) : lanes.Store(type, address, value);
    }

    private (Expression Address, Amount Stride) Place(int slot, DType type)
    {
        (int stage, slot) = Math.DivRem(slot, AllSlots);
        if (slot < code.Slots.Length)
        {
            var s = code.Slots[slot];
            return (Plus(Row(s.Word, s.Stride, stage), Times(Number(s.Index), Of(s.Pitch))), s.Stride);
        }
        int place = slot - code.Slots.Length;
        bool isKept = place < code.Kept;
        var stride = new Amount(isKept || !isLoop ? 0 : type.Size);
        long bytes = isKept || !isLoop ? code.PlaceSize : FlatKernel.InstancesAtOnce(code, lanes) * code.PlaceSize;
        var row = Row(isKept ? code.KeptWord : code.ScratchWord, stride, stage);
        return (Plus(row, Number((isKept ? place : place - code.Kept) * bytes)), stride);
    }

    // The address of a word's memory at the current instance.
    private ParameterExpression Row(int word, Amount stride, int stage)
    {
        if (!isLoop || stride is { IsConstant: true, Constant: 0 })
            return Word(word);
        if (!rows.TryGetValue((word, stride, stage), out var row))
            rows.Add((word, stride, stage), row = Long());
        return row;
    }
}
