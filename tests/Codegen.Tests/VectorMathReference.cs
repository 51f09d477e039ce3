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
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    // 2/sqrt(pi) e^-x^2 (x + 2/3 x^3 + 4/15 x^5 + ...): no cancellation.
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
