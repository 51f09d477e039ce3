using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// log x and log(1 + x) without a division. With x = 2^k m, m in [3/4, 3/2), and c about 1/m, log x = k ln 2 - log c + log(1 + r) with
/// r = m c - 1: P. T. P. Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic", 1990.
/// </summary>
internal static class Logarithm
{
    // log(1 + r) = r + r^2 l(r) on [-0.039, 0.0459]. What the least error, found by Lawson's iteration, leaves in the logarithm of numbers
    // that have such r is 2^-29.7 and 2^-58.4 of it.
    private static readonly PerFormat<double[]> Series = new(
        [-0.49999988079071045, 0.3333350718021393, -0.250324010848999, 0.198129341006279],
        [
            -0.4999999999999997, 0.3333333333332959, -0.2500000000032397, 0.2000000002270112, -0.16666665770793834, 0.14285670534374662,
            -0.1250086313849465, 0.11144880813310322, -0.09745033428742852,
        ]);

    // c and -log c for the sixteenth that is nearest to m, 12/16 to 24/16, by its low four bits. Around 1 they are
    // exactly 1 and 0; beside it c is a little nearer to 1 than 1/m, so that r has no larger ulp than the result. Each
    // -log c is short enough for its sum with any k ln 2 to be exact, and chosen such that c, which is rounded, is as
    // good as exact: to 2^-32 and 2^-65 (S. Gal, "Computing elementary functions: a new approach for achieving high
    // accuracy and good performance", 1986).
    private static readonly NumberTable Reciprocals = new(new(
        [
            1, 0.9557804465293884, 0.8898324370384216, 0.8423221707344055, 0.8002678155899048, 0.7610965967178345, 0.7280353307723999,
            0.697016179561615, 0.674566924571991, 1, 1, 1, 1.3081623315811157, 1.228604793548584, 1.1443995237350464, 1.0640884637832642,
        ],
        [
            1, 0.9544786143010546, 0.8899816579350952, 0.8418625502799334, 0.7985114880546433, 0.7613934188466892, 0.7275031860738969,
            0.6945546603941335, 0.6740695214457183, 1, 1, 1, 1.3080096519133848, 1.2303571946617826, 1.141727600082034, 1.0638587613646724,
        ]));
    private static readonly NumberTable Logarithms = new(new(
        [
            0, 0.04522705078125, 0.11672210693359375, 0.17159271240234375, 0.222808837890625, 0.2729949951171875, 0.31740570068359375,
            0.3609466552734375, 0.39368438720703125, 0, 0, 0, -0.26862335205078125, -0.20587921142578125, -0.13488006591796875,
            -0.0621185302734375,
        ],
        [
            0, 0.046590041199806365, 0.11655442553001194, 0.17213852001304986, 0.22500592438655076, 0.2726050785611278,
            0.31813690046305965, 0.3644844152136102, 0.3944220258435962, 0, 0, 0, -0.26850663214645465, -0.20730452938983035,
            -0.13254255395645487, -0.061902639029995044,
        ]));

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
        Real m = x.Mantissa();
        Whole nearest = Nearest(m, 0);
        return OfParts(x.Exponent(), nearest.Entry(Logarithms), Fma(m, nearest.Entry(Reciprocals), -1));
    }

    /// <summary>Logarithm to base 2 to 1 ulp, subnormal arguments included; exact at powers of two.</summary>
    public static Real Log2(Real x) => OfBase(x, InverseLn2, One);

    /// <summary>Logarithm to base 10 to 1 ulp, subnormal arguments included; exact at powers of ten.</summary>
    public static Real Log10(Real x) => OfBase(x, InverseLn10, Log10Of2);

    /// <summary>log(1 + x) to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Log1p(Real x)
    {
        // f = m - 1 rounds once, whatever 1 + x has lost.
        Real sum = x + 1, k = sum.Exponent(), scale = x.Of(1).ScaleB(-k), f = Fma(scale, x, scale - 1);
        Whole nearest = Nearest(f, 1);
        Real c = nearest.Entry(Reciprocals), y = OfParts(k, nearest.Entry(Logarithms), Fma(f, c, c - 1));
        // At the pole and at infinity f is NaN, below the pole it is less than -1; there k and the mantissa tell the result, as in log.
        return (f > -1).Select(y, k + sum.Mantissa()).WithSignOf(x);
    }

    // An integer whose low bits count the sixteenth nearest to m + rest.
    private static Whole Nearest(Real m, double rest) => (m + (m.Format.RoundingShift / NumberTable.Count + rest)).Bits;

    // k log 2 + log m, both in two parts: what is lost before the last rounding is a thousandth of it.
    private static Real OfBase(Real x, PerFormat<(double High, double Low)> scale, PerFormat<(double High, double Low)> unit)
    {
        Real k = x.Exponent();
        var (h, dh) = Power.HalfLogInTwoParts(x.Mantissa());
        var (factor, rest) = scale[x.Format];
        Real p = h * factor, dp = Fma(dh, factor, Fma(h, rest, Fma(h, factor, -p)));
        Real integer = k * unit[k.Format].High, sum = integer + p, error = p - (sum - integer);
        return (k.Abs() < double.PositiveInfinity).Select(sum + (Fma(k, unit[k.Format].Low, error) + dp), k);   // of 0 and infinity k
    }

    // k ln 2 + l, but for its low part exact, then the small terms.
    private static Real OfParts(Real k, Real l, Real r)
    {
        Real high = k.Of(Exponential.Ln2High), low = k.Of(Exponential.Ln2Low);
        return Fma(k, high, l) + Fma(r * r, r.Polynomial(Series), Fma(k, low, r));
    }
}
