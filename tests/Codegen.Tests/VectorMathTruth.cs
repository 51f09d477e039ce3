using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>The mathematical functions to some 250 bits, by Taylor series: the truth for float64.</summary>
internal static class VectorMathTruth
{
    private static readonly BigReal Ln2 = 2 * Odd(BigReal.One / 3, 1);
    private static readonly BigReal Pi = 4 * (4 * Odd(BigReal.One / 5, -1) - Odd(BigReal.One / 239, -1));   // Machin 1706
    private static readonly BigReal TwoOverSqrtPi = 2 / Exp(Log(Pi) / 2);

    /// <summary>The function of an opcode at finite arguments inside its domain.</summary>
    public static BigReal Of(Opcode opcode, BigReal x, BigReal y) => opcode switch
    {
        Opcode.Exp => Exp(x),
        Opcode.Log => Log(x),
        Opcode.Expm1 => Expm1(x),
        Opcode.Log1p => Log1p(x),
        Opcode.Sin => Turn(x, 0),
        Opcode.Cos => Turn(x, 1),
        Opcode.Tanh => Expm1(2 * x) / (Expm1(2 * x) + 2),
        Opcode.Sigmoid => 1 / (1 + Exp(-x)),
        Opcode.Erf => Erf(x),
        Opcode.Pow => Exp(y * Log(x)),
        Opcode.Exp2 => Exp(x * Ln2),
        Opcode.Log2 => Log(x) / Ln2,
        Opcode.Log10 => Log(x) / Log(10),
        Opcode.Tan => Turn(x, 0) / Turn(x, 1),
        Opcode.Asin => Atan(x, Sqrt((1 - x) * (1 + x))),
        Opcode.Acos => Atan(Sqrt((1 - x) * (1 + x)), x),
        Opcode.Atan => Atan(x, 1),
        Opcode.Atan2 => Atan(x, y),
        Opcode.Sinh => (Expm1(x) - Expm1(-x)) / 2,
        Opcode.Cosh => (Exp(x) + Exp(-x)) / 2,
        Opcode.Asinh => x.Sign < 0 ? -Of(opcode, -x, y) : Log1p(x + x * x / (1 + Sqrt(1 + x * x))),
        Opcode.Acosh => Log1p(x - 1 + Sqrt((x - 1) * (x + 1))),
        Opcode.Atanh => x.Sign == 0 || x.Magnitude < -3 ? Odd(x, 1) : Log((1 + x) / (1 - x)) / 2,
        Opcode.Cbrt => x.Sign < 0 ? -Exp(Log(-x) / 3) : Exp(Log(x) / 3),
        Opcode.Erfc => x.ToDouble() < 2 ? 1 - Erf(x) : Tail(x),
        Opcode.Erfinv => Refined(Precise.Erfinv(x.ToDouble()), y => x.ToDouble() < 0.5 ? x - Erf(y) : Of(Opcode.Erfc, y, y) - (1 - x)),
        Opcode.Erfcinv => Refined(Precise.Erfcinv(x.ToDouble()), y => Of(Opcode.Erfc, y, y) - x),
        _ => throw new NotSupportedException(opcode.ToString()),
    };

    private static BigReal Exp(BigReal x)
    {
        int k = (int)(x / Ln2).Round();
        BigReal r = (x - k * Ln2).Scale(-8), sum = Series(BigReal.One, n => r / n);
        for (int i = 0; i < 8; i++) sum *= sum;
        return sum.Scale(k);
    }

    private static BigReal Expm1(BigReal x) =>
        x.Sign == 0 || x.Magnitude < -80 ? x + x * x / 2 + x * x * x / 6 : Exp(x) - 1;

    // Halley's iteration on e^y = x triples the digits of a double each time.
    private static BigReal Log(BigReal x)
    {
        int k = x.Magnitude;
        BigReal m = x.Scale(-k), log = Math.Log(m.ToDouble());
        for (int i = 0; i < 2; i++)
        {
            BigReal e = Exp(log);
            log += 2 * (m - e) / (m + e);
        }
        return log + k * Ln2;
    }

    private static BigReal Log1p(BigReal x) =>
        x.Sign == 0 || x.Magnitude < -80 ? x - x * x / 2 + x * x * x / 3 : Log(1 + x);

    // A step of Newton's from a double's digits doubles them.
    private static BigReal Refined(double start, Func<BigReal, BigReal> off) =>
        start + off(start) * Exp((BigReal)start * start) / TwoOverSqrtPi;

    private static BigReal Sqrt(BigReal x) => x.Sign == 0 ? x : Exp(Log(x) / 2);

    // The angle of (x, y), which halves when its tangent t becomes t / (1 + sqrt(1 + t^2)).
    private static BigReal Atan(BigReal y, BigReal x)
    {
        if (x.Sign < 0) return y.Sign < 0 ? Atan(-y, -x) - Pi : Pi - Atan(y, -x);
        if (y.Sign < 0) return -Atan(-y, x);
        if (x.Sign == 0 || y.ToDouble() > x.ToDouble()) return Pi / 2 - Atan(x, y);
        BigReal t = y / x;
        int halvings = t.Magnitude < -4 ? 0 : 4;
        for (int i = 0; i < halvings; i++) t /= 1 + Sqrt(1 + t * t);
        return Odd(t, -1).Scale(halvings);
    }

    // 1 - erf x for x >= 2 by the continued fraction; the number of terms gives 80 bits and more.
    private static BigReal Tail(BigReal x)
    {
        BigReal fraction = x;
        for (int n = 600; n > 0; n--) fraction = x + BigReal.One * n / 2 / fraction;
        return Exp(-(x * x)) / fraction * TwoOverSqrtPi / 2;
    }

    // sin(x + quadrant pi/2).
    private static BigReal Turn(BigReal x, int quadrant)
    {
        BigInteger n = (2 * x / Pi).Round();
        BigReal r = x - new BigReal(n, 0) * Pi / 2, z = -(r * r);
        int q = (int)((n + quadrant) & 3);
        BigReal y = (q & 1) == 0
            ? Series(r, i => z / (2 * i * (2 * i + 1)))
            : Series(BigReal.One, i => z / ((2 * i - 1) * 2 * i));
        return q < 2 ? y : -y;
    }

    // 2/sqrt(pi) e^-x^2 (x + 2/3 x^3 + 4/15 x^5 + ...): no cancellation.
    private static BigReal Erf(BigReal x) =>
        TwoOverSqrtPi * Exp(-(x * x)) * Series(x, n => 2 * x * x / (2 * n + 1));

    // artanh x for sign 1, arctan x for sign -1.
    private static BigReal Odd(BigReal x, int sign)
    {
        BigReal power = x, sum = x;
        for (int n = 3; Matters(power, sum); n += 2) sum += (power *= sign * x * x) / n;
        return sum;
    }

    // t + t q(1) + t q(1) q(2) + ...
    private static BigReal Series(BigReal term, Func<int, BigReal> ratio)
    {
        BigReal sum = term;
        for (int n = 1; Matters(term, sum); n++) sum += term *= ratio(n);
        return sum;
    }

    private static bool Matters(BigReal term, BigReal sum) => term.Sign != 0 && term.Magnitude > sum.Magnitude - 300;
}
