using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// x^(1/3) of x = 2^3q s with s in [3/8, 3): a polynomial gives s^(-1/3) to 7 bits, steps of fourth order without
/// a division the rest, and the residual of the root's cube, which a fused multiply-add knows, the last bit.
/// </summary>
internal static class CubeRoot
{
    // Made least by Remez' exchange, the relative error is 2^-7.15.
    private static readonly double[] Seed =
        [1.8550229097674176, -1.630170945878727, 1.069967946906761, -0.34149433837208565, 0.04104148155854801];

    /// <summary>The real cube root to 1 ulp, subnormal arguments included.</summary>
    public static Real Cbrt(Real x)
    {
        Real a = x.Abs(), k = a.Exponent(), m = a.Mantissa();
        double shift = x.Format.RoundingShift + x.Format.Bias;
        Real shifted = Fma(k, 1.0 / 3, x.Of(shift)), rest = Fma(shifted - shift, -3, k);
        Real s = rest.Is(1).Select(m + m, rest.Is(-1).Select(m * 0.5, m));
        Real y = OfReduced(s) * Exponential.PowerOfTwo(shifted.Bits);
        Mask ordinary = !x.Is(0) & (x.Abs() < double.PositiveInfinity);
        return ordinary.Select(y.WithSignOf(x), x);
    }

    private static Real OfReduced(Real s)
    {
        Real y = s.Polynomial(new(Seed, Seed));   // s^(-1/3)
        for (int bits = 7; bits < s.Format.MantissaBits; bits *= 4) y = Refined(y, s);
        Real c = s * (y * y), square = c * c;     // s^(1/3), and how far its cube is from s
        Real residual = Fma(-c, Fma(c, c, -square), Fma(-c, square, s));
        return Fma(residual, y * y * (1.0 / 3), c);
    }

    // y (1 - h)^(-1/3) with h = 1 - s y^3, to the third power of h.
    private static Real Refined(Real y, Real s)
    {
        Real h = Fma(-(y * y), s * y, 1);
        return Fma(y * h, Fma(h, Fma(h, 14.0 / 81, h.Of(2.0 / 9)), h.Of(1.0 / 3)), y);
    }
}
