using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <summary>Loads and stores. Bools are bytes in memory and masks in registers.</summary>
internal sealed partial class VectorLanes
{
    public override Expression Load(DType type, Expression address) => type == DType.Bool
        ? LoadMask(address, All(null))
        : type.IsByte ? OnBytes($"Load{Count}{type.ClrType.Name}", address)
        : Memory.Read(RegisterType(type), address);

    public override Expression LoadPartial(DType type, Expression address, Expression count)
    {
        if (type == DType.Bool) return LoadMask(address, count);
        if (type.IsByte) return EachByte(nameof(ByteMemory.Load), type, address, Expression.Constant(1L), count);
        var integers = IntegerOf(type);
        return Cast(Masked(nameof(MaskedMemory.Load), address, First(integers, count)), type);
    }

    public override Expression LoadRuns(DType type, IReadOnlyList<(Expression Address, Expression Mask)> runs) => Cast(runs
        .Select(run => (Expression)Masked(nameof(MaskedMemory.Load), run.Address, run.Mask))
        .Aggregate((lanes, run) => Operator(ExpressionType.Or, lanes, run)), type);

    public override Expression LoadStrided(
        DType type, Expression address, Expression byteStride, Expression? count = null)
    {
        if (type == DType.Bool) return MaskOf(OnBits(nameof(MaskMemory.LoadStrided), address, byteStride, All(count)));
        if (type.IsByte) return EachByte(nameof(ByteMemory.Load), type, address, byteStride, All(count));
        if (IsAlternate(type, byteStride)) return LoadAlternate(type, address, count);
        return count is null
            ? Cast(RegisterMethods.Call(typeof(StridedMemory), $"Load{Count}x{type.Size}", address, byteStride), type)
            : OneByOne(nameof(Lanewise.Load), type, address, byteStride, count);
    }

    public override Expression Gather(DType type, Expression address, Expression offsets, Expression? count = null)
    {
        if (type == DType.Bool)
            return MaskOf(RegisterMethods.Generic(
                typeof(MaskMemory), nameof(MaskMemory.Gather), [offsets.Type], address, offsets, All(count)));
        if (type.IsByte)
            return RegisterMethods.Generic(typeof(ByteMemory), nameof(ByteMemory.Gather),
                [offsets.Type, RegisterType(type), type.ClrType], address, offsets, All(count));
        string name = type.Size == 4 ? nameof(GatherMemory.Load4) : nameof(GatherMemory.Load8);
        Expression[] at = count is null ? [address, offsets] : [address, offsets, First(DType.Int64, count)];
        return Cast(RegisterMethods.Call(typeof(GatherMemory), name, at), type);
    }

    public override Expression Store(DType type, Expression address, Expression value) => type == DType.Bool
        ? StoreMask(address, value, All(null))
        : type.IsByte ? OnBytes(nameof(ByteMemory.Store), address, value)
        : Memory.Write(address, value);

    public override Expression StoreStreaming(DType type, Expression address, Expression value) => type.Size == 1
        ? Store(type, address, value)
        : RegisterMethods.Call(typeof(StreamingMemory), nameof(StreamingMemory.Store), value, address);

    public override Expression StorePartial(DType type, Expression address, Expression value, Expression count)
    {
        if (type == DType.Bool) return StoreMask(address, value, count);
        if (type.IsByte) return EachByte(nameof(ByteMemory.Store), type, address, Expression.Constant(1L), value, count);
        var integers = IntegerOf(type);
        return Masked(nameof(MaskedMemory.Store), address, First(integers, count), Cast(value, integers));
    }

    public override Expression StoreStrided(
        DType type, Expression address, Expression byteStride, Expression value, Expression? count = null) =>
        type == DType.Bool
            ? OnBits(nameof(MaskMemory.StoreStrided), address, byteStride, BitsOf(value), All(count))
            : IsAlternate(type, byteStride) ? StoreAlternate(address, value, All(count))
            : type.IsByte ? EachByte(nameof(ByteMemory.Store), type, address, byteStride, value, All(count))
            : count is null
            ? RegisterMethods.Call(typeof(StridedMemory), $"Store{Count}x{type.Size}", address, byteStride, Cast(value, IntegerOf(type)))
            : OneByOne(nameof(Lanewise.Store), type, address, byteStride, value, All(count));

    public override ImmutableArray<int> RecordColumns(DType type) => type == DType.Bool || type.IsByte ? []
        : type.Size == 8 && RecordMemory.WidestColumns(Count * type.Size) is > 2 and var columns ? [columns, 2] : [16 / type.Size];

    public override Expression StoreRecords(DType type, Expression address, Expression byteStride, IReadOnlyList<Expression> columns) =>
        RegisterMethods.Call(typeof(RecordMemory), nameof(RecordMemory.Store),
            [address, byteStride, .. columns.Select(c => Cast(c, IntegerOf(type)))]);

    private Expression LoadMask(Expression address, Expression count) => MaskMemory.Widens(Count * mask.Size)
        ? OnBits($"{nameof(MaskMemory.Load)}{Count}x{mask.Size}", address, count) : MaskOf(OnBits(nameof(MaskMemory.Load), address, count));

    private MethodCallExpression StoreMask(Expression address, Expression value, Expression count) =>
        OnBits(nameof(MaskMemory.Store), address, MaskMemory.Narrows(Count * mask.Size) ? value : BitsOf(value), count);

    private static MethodCallExpression OnBits(string name, params Expression[] arguments) =>
        RegisterMethods.Call(typeof(MaskMemory), name, arguments);

    private static MethodCallExpression OnBytes(string name, params Expression[] arguments) =>
        RegisterMethods.Call(typeof(ByteMemory), name, arguments);

    private MethodCallExpression EachByte(string name, DType type, params Expression[] arguments) =>
        RegisterMethods.Generic(typeof(ByteMemory), name, [RegisterType(type), type.ClrType], arguments);

    private static MethodCallExpression Masked(string name, params Expression[] arguments) =>
        RegisterMethods.Call(typeof(MaskedMemory), name, arguments);

    private MethodCallExpression OneByOne(string name, DType type, params Expression[] arguments) =>
        RegisterMethods.Generic(typeof(Lanewise), name, [RegisterType(type), type.ClrType], arguments);

    private Expression All(Expression? count) => count ?? Expression.Constant((long)Count);

    /// <summary>The mask of the first lanes, in integers of a type.</summary>
    private Expression First(DType type, Expression count) =>
        Call("LessThan", Indices(type), Broadcast(type, Expression.Convert(count, type.ClrType)));
}
