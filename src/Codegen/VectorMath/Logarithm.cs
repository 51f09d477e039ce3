using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// log x and log(1 + x). With x = 2^k (1 + f) and 1 + f in [3/4, 3/2), log x = k ln 2 + log(1 + f), and
/// log(1 + f) = 2 artanh s = f + s (z l(z) - f) with s = f / (2 + f), z = s^2: K. C. Ng, FreeBSD msun, e_log.c.
/// </summary>
internal static class Logarithm
{
    // 2 artanh s = 2 s + s z l(z). The largest error of z l / 2, made least by Remez' exchange, is 2^-28.4 and 2^-61.6.
    private static readonly PerFormat<double[]> Series = new(
        [0.666669487953186, 0.3995768129825592, 0.3036366105079651],
        [
            0.666666666666666, 0.4000000000005664, 0.28571428555841477, 0.22222224293933013, 0.18181666101872515,
            0.15391102172273993, 0.1317380621198515, 0.13841307464854802,
        ]);

    // 2 / ln 2 and 2 / ln 10 in two parts; log10 2 = high + low, high so short that its product with any exponent is exact.
    private static readonly PerFormat<(double High, double Low)> InverseLn2 = new(
        (2.885390043258667, 3.851926067000022e-08), (2.8853900817779268, 4.0710547481862066e-17));
    private static readonly PerFormat<(double High, double Low)> InverseLn10 = new(
        (0.8685889840126038, -2.0206099904385155e-08), (0.8685889638065036, 2.19663930043353e-17));
    private static readonly PerFormat<(double High, double Low)> Log10Of2 = new(
        (0.301025390625, 4.605039066518657e-06), (0.3010299956640665, -8.532344317057107e-14));
    private static readonly PerFormat<(double High, double Low)> One = new((1, 0), (1, 0));

    /// <summary>log x to 1 ulp, subnormal arguments included; log 1 = 0.</summary>
    public static Real Log(Real x)
    {
        // What k and m are of 0, infinity, numbers below 0 and NaN makes the sum the logarithm of those, too.
        return OfParts(x.Exponent(), x.Mantissa() - 1);
    }

    /// <summary>Logarithm to base 2 to 1 ulp, subnormal arguments included; exact at powers of two.</summary>
    public static Real Log2(Real x) => OfBase(x, InverseLn2, One);

    /// <summary>Logarithm to base 10 to 1 ulp, subnormal arguments included; exact at powers of ten.</summary>
    public static Real Log10(Real x) => OfBase(x, InverseLn10, Log10Of2);

    /// <summary>log(1 + x) to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Log1p(Real x)
    {
        Real k = (x + 1).Exponent();
        // f = 2^-k x + (2^-k - 1) rounds once, whatever 1 + x has lost.
        Real f = x.ScaleB(-k) + (x.Of(1).ScaleB(-k) - 1);
        return AbovePole(x, -1, (x + x).Is(x).Select(x, OfParts(k, f)));   // x = 2x at zeros and infinity
    }

    // k log 2 + log m, both in two parts: what is lost before the last rounding is a thousandth of it.
    private static Real OfBase(Real x, PerFormat<(double High, double Low)> scale, PerFormat<(double High, double Low)> unit)
    {
        Real k = x.Exponent();
        var (h, dh) = Power.HalfLogInTwoParts(x.Mantissa());
        var (factor, rest) = scale[x.Format];
        Real p = h * factor, dp = Fma(dh, factor, Fma(h, rest, Fma(h, factor, -p)));
        Real integer = k * unit[k.Format].High, sum = integer + p, error = p - (sum - integer);
        return AbovePole(x, 0, x.Is(double.PositiveInfinity).Select(x, sum + (Fma(k, unit[k.Format].Low, error) + dp)));
    }

    // k ln 2 + f in two parts, t + e exactly (fast two-sum, Dekker 1971), then the small terms. Where k is infinite f is 0, and e must be.
    private static Real OfParts(Real k, Real f)
    {
        Real s = f / (f + 2), z = s * s;
        Real high = k.Of(Exponential.Ln2High), low = k.Of(Exponential.Ln2Low);
        Real t = Fma(k, high, f), e = f.Is(0).Select(0, f - Fma(k, -high, t));
        return t + Fma(s, Fma(z, z.Polynomial(Series), -f), Fma(k, low, e));
    }

    // y above the pole, -infinity at it, NaN below and for NaN.
    private static Real AbovePole(Real x, double pole, Real y) =>
        (x > pole).Select(y, x.Is(pole).Select(double.NegativeInfinity, x.Of(double.NaN)));
}
