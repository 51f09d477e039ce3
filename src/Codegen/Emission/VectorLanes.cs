using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Runtime.Intrinsics;

namespace Adjoint.Codegen;

/// <summary>Several lanes in vector registers: full registers for the kernel's largest type, half ones for the
/// smaller.</summary>
internal sealed partial class VectorLanes : Lanes
{
    private static readonly ConcurrentDictionary<(VectorWidth, int), VectorLanes> Kinds = new();

    private readonly DType mask;
    private readonly VectorWidth width;

    private VectorLanes(VectorWidth width, int largestSize)
    {
        (this.width, Count) = (width, width.Bytes() / largestSize);
        mask = largestSize == 4 ? DType.Int32 : DType.Int64;
    }

    public override int Count { get; }

    public static VectorLanes Of(VectorWidth width, int largestSize) =>
        Kinds.GetOrAdd((width, largestSize), static key => new(key.Item1, key.Item2));

    public override Type RegisterType(DType type)
    {
        if (type == DType.Bool) return RegisterType(mask);
        type = Held(type);
        var open = (Count * type.Size) switch
        {
            64 => typeof(Vector512<>),
            32 => typeof(Vector256<>),
            16 => typeof(Vector128<>),
            _ => throw new NotSupportedException(
                $"{Count} lanes of {type} fill no register; choose lanes by all types of the kernel."),
        };
        return open.MakeGenericType(type.ClrType);
    }

    public override Expression Constant(DType type, long bits) =>
        type == DType.Bool ? Constant(mask, bits == 0 ? 0 : -1)
        : type.IsByte ? Constant(DType.Int32, WordOf(type, bits))
        : Broadcast(type, type.Visit(new Primitive(bits)));

    public override Expression Broadcast(DType type, Expression scalar) => type == DType.Bool
        ? Broadcast(mask, Expression.Condition(scalar, mask.Visit(new Primitive(-1)), mask.Visit(new Primitive(0))))
        : RegisterMethods.Call(ClassOf(type), "Create",
            type.IsByte && scalar.Type != typeof(int) ? Expression.Convert(scalar, typeof(int)) : scalar);

    public override Expression Sequence(DType type, Expression start) =>
        Operator(ExpressionType.Add, Broadcast(type, start), Indices(type));

    public override Expression ExtractLane(DType type, Expression register, int lane)
    {
        var element = Call("GetElement", register, Expression.Constant(lane));
        return type == DType.Bool ? Expression.NotEqual(element, Expression.Default(element.Type)) : element;
    }

    // Of the bits ~mask, one per lane, those below count.
    public override Expression AnyFalse(Expression mask, Expression? count = null)
    {
        Expression first = count is null
            ? Expression.Constant((1L << Count) - 1)
            : Expression.Not(Expression.LeftShift(Expression.Constant(-1L), Expression.Convert(count, typeof(int))));
        return Expression.NotEqual(Expression.And(Expression.Not(BitsOf(mask)), first), Expression.Constant(0L));
    }

    public override Expression Prefix(Expression count) => Call("LessThan", Indices(mask),
        Broadcast(mask, mask == DType.Int64 ? count : Expression.Convert(count, typeof(int))));

    public override Expression Between(Expression first, Expression last) => Call("AndNot", Prefix(last), Prefix(first));

    public override Lanes? Half => 4 * Count / 2 < 16 || width is VectorWidth.Bits128 ? null : Of(width - 1, mask.Size);

    public override Expression Lower(DType type, Expression register) => Call("GetLower", register);

    public override Expression Upper(DType type, Expression register) => Call("GetUpper", register);

    private Type ClassOf(DType type) => RegisterMethods.ClassOf(RegisterType(type));

    private MemberExpression Indices(DType type) => Expression.Property(null, RegisterType(type), "Indices");

    /// <summary>A mask as the bits of a long, lane 0 lowest.</summary>
    private UnaryExpression BitsOf(Expression mask) =>
        Expression.Convert(HardwareMethods.TryCall("MoveMask", mask) ?? Call("ExtractMostSignificantBits", mask), typeof(long));

    /// <summary>The mask of a long's bits: lane k holds where bit k is set.</summary>
    private Expression MaskOf(Expression bits)
    {
        var powers = RegisterMethods.Call(
            ClassOf(mask), "Create", [.. Enumerable.Range(0, Count).Select(k => mask.Visit(new Primitive(1L << k)))]);
        var narrow = mask == DType.Int64 ? bits : Expression.Convert(bits, typeof(int));
        return Call("Equals", Operator(ExpressionType.And, Broadcast(mask, narrow), powers), powers);
    }

    private readonly struct Primitive(long bits) : IDTypeVisitor<Expression>
    {
        public Expression Visit<T>() where T : unmanaged => Expression.Constant(Bits.To<T>(bits));
    }
}
