using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// Mathematical instructions as sequences of primitive ones, branch-free and the same for every lane count, so that a
/// scalar and a vector kernel compute the same bits. Bounds on the error stand at each function and are tested.
/// </summary>
internal static class VectorMath
{
    /// <summary>Whether an instruction is one that <see cref="Expand"/> replaces.</summary>
    public static bool IsMathematical(Opcode opcode) => opcode >= Opcode.Exp;

    /// <summary>Emits the primitive instructions of a mathematical one; pow and atan2 have an operand y.</summary>
    /// <exception cref="ArgumentException">x is neither float32 nor float64, or the opcode is primitive.</exception>
    public static Value Expand(Body body, Opcode opcode, Value x, Value y = default)
    {
        Real real = new(body, x);
        Real result = opcode switch
        {
            Opcode.Exp => Exponential.Exp(real),
            Opcode.Log => Logarithm.Log(real),
            Opcode.Expm1 => Exponential.Expm1(real),
            Opcode.Log1p => Logarithm.Log1p(real),
            Opcode.Sin => Circular.Sin(real),
            Opcode.Cos => Circular.Cos(real),
            Opcode.Tanh => Logistic.Tanh(real),
            Opcode.Sigmoid => Logistic.Sigmoid(real),
            Opcode.Erf => ErrorFunction.Erf(real),
            Opcode.Pow => Power.Pow(real, new(body, y)),
            Opcode.Exp2 => Exponential.Exp2(real),
            Opcode.Log2 => Logarithm.Log2(real),
            Opcode.Log10 => Logarithm.Log10(real),
            Opcode.Tan => Circular.Tan(real),
            Opcode.Asin => InverseCircular.Asin(real),
            Opcode.Acos => InverseCircular.Acos(real),
            Opcode.Atan => InverseCircular.Atan(real),
            Opcode.Atan2 => InverseCircular.Atan2(real, new(body, y)),
            Opcode.Sinh => Hyperbolic.Sinh(real),
            Opcode.Cosh => Hyperbolic.Cosh(real),
            Opcode.Asinh => Hyperbolic.Asinh(real),
            Opcode.Acosh => Hyperbolic.Acosh(real),
            Opcode.Atanh => Hyperbolic.Atanh(real),
            Opcode.Cbrt => CubeRoot.Cbrt(real),
            Opcode.Erfc => ErrorFunction.Erfc(real),
            Opcode.Erfinv => InverseErrorFunction.Erfinv(real),
            Opcode.Erfcinv => InverseErrorFunction.Erfcinv(real),
            _ => throw new ArgumentException($"{opcode} is primitive; only mathematics expands.", nameof(opcode)),
        };
        return result.Value;
    }
}
