namespace Adjoint.Kernels;

/// <content>Mathematics, and calls of what no vector instruction does.</content>
public sealed partial class Body
{
    /// <summary>2^x.</summary>
    public Value Exp2(Value x) => Unary(Opcode.Exp2, x);

    /// <summary>Logarithm to base 2; whole for powers of two.</summary>
    public Value Log2(Value x) => Unary(Opcode.Log2, x);

    /// <summary>Logarithm to base 10; whole for powers of ten.</summary>
    public Value Log10(Value x) => Unary(Opcode.Log10, x);

    /// <summary>Tangent of x in radians.</summary>
    public Value Tan(Value x) => Unary(Opcode.Tan, x);

    /// <summary>Arc sine.</summary>
    public Value Asin(Value x) => Unary(Opcode.Asin, x);

    /// <summary>Arc cosine.</summary>
    public Value Acos(Value x) => Unary(Opcode.Acos, x);

    /// <summary>Arc tangent.</summary>
    public Value Atan(Value x) => Unary(Opcode.Atan, x);

    /// <summary>Hyperbolic sine.</summary>
    public Value Sinh(Value x) => Unary(Opcode.Sinh, x);

    /// <summary>Hyperbolic cosine.</summary>
    public Value Cosh(Value x) => Unary(Opcode.Cosh, x);

    /// <summary>Inverse hyperbolic sine.</summary>
    public Value Asinh(Value x) => Unary(Opcode.Asinh, x);

    /// <summary>Inverse hyperbolic cosine.</summary>
    public Value Acosh(Value x) => Unary(Opcode.Acosh, x);

    /// <summary>Inverse hyperbolic tangent.</summary>
    public Value Atanh(Value x) => Unary(Opcode.Atanh, x);

    /// <summary>Cube root, of negatives too.</summary>
    public Value Cbrt(Value x) => Unary(Opcode.Cbrt, x);

    /// <summary>1 - erf(x), without cancellation.</summary>
    public Value Erfc(Value x) => Unary(Opcode.Erfc, x);

    /// <summary>The y with erf(y) = x.</summary>
    public Value Erfinv(Value x) => Unary(Opcode.Erfinv, x);

    /// <summary>The y with erfc(y) = x.</summary>
    public Value Erfcinv(Value x) => Unary(Opcode.Erfcinv, x);

    /// <summary>The angle of the point (x, y) from the positive x axis, in [-π, π].</summary>
    public Value Atan2(Value y, Value x) => Binary(Opcode.Atan2, y, x);

    /// <summary>A static function of doubles, called lane by lane: slower than code of this body by a factor of ten and more.</summary>
    /// <exception cref="ArgumentException">The function is no static method, or it is not of one to three doubles.</exception>
    public Value Call(Delegate function, params ReadOnlySpan<Value> x) => Called(Opcode.Call, function, x, x.Length);

    /// <summary>The same for the lanes of a mask, at no cost but a test where there are none; the others are x[0].</summary>
    /// <param name="where">A bool value.</param>
    /// <param name="function">A static function of one or two doubles.</param>
    /// <param name="x">Its arguments.</param>
    /// <exception cref="ArgumentException">The function is no static method, or it does not take these arguments.</exception>
    public Value CallWhere(Value where, Delegate function, params ReadOnlySpan<Value> x) =>
        Called(Opcode.CallWhere, function, [.. x, where], x.Length);

    private Value Called(Opcode opcode, Delegate function, ReadOnlySpan<Value> operands, int arguments)
    {
        var called = ScalarFunction.Of(function);
        int Operand(ReadOnlySpan<Value> x, int k) => k < x.Length ? x[k].Id : -1;
        return called.Arity == arguments && operands.Length <= 3
            ? Emit(new(opcode, operands[0].Type, operands[0].Id, Operand(operands, 1), Operand(operands, 2), called.Id))
            : throw new ArgumentException($"{called.Name} takes {called.Arity} arguments, not {arguments}.");
    }
}
