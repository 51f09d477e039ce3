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

    // 2 / ln 2 and 2 / ln 10 in two parts; log10 2 = high + low, high so short that its product with any exponent is exact.
    private static readonly PerFormat<(double High, double Low)> InverseLn2 = new(
        (2.885390043258667, 3.851926067000022e-08), (2.8853900817779268, 4.0710547481862066e-17));
    private static readonly PerFormat<(double High, double Low)> InverseLn10 = new(
        (0.8685889840126038, -2.0206099904385155e-08), (0.8685889638065036, 2.19663930043353e-17));
    private static readonly PerFormat<(double High, double Low)> Log10Of2 = new(
        (0.301025390625, 4.605039066518657e-06), (0.3010299956640665, -8.532344317057107e-14));
    private static readonly PerFormat<(double High, double Low)> One = new((1, 0), (1, 0));

    private static readonly PerFormat<long> BitsOfSqrtHalf = new(0x3F3504F3, 0x3FE6A09E667F3BCD);

    /// <summary>log x to 1 ulp, subnormal arguments included; log 1 = 0.</summary>
    public static Real Log(Real x)
    {
        var (k, m) = Split(x);
        return AbovePole(x, 0, x.Is(double.PositiveInfinity).Select(x, OfParts(k, m - 1)));
    }

    /// <summary>Logarithm to base 2 to 1 ulp, subnormal arguments included; exact at powers of two.</summary>
    public static Real Log2(Real x) => OfBase(x, InverseLn2, One);

    /// <summary>Logarithm to base 10 to 1 ulp, subnormal arguments included; exact at powers of ten.</summary>
    public static Real Log10(Real x) => OfBase(x, InverseLn10, Log10Of2);

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

    // k log 2 + log m, both in two parts: what is lost before the last rounding is a thousandth of it.
    private static Real OfBase(Real x, PerFormat<(double High, double Low)> scale, PerFormat<(double High, double Low)> unit)
    {
        var (k, m) = Split(x);
        var (h, dh) = Power.HalfLogInTwoParts(m);
        var (factor, rest) = scale[x.Format];
        Real p = h * factor, dp = Fma(dh, factor, Fma(h, rest, Fma(h, factor, -p)));
        Real integer = k * unit[k.Format].High, sum = integer + p, error = p - (sum - integer);
        return AbovePole(x, 0, x.Is(double.PositiveInfinity).Select(x, sum + (Fma(k, unit[k.Format].Low, error) + dp)));
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
