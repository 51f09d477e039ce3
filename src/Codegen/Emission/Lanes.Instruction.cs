using System.Linq.Expressions;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>What each opcode becomes: one table for every dtype and lane count.</summary>
internal abstract partial class Lanes
{
    /// <summary>The expression of a primitive instruction.</summary>
    /// <param name="i">An instruction that computes; leaves and checks are the emitter's.</param>
    /// <param name="operand">The element type of the first operand; of a comparison or conversion it is not the
    /// result's.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, if the opcode has one.</param>
    /// <param name="c">Third operand, if the opcode has one.</param>
    /// <exception cref="NotSupportedException">The opcode does not compute values of that type.</exception>
    public Expression Instruction(
        Instruction i, DType operand, Expression a, Expression? b = null, Expression? c = null) => i.Type.IsByte
        ? OfBytes(i, operand, a, b, c)
        : OfWords(i, Held(operand), a, b, c);

    private Expression OfWords(Instruction i, DType operand, Expression a, Expression? b, Expression? c) =>
        i.Opcode switch
        {
            Opcode.Constant => Constant(i.Type, i.Immediate),
            Opcode.Select => Select(i.Type, a, b!, c!),
            Opcode.Convert => i.Type == operand ? a : Convert(operand, i.Type, a),
            Opcode.BitCast => BitCast(i.Type, a),
            Opcode.Call => CallScalar(i, new[] { a, b, c }.OfType<Expression>().ToArray()),
            Opcode.CallWhere => CallScalar(i, c is null ? [a] : [a, b!], c ?? b),
            Opcode.Equal or Opcode.Less or Opcode.LessOrEqual => operand == DType.Bool
                ? CompareMasks(i.Opcode, a, b!)
                : Compare(Kind(i.Opcode), operand, a, b!),
            Opcode.Entry => Call("Entry", a, Expression.Constant(NumberTable.At(i.Immediate).AddressOf(i.Type))),
            Opcode.ScaleB or Opcode.Exponent or Opcode.Mantissa => OfExponents(i.Opcode, a, b),
            _ when i.Type == DType.Bool => OfMasks(i, a, b),
            _ when i.Type.IsFloat => OfFloats(i, a, b, c),
            _ => OfIntegers(i, a, b, c),
        };

    /// <summary>A method on registers by name: the scalar or vector class that has it.</summary>
    protected abstract Expression Call(string method, params Expression[] arguments);

    /// <summary>An operator on registers.</summary>
    protected abstract Expression Operator(ExpressionType kind, Expression a, Expression? b = null);

    /// <summary>A comparison of numbers, as a canonical mask.</summary>
    protected abstract Expression Compare(ExpressionType kind, DType operand, Expression a, Expression b);

    /// <summary>b where the mask a holds, else c.</summary>
    protected abstract Expression Select(DType type, Expression a, Expression b, Expression c);

    /// <summary>Maximum or minimum of a and a number that is neither NaN nor zero, so that a NaN of a is all that needs care.</summary>
    public abstract Expression Limit(Opcode opcode, Expression bound, Expression a);

    /// <summary>Scaling by a power of two, the exponent or the mantissa, where the machine has instructions for them.</summary>
    protected abstract Expression OfExponents(Opcode opcode, Expression a, Expression? b);

    /// <summary>The same values in another type.</summary>
    protected abstract Expression Convert(DType from, DType to, Expression a);

    /// <summary>A scalar function of each lane; where there is a mask, of the lanes where it holds, and a in the others.</summary>
    protected abstract Expression CallScalar(Instruction i, Expression[] arguments, Expression? mask = null);

    /// <summary>
    /// A function of one operand where a mask holds, else another value: one choice at the end, so that nothing waits in memory for a rare
    /// call.
    /// </summary>
    public abstract Expression CallWhere(Instruction call, Expression a, Expression mask, Expression otherwise);

    /// <summary>The same bits in another type of equal size.</summary>
    protected abstract Expression BitCast(DType to, Expression a);

    private Expression OfFloats(Instruction i, Expression a, Expression? b, Expression? c) => i.Opcode switch
    {
        Opcode.Divide => Operator(ExpressionType.Divide, a, b),
        Opcode.MultiplyAdd => Call("FusedMultiplyAdd", a, b!, c!),
        Opcode.Sqrt or Opcode.Floor or Opcode.Ceiling or Opcode.Round => Call(i.Opcode.ToString(), a),
        Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Not => throw Unsupported(i),
        Opcode.ShiftLeft or Opcode.ShiftRight or Opcode.ShiftRightLogical => throw Unsupported(i),
        _ => OfNumbers(i, a, b),
    };

    private Expression OfIntegers(Instruction i, Expression a, Expression? b, Expression? c) => i.Opcode switch
    {
        Opcode.Divide => Call("Divide", a, b!),
        Opcode.MultiplyAdd => Operator(ExpressionType.Add, Operator(ExpressionType.Multiply, a, b), c),
        Opcode.Floor or Opcode.Ceiling or Opcode.Round => a,
        Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Not => Operator(Kind(i.Opcode), a, b),
        Opcode.ShiftLeft => Call("ShiftLeft", a, Expression.Constant((int)i.Immediate)),
        Opcode.ShiftRight => Call("ShiftRightArithmetic", a, Expression.Constant((int)i.Immediate)),
        Opcode.ShiftRightLogical => Call("ShiftRightLogical", a, Expression.Constant((int)i.Immediate)),
        _ => OfNumbers(i, a, b),
    };

    private Expression OfNumbers(Instruction i, Expression a, Expression? b) => i.Opcode switch
    {
        Opcode.Add or Opcode.Subtract or Opcode.Multiply or Opcode.Negate => Operator(Kind(i.Opcode), a, b),
        Opcode.Max or Opcode.Min => Call(i.Opcode.ToString(), a, b!),
        Opcode.Abs => Call("Abs", a),
        _ => throw Unsupported(i),
    };

    // Computed as int32; what leaves the range of a byte wraps around, and floats saturate.
    private Expression OfBytes(Instruction i, DType operand, Expression a, Expression? b, Expression? c) => i.Opcode switch
    {
        Opcode.Constant => Constant(i.Type, i.Immediate),
        Opcode.Select => Select(DType.Int32, a, b!, c!),
        Opcode.Convert when operand == i.Type || operand == DType.Bool =>
            OfWords(i with { Type = DType.Int32 }, operand == i.Type ? DType.Int32 : operand, a, b, c),
        Opcode.Convert when operand.IsFloat => Saturated(i.Type, OfWords(i with { Type = DType.Int32 }, operand, a, b, c)),
        Opcode.ShiftRightLogical => Wrapped(i.Type, OfWords(i with { Type = DType.Int32 }, DType.Int32, Wrapped(DType.UInt8, a), b, c)),
        Opcode.BitCast => Wrapped(i.Type, a),
        _ => Wrapped(i.Type, OfWords(i with { Type = DType.Int32 }, Held(operand), a, b, c)),
    };

    private Expression Wrapped(DType type, Expression a) => type == DType.UInt8
        ? Operator(ExpressionType.And, a, Constant(DType.Int32, byte.MaxValue))
        : Call("ShiftRightArithmetic", Call("ShiftLeft", a, Expression.Constant(24)), Expression.Constant(24));

    private Expression Saturated(DType type, Expression a)
    {
        var (least, most) = type == DType.UInt8 ? (byte.MinValue, byte.MaxValue) : ((int)sbyte.MinValue, (int)sbyte.MaxValue);
        return Call("Min", Call("Max", a, Constant(DType.Int32, (uint)least)), Constant(DType.Int32, most));
    }

    /// <summary>The bits of a constant of one byte as an int32 of its value.</summary>
    protected static long WordOf(DType type, long bits) => type == DType.UInt8 ? (byte)bits : (uint)(sbyte)bits;

    private Expression OfMasks(Instruction i, Expression a, Expression? b) => i.Opcode switch
    {
        Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Not => Operator(Kind(i.Opcode), a, b),
        Opcode.Min => Operator(ExpressionType.And, a, b),
        Opcode.Max => Operator(ExpressionType.Or, a, b),
        _ => throw Unsupported(i),
    };

    private Expression CompareMasks(Opcode opcode, Expression a, Expression b) => opcode switch
    {
        Opcode.Equal => Operator(ExpressionType.Not, Operator(ExpressionType.ExclusiveOr, a, b)),
        Opcode.Less => Operator(ExpressionType.And, Operator(ExpressionType.Not, a), b),
        _ => Operator(ExpressionType.Or, Operator(ExpressionType.Not, a), b),
    };

    private static ExpressionType Kind(Opcode opcode) => opcode switch
    {
        Opcode.Add => ExpressionType.Add,
        Opcode.Subtract => ExpressionType.Subtract,
        Opcode.Multiply => ExpressionType.Multiply,
        Opcode.Negate => ExpressionType.Negate,
        Opcode.Equal => ExpressionType.Equal,
        Opcode.Less => ExpressionType.LessThan,
        Opcode.LessOrEqual => ExpressionType.LessThanOrEqual,
        Opcode.And => ExpressionType.And,
        Opcode.Or => ExpressionType.Or,
        Opcode.Xor => ExpressionType.ExclusiveOr,
        Opcode.Not => ExpressionType.Not,
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "no operator"),
    };

    private static NotSupportedException Unsupported(Instruction i) =>
        new($"kernel IR has no {i.Opcode} of {i.Type} that hardware does; legalise the body first.");
}
