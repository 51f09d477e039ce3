using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// log x and log(1 + x). With x = 2^k (1 + f) and 1 + f in [sqrt(1/2), sqrt 2), log x = k ln 2 + log(1 + f), and
/// log(1 + f) = 2 artanh s = f + s (z l(z) - f) with s = f / (2 + f), z = s^2: K. C. Ng, FreeBSD msun, e_log.c.
/// </summary>
internal static class Logarithm
{
    // 2 artanh s = 2 s + s z l(z). The largest error of z l / 2, made least by Remez' exchange, is 2^-30.2 and 2^-59.5.
    private static readonly PerFormat<double[]> Series = new(
        [0.6666677594184875, 0.39977577328681946, 0.29871073365211487],
        [
            0.6666666666666735, 0.39999999999410385, 0.28571428743296984, 0.2222219848186681, 0.18183569040885117,
            0.15313929639628732, 0.1479716914104689,
        ]);

    private static readonly PerFormat<long> BitsOfSqrtHalf = new(0x3F3504F3, 0x3FE6A09E667F3BCD);

    /// <summary>log x to 1 ulp, subnormal arguments included; log 1 = 0.</summary>
    public static Real Log(Real x)
    {
        var (k, m) = Split(x);
        return AbovePole(x, 0, x.Is(double.PositiveInfinity).Select(x, OfParts(k, m - 1)));
    }

    /// <summary>log(1 + x) to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Log1p(Real x)
    {
        Whole bits = Shift(x + 1);
        Real k = Exponent(bits, x.Of(0));
        // f = 2^-k x + (2^-k - 1) rounds once, whatever 1 + x has lost. Four times that, as 2^-k may be subnormal.
        FloatFormat format = x.Format;
        Real scale = (((2L * format.Bias + 2) << format.MantissaBits) - (bits & ~format.MantissaMask)).AsReal();
        Real f = Fma(x, scale, scale - 4) * 0.25;
        return AbovePole(x, -1, (x + x).Is(x).Select(x, OfParts(k, f)));   // x = 2x at zeros and infinity
    }

    /// <summary>k and m with x = 2^k m, m in [sqrt(1/2), sqrt 2), for positive finite x.</summary>
    public static (Real K, Real M) Split(Real x)
    {
        FloatFormat format = x.Format;
        int up = format.MantissaBits + 1;
        Mask subnormal = x < format.SmallestNormal;
        Whole bits = Shift(subnormal.Select(x * Math.ScaleB(1, up), x));
        Real m = ((bits & format.MantissaMask) + BitsOfSqrtHalf[format]).AsReal();
        return (Exponent(bits, subnormal.Select(x.Of(up), 0)), m);
    }

    // The bits of x, moved so that the exponent field changes at sqrt(1/2) instead of 1.
    private static Whole Shift(Real x) => x.Bits + (x.Format.One - BitsOfSqrtHalf[x.Format]);

    // The exponent field in the mantissa of 2^MantissaBits is a float at once, without an integer conversion.
    private static Real Exponent(Whole bits, Real up)
    {
        FloatFormat format = up.Format;
        double one = Math.ScaleB(1, format.MantissaBits);
        return ((bits >>> format.MantissaBits) | up.Of(one).Bits).AsReal() - (up + (one + format.Bias));
    }

    // k ln 2 + f in two parts, t + e exactly (fast two-sum, Dekker 1971), then the small terms.
    private static Real OfParts(Real k, Real f)
    {
        Real s = f / (f + 2), z = s * s;
        Real high = k.Of(Exponential.Ln2High), low = k.Of(Exponential.Ln2Low);
        Real t = Fma(k, high, f), e = f - Fma(k, -high, t);
        return t + Fma(s, Fma(z, z.Polynomial(Series), -f), Fma(k, low, e));
    }

    // y above the pole, -infinity at it, NaN below and for NaN.
    private static Real AbovePole(Real x, double pole, Real y) =>
        (x > pole).Select(y, x.Is(pole).Select(double.NegativeInfinity, x.Of(double.NaN)));
}
