using System.Linq.Expressions;

namespace Adjoint.Codegen;

/// <summary>Loads and stores. Bools travel between bytes and masks as the bits of a long.</summary>
internal sealed partial class VectorLanes
{
    public override Expression Load(DType type, Expression address) => type == DType.Bool
        ? MaskOf(RegisterMethods.Call(typeof(MaskMemory), nameof(MaskMemory.Load), address, All(null)))
        : Memory.Read(RegisterType(type), address);

    public override Expression LoadPartial(DType type, Expression address, Expression count) => type == DType.Bool
        ? MaskOf(RegisterMethods.Call(typeof(MaskMemory), nameof(MaskMemory.Load), address, count))
        : Cast(RegisterMethods.Call(typeof(MaskedMemory), nameof(MaskedMemory.Load), address, First(IntegerOf(type), count)), type);

    public override Expression LoadStrided(DType type, Expression address, Expression byteStride, Expression? count = null)
    {
        if (type == DType.Bool)
            return MaskOf(RegisterMethods.Call(typeof(MaskMemory), nameof(MaskMemory.LoadStrided), address, byteStride, All(count)));
        var register = RegisterType(type);
        return count is not null
            ? RegisterMethods.Generic(typeof(Lanewise), nameof(Lanewise.Load), [register, type.ClrType], address, byteStride, count)
            : Cast(StridedLoad(IntegerOf(type), address, byteStride), type);
    }

    public override Expression Gather(DType type, Expression address, Expression offsets, Expression? count = null)
    {
        if (type == DType.Bool)
            return MaskOf(RegisterMethods.Generic(
                typeof(MaskMemory), nameof(MaskMemory.Gather), [offsets.Type], address, offsets, All(count)));
        var lanes = count is null ? Constant(DType.Int64, -1) : First(DType.Int64, count);
        string name = type.Size == 4 ? nameof(GatherMemory.Load4) : nameof(GatherMemory.Load8);
        return Cast(RegisterMethods.Call(typeof(GatherMemory), name, address, offsets, lanes), type);
    }

    public override Expression Store(DType type, Expression address, Expression value) =>
        type == DType.Bool ? StoreBits(address, value, All(null)) : Memory.Write(address, value);

    public override Expression StoreStreaming(DType type, Expression address, Expression value) =>
        type == DType.Bool ? Store(type, address, value)
        : RegisterMethods.Call(typeof(StreamingMemory), nameof(StreamingMemory.Store), value, address);

    public override Expression StorePartial(DType type, Expression address, Expression value, Expression count) =>
        type == DType.Bool ? StoreBits(address, value, count)
        : RegisterMethods.Call(
            typeof(MaskedMemory), nameof(MaskedMemory.Store), address, First(IntegerOf(type), count), Cast(value, IntegerOf(type)));

    public override Expression StoreStrided(
        DType type, Expression address, Expression byteStride, Expression value, Expression? count = null) => type == DType.Bool
        ? RegisterMethods.Call(typeof(MaskMemory), nameof(MaskMemory.StoreStrided), address, byteStride, BitsOf(value), All(count))
        : RegisterMethods.Generic(
            typeof(Lanewise), nameof(Lanewise.Store), [value.Type, type.ClrType], address, byteStride, value, All(count));

    private MethodCallExpression StoreBits(Expression address, Expression value, Expression count) =>
        RegisterMethods.Call(typeof(MaskMemory), nameof(MaskMemory.Store), address, BitsOf(value), count);

    private MethodCallExpression StridedLoad(DType type, Expression address, Expression byteStride) =>
        RegisterMethods.Call(typeof(StridedMemory), $"Load{Count}x{type.Size}", address, byteStride);

    private Expression All(Expression? count) => count ?? Expression.Constant((long)Count);

    /// <summary>The mask of the first lanes, in integers of a type.</summary>
    private Expression First(DType type, Expression count) =>
        Call("LessThan", Indices(type), Broadcast(type, Expression.Convert(count, type.ClrType)));
}
