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
internal sealed class FlatEmitter : KernelWriter
{
    private readonly FlatCode code;
    private readonly Lanes lanes;
    private readonly bool isLoop;
    private readonly ParameterExpression instance;
    private readonly ConstantTable constants;
    private readonly Dictionary<(int Word, Amount Stride), ParameterExpression> rows = [];   // where the instances' memory starts

    private FlatEmitter(FlatCode code, Lanes lanes, bool isLoop)
    {
        (this.code, this.lanes, this.isLoop) = (code, lanes, isLoop);
        instance = Long();
        constants = new(lanes, Word(code.ConstantsWord));
    }

    /// <summary>A segment as a lambda, ready to compile, and the constants that it reads.</summary>
    public static (Expression<Kernel> Lambda, ConstantTable Constants) Emit(FlatCode code, Region segment, VectorWidth width)
    {
        bool isLoop = code.IsBatch && !code.Once.Contains(segment);
        var emitter = new FlatEmitter(code, isLoop ? code.Lanes(width) : Lanes.For(VectorWidth.Scalar, 8), isLoop);
        return (emitter.Write(code.Name, () => emitter.EmitLoop(segment)), emitter.constants);
    }

    private void EmitLoop(Region segment)
    {
        if (isLoop)
            For(instance, Begin, End, lanes.Count, () => EmitSegment(segment));
        else
            EmitSegment(segment);
    }

    private void EmitSegment(Region segment)
    {
        foreach (var (slot, type) in SlotsOf(segment))
            Place(slot, type);
        foreach (var ((word, stride), row) in rows)
            Set(row, Plus(Word(word), Times(InstanceOf(word), Of(stride))));
        var ordered = Interleaving.Run(segment.Body, [.. segment.Stores.Select(s => s.Value)]);
        var emitter = new BodyEmitter(ordered.Body, lanes, Pool, (i, _) => Load((int)i.Immediate, i.Type))
        {
            Error = Error,
            RepeatedConstant = constants.Use,
            KeepsOrder = ordered.KeepsOrder,
            Sinks = segment.Stores.Zip(ordered.Roots).ToLookup(s => s.Second.Id,
                s => (Func<Expression, Expression>)(value => Store(s.First.Slot, s.Second.Type, value))),
        };
        emitter.Emit([], Code);
    }

    private static IEnumerable<(int Slot, DType Type)> SlotsOf(Region segment) => segment.Body.Instructions
        .Where(i => i.Opcode == Opcode.Load).Select(i => ((int)i.Immediate, i.Type))
        .Concat(segment.Stores.Select(s => (s.Slot, s.Value.Type)));

    // Scratch memory holds the instances of one range, arguments all.
    private Expression InstanceOf(int word) => word == code.ScratchWord ? Subtract(instance, Begin) : instance;

    private Expression Load(int slot, DType type)
    {
        var (address, stride) = Place(slot, type);
        return isLoop ? LoadLanes(lanes, type, address, stride, null) : lanes.Load(type, address);
    }

    private Expression Store(int slot, DType type, Expression value)
    {
        var (address, stride) = Place(slot, type);
        return isLoop ? StoreLanes(lanes, type, address, stride, value, null) : lanes.Store(type, address, value);
    }

    private (Expression Address, Amount Stride) Place(int slot, DType type)
    {
        if (slot < code.Slots.Length)
        {
            var s = code.Slots[slot];
            return (Plus(Row(s.Word, s.Stride), Times(Number(s.Index), Of(s.Pitch))), s.Stride);
        }
        int place = slot - code.Slots.Length;
        bool isKept = place < code.Kept;
        var stride = new Amount(isKept || !isLoop ? 0 : type.Size);
        long bytes = isKept || !isLoop ? code.PlaceSize : FlatKernel.InstancesAtOnce(code, lanes) * code.PlaceSize;
        return (Plus(Row(isKept ? code.KeptWord : code.ScratchWord, stride), Number((isKept ? place : place - code.Kept) * bytes)), stride);
    }

    // The address of a word's memory at the current instance.
    private ParameterExpression Row(int word, Amount stride)
    {
        if (!isLoop || stride is { IsConstant: true, Constant: 0 })
            return Word(word);
        if (!rows.TryGetValue((word, stride), out var row))
            rows.Add((word, stride), row = Long());
        return row;
    }
}
