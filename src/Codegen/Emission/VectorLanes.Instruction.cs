using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>Instructions by the names that the framework's vector classes share.</summary>
internal sealed partial class VectorLanes
{
    protected override Expression Call(string method, params Expression[] arguments) =>
        RegisterMethods.TryCall(typeof(VectorInstructions), method, arguments)
        ?? RegisterMethods.Call(RegisterMethods.ClassOf(arguments[0].Type), method, arguments);

    protected override Expression Operator(ExpressionType kind, Expression a, Expression? b = null) => b is null
        ? Expression.MakeUnary(kind, a, a.Type, RegisterMethods.Operator(a.Type, OperatorName(kind), 1))
        : Expression.MakeBinary(kind, a, b, liftToNull: false, RegisterMethods.Operator(a.Type, OperatorName(kind), 2));

    // The result has the operand's size; the canonical mask has the size of the kernel's largest type.
    protected override Expression Compare(ExpressionType kind, DType operand, Expression a, Expression b)
    {
        var holds = Cast(Call(kind is ExpressionType.Equal ? "Equals" : kind.ToString(), a, b), IntegerOf(operand));
        return operand.Size < mask.Size ? Call("ToInt64", holds) : holds;
    }

    // A blend lets the mask stay in a mask register however often it is used. As a vector it would come from vpmovm2d, which
    // waits for what its destination held before, so that one round of a loop waits for the last.
    protected override Expression Select(DType type, Expression a, Expression b, Expression c)
    {
        if (type == DType.Bool) return Call("ConditionalSelect", a, b, c);
        var holds = Cast(MaskFor(type, a), type);
        var blend = b.Type.GetGenericTypeDefinition() == typeof(Vector512<>) ? HardwareMethods.TryCall("BlendVariable", c, b, holds) : null;
        return blend ?? Call("ConditionalSelect", holds, b, c);
    }

    // Hardware gives its second operand if either is NaN, in one instruction; IEEE 754's rules take three.
    public override Expression Limit(Opcode opcode, Expression bound, Expression a) =>
        HardwareMethods.TryCall(opcode.ToString(), bound, a) ?? Call(opcode.ToString(), a, bound);

    protected override Expression BitCast(DType to, Expression a) => Cast(a, to);

    protected override Expression OfExponents(Opcode opcode, Expression a, Expression? b)
    {
        // The exponent that belongs to a mantissa in [3/4, 3/2): that of the number, less the mantissa's own, 0 or -1.
        Expression Own(Expression x) => HardwareMethods.Call("GetExponent", x);
        Expression Mantissa() => HardwareMethods.Call("GetMantissa", a, Expression.Constant(HardwareMethods.FromThreeQuarters));
        return opcode switch
        {
            Opcode.ScaleB => HardwareMethods.Call("Scale", a, b!),
            Opcode.Mantissa => Mantissa(),
            _ => Operator(ExpressionType.Subtract, Own(a), Own(Mantissa())),
        };
    }

    protected override Expression Convert(DType from, DType to, Expression a)
    {
        if (to == DType.Bool)
            return Operator(ExpressionType.Not, Compare(ExpressionType.Equal, from, a, Constant(from, 0)));
        if (from == DType.Bool) return Select(to, a, Constant(to, to.Visit(new OneBits())), Constant(to, 0));
        string target = to.ClrType.Name;
        return RegisterMethods.TryCall(typeof(VectorInstructions), $"To{target}", a)
            ?? RegisterMethods.Call(ClassOf(from), $"ConvertTo{target}", a);
    }

    protected override Expression CallScalar(Instruction i, Expression[] arguments, Expression? mask = null)
    {
        var lanes = mask is null ? Expression.Constant(-1L) : (Expression)BitsOf(mask);
        return RegisterMethods.Generic(typeof(LanewiseCalls), $"Call{arguments.Length}", [arguments[0].Type, i.Type.ClrType],
            [.. arguments, lanes, PointerTo(i)]);
    }

    public override Expression CallWhere(Instruction call, Expression a, Expression mask, Expression otherwise) => RegisterMethods.Generic(
        typeof(LanewiseCalls), nameof(LanewiseCalls.Call1Or), [a.Type, call.Type.ClrType], a, otherwise, BitsOf(mask), PointerTo(call));

    private static ConstantExpression PointerTo(Instruction call) =>
        Expression.Constant((long)ScalarFunction.At(call.Immediate).Method.MethodHandle.GetFunctionPointer());

    /// <summary>A canonical mask with lanes as wide as those of a type.</summary>
    private Expression MaskFor(DType type, Expression canonical) =>
        type.Size < mask.Size ? Call("ToInt32", canonical) : canonical;

    private static DType IntegerOf(DType type) => type.Size == 4 ? DType.Int32 : DType.Int64;

    private static Expression Cast(Expression register, DType to)
    {
        var from = register.Type.GetGenericArguments()[0];
        if (from == to.ClrType) return register;
        var owner = RegisterMethods.ClassOf(register.Type);
        return RegisterMethods.Generic(owner, nameof(Vector128.As), [from, to.ClrType], register);
    }

    private static string OperatorName(ExpressionType kind) => kind switch
    {
        ExpressionType.Add => "op_Addition",
        ExpressionType.Subtract => "op_Subtraction",
        ExpressionType.Multiply => "op_Multiply",
        ExpressionType.Divide => "op_Division",
        ExpressionType.Negate => "op_UnaryNegation",
        ExpressionType.And => "op_BitwiseAnd",
        ExpressionType.Or => "op_BitwiseOr",
        ExpressionType.ExclusiveOr => "op_ExclusiveOr",
        ExpressionType.Not => "op_OnesComplement",
        _ => throw new NotSupportedException($"vectors have no operator {kind}."),
    };

    private readonly struct OneBits : IDTypeVisitor<long>
    {
        public long Visit<T>() where T : unmanaged => Bits.From(Bits.FromInt64<T>(1));
    }
}
