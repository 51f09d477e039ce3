using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>The mathematical functions in double arithmetic, to at least 35 bits: the truth for float32.</summary>
internal static class VectorMathReference
{
    public static double Of(Opcode opcode, double x, double y) => opcode switch
    {
        Opcode.Exp => Math.Exp(x),
        Opcode.Log => Math.Log(x),
        Opcode.Expm1 => Math.Abs(x) < 1e-5 ? x + x * x / 2 + x * x * x / 6 : Math.Exp(x) - 1,
        Opcode.Log1p => Math.Abs(x) < 1e-4 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x),
        Opcode.Sin => Math.Sin(x),
        Opcode.Cos => Math.Cos(x),
        Opcode.Tanh => Math.Tanh(x),
        Opcode.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Opcode.Erf => Erf(x),
        Opcode.Pow => Math.Pow(x, y),
        Opcode.Exp2 => Math.Pow(2, x),
        Opcode.Log2 => Math.Log2(x),
        Opcode.Log10 => Math.Log10(x),
        Opcode.Tan => Math.Tan(x),
        Opcode.Asin => Math.Asin(x),
        Opcode.Acos => Math.Acos(x),
        Opcode.Atan => Math.Atan(x),
        Opcode.Atan2 => Math.Atan2(x, y),
        Opcode.Sinh => Math.Sinh(x),
        Opcode.Cosh => Math.Cosh(x),
        Opcode.Asinh => Math.Asinh(x),
        Opcode.Acosh => Math.Acosh(x),
        Opcode.Atanh => Math.Atanh(x),
        Opcode.Cbrt => Math.Cbrt(x),
        Opcode.Erfc => x < 2 ? 1 - Erf(x) : Erfc(x),
        Opcode.Erfinv => Precise.Erfinv(x),
        Opcode.Erfcinv => Precise.Erfcinv(x),
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    // 2/sqrt(pi) e^-x^2 (x + 2/3 x^3 + 4/15 x^5 + ...): no cancellation.
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // Abramowitz and Stegun 7.1.14, from the tail of the fraction.
    private static double Erfc(double x)
    {
        double fraction = x;
        for (int n = 150; n > 0; n--) fraction = x + n / 2.0 / fraction;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
