using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>One lane: values are plain scalars, masks are bools.</summary>
internal sealed class ScalarLanes : Lanes
{
    public override int Count => 1;

    public override Type RegisterType(DType type) => Held(type).ClrType;

    public override Expression Constant(DType type, long bits) =>
        type.IsByte ? Constant(DType.Int32, WordOf(type, bits)) : type.Visit(new Primitive(bits));

    public override Expression Broadcast(DType type, Expression scalar) => Widened(scalar);

    public override Expression Sequence(DType type, Expression start) => start;

    // A byte of memory is true when it is not 0; a bool in a register is 0 or 1.
    public override Expression Load(DType type, Expression address) => type == DType.Bool
        ? Expression.NotEqual(Memory.Read(typeof(byte), address), Expression.Constant((byte)0))
        : Widened(Memory.Read(type.ClrType, address));

    public override Expression LoadPartial(DType type, Expression address, Expression count) =>
        Expression.Condition(IsPositive(count), Load(type, address), Expression.Default(RegisterType(type)));

    public override Expression LoadRuns(DType type, IReadOnlyList<(Expression Address, Expression Mask)> runs) => runs.Aggregate(
        (Expression)Expression.Default(RegisterType(type)), (rest, run) => Expression.Condition(run.Mask, Load(type, run.Address), rest));

    public override Expression LoadStrided(
        DType type, Expression address, Expression byteStride, Expression? count = null) =>
        count is null ? Load(type, address) : LoadPartial(type, address, count);

    public override Expression Gather(DType type, Expression address, Expression offsets, Expression? count = null)
    {
        var element = Expression.Add(address, Expression.Multiply(offsets, Expression.Constant((long)type.Size)));
        return count is null ? Load(type, element) : LoadPartial(type, element, count);
    }

    public override Expression Store(DType type, Expression address, Expression value) =>
        Memory.Write(address, type.IsByte ? Expression.Convert(value, type.ClrType) : value);

    public override Expression StoreStreaming(DType type, Expression address, Expression value) =>
        Store(type, address, value);

    public override Expression StorePartial(DType type, Expression address, Expression value, Expression count) =>
        Expression.IfThen(IsPositive(count), Store(type, address, value));

    public override Expression StoreStrided(
        DType type, Expression address, Expression byteStride, Expression value, Expression? count = null) =>
        count is null ? Store(type, address, value) : StorePartial(type, address, value, count);

    public override Expression ExtractLane(DType type, Expression register, int lane) => register;

    public override Expression AnyFalse(Expression mask, Expression? count = null) =>
        count is null ? Expression.Not(mask) : Expression.AndAlso(IsPositive(count), Expression.Not(mask));

    public override Expression Prefix(Expression count) => IsPositive(count);

    public override Expression Between(Expression first, Expression last) =>
        Expression.AndAlso(Expression.LessThanOrEqual(first, Expression.Constant(0L)), IsPositive(last));

    public override Lanes? Half => null;

    public override Expression Lower(DType type, Expression register) => throw new NotSupportedException("one lane has no halves.");

    public override Expression Upper(DType type, Expression register) => throw new NotSupportedException("one lane has no halves.");

    protected override Expression Call(string method, params Expression[] arguments) =>
        RegisterMethods.Call(typeof(ScalarInstructions), method, arguments);

    protected override Expression Operator(ExpressionType kind, Expression a, Expression? b = null) =>
        b is null ? Expression.MakeUnary(kind, a, a.Type) : Expression.MakeBinary(kind, a, b);

    protected override Expression Compare(ExpressionType kind, DType operand, Expression a, Expression b) =>
        Operator(kind, a, b);

    protected override Expression Select(DType type, Expression a, Expression b, Expression c) =>
        Expression.Condition(a, b, c);

    // The instruction of several lanes, of which the first is looked at.
    public override Expression Limit(Opcode opcode, Expression bound, Expression a) =>
        HardwareMethods.TryCall(opcode.ToString(), Lane(bound), Lane(a)) is { } limited
            ? RegisterMethods.Call(typeof(Vector128), nameof(Vector128.ToScalar), limited) : Call(opcode.ToString(), a, bound);

    private static MethodCallExpression Lane(Expression scalar) =>
        RegisterMethods.Call(typeof(Vector128), nameof(Vector128.CreateScalarUnsafe), scalar);

    protected override Expression OfExponents(Opcode opcode, Expression a, Expression? b) =>
        Call(opcode.ToString(), b is null ? [a] : [a, b]);

    protected override Expression Convert(DType from, DType to, Expression a) =>
        to == DType.Bool ? Expression.NotEqual(a, Expression.Default(a.Type))
        : from == DType.Bool ? RegisterMethods.Generic(typeof(ScalarInstructions), "OfBool", [to.ClrType], a)
        : RegisterMethods.Generic(typeof(ScalarInstructions), "Convert", [from.ClrType, to.ClrType], a);

    protected override Expression BitCast(DType to, Expression a) =>
        a.Type == to.ClrType ? a
        : RegisterMethods.Generic(typeof(ScalarInstructions), "BitCast", [a.Type, to.ClrType], a);

    protected override Expression CallScalar(Instruction i, Expression[] arguments, Expression? mask = null)
    {
        var doubles = arguments.Select(a => Expression.Convert(a, typeof(double)));
        Expression result = Expression.Convert(Expression.Call(ScalarFunction.At(i.Immediate).Method, doubles), i.Type.ClrType);
        return mask is null ? result : Expression.Condition(mask, result, arguments[0]);
    }

    public override Expression CallWhere(Instruction call, Expression a, Expression mask, Expression otherwise) =>
        Expression.Condition(mask, CallScalar(call, [a]), otherwise);

    private static Expression Widened(Expression scalar) =>
        scalar.Type == typeof(sbyte) || scalar.Type == typeof(byte) ? Expression.Convert(scalar, typeof(int)) : scalar;

    private static BinaryExpression IsPositive(Expression count) =>
        Expression.GreaterThan(count, Expression.Constant(0L));

    private readonly struct Primitive(long bits) : IDTypeVisitor<Expression>
    {
        public Expression Visit<T>() where T : unmanaged => Expression.Constant(Bits.To<T>(bits));
    }
}
