using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// e^x and e^x - 1. Reduction after Cody and Waite, "Software Manual for the Elementary Functions", 1980:
/// e^x = 2^k e^r with k = round(x / ln 2) and r = x - k ln 2, so that |r| is at most ln(2)/2.
/// </summary>
internal static class Exponential
{
    /// <summary>ln 2 = high + low; high is so short that its product with any exponent is exact.</summary>
    public static readonly PerFormat<double> Ln2High = new(0.693145751953125, 0.6931471805598903);

    /// <inheritdoc cref="Ln2High"/>
    public static readonly PerFormat<double> Ln2Low = new(1.428606765330187e-06, 5.497923018708371e-14);

    // e^r = 1 + r + r^2 q(r). The largest error of r q on |r| <= ln(2)/2, made least by Remez' exchange, is 2^-26.1
    // and 2^-55.6: in e^r that is 2^-27.6 and 2^-57.1.
    private static readonly PerFormat<double[]> Quotient = new(
        [0.5, 0.1666654348373413, 0.041666433215141296, 0.008366554975509644, 0.001393792568705976],
        [
            0.5000000000000006, 0.16666666666666685, 0.04166666666657335, 0.008333333333315117, 0.001388888893251441,
            0.0001984126990190693, 2.4801504245884422e-05, 2.7557228943923147e-06, 2.7626417239621184e-07,
            2.5114164257814163e-08,
        ]);

    // Past these the result is zero or infinity.
    private static readonly PerFormat<double> Underflow = new(-104, -746);
    private static readonly PerFormat<double> Overflow = new(89, 710);

    // Below this e^x - 1 has rounded to -1; closer to 0 than that, x^2/2 is lost against x.
    private static readonly PerFormat<double> RoundsToMinusOne = new(-18, -38);
    private static readonly PerFormat<double> RoundsToItself = new(Math.ScaleB(1, -25), Math.ScaleB(1, -54));

    /// <summary>e^x to 1 ulp, subnormal results included; e^0 = 1.</summary>
    public static Real Exp(Real x)
    {
        x = AtMostOverflow(x);
        var (r, k) = Reduce(x);
        return OrZero(x, OfReduced(r).ScaleB(k));
    }

    /// <summary>2^x to 1 ulp, subnormal results included; exact for a whole x.</summary>
    public static Real Exp2(Real x)
    {
        x = x.Clamp(-x.Format.Bias - x.Format.MantissaBits - 2, x.Format.Bias + 1);
        double shift = x.Format.RoundingShift;
        Real k = x + shift - shift;
        return OfReduced((x - k) * Math.Log(2)).ScaleB(k);
    }

    /// <summary>e^x - 1 to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Expm1(Real x)
    {
        // Half of it, s (e^r - 1) + (s - 1/2) with s = 2^(k-1): 2^k itself overflows before the result does.
        var (r, k) = Reduce(x.Clamp(RoundsToMinusOne[x.Format], Overflow[x.Format]), x.Format.Bias - 1);
        Real s = PowerOfTwo(k), half = ScaledGrowth(s, r, s - 0.5);
        return (x.Abs() < x.Of(RoundsToItself)).Select(x, half + half);
    }

    /// <summary>x, brought to where e^x has just become 0 or infinity if it lies beyond.</summary>
    public static Real Clamp(Real x) => x.Clamp(Underflow[x.Format], Overflow[x.Format]);

    /// <summary>x, brought to where e^x has just become infinity if it is larger.</summary>
    public static Real AtMostOverflow(Real x) => x.IsNotPositive ? x : x.AtMost(Overflow[x.Format]);

    /// <summary>
    /// y, or 0 where e^x is: results that vanish by themselves take many processors a hundred cycles, results that are not asked for none,
    /// and what is hidden by a mask is often -1e9 or less.
    /// </summary>
    public static Real OrZero(Real x, Real y) => (!(x < Underflow[x.Format])).Select(y, 0);

    /// <summary>r = x - k ln 2, and k.</summary>
    public static (Real R, Real K) Reduce(Real x)
    {
        double shift = x.Format.RoundingShift;
        Real k = Fma(x, 1 / Math.Log(2), x.Of(shift)) - shift;
        return (Rest(x, k), k);
    }

    /// <summary>
    /// Of e^(factor x): r = x - k ln 2 / factor with k = round(factor x / ln 2), and an integer whose low mantissa-many bits are k + bias.
    /// A factor that is a power of two, of either sign, costs nothing.
    /// </summary>
    public static (Real R, Whole Biased) Reduce(Real x, long bias, double factor = 1)
    {
        double shift = x.Format.RoundingShift + bias;
        Real shifted = Fma(x, factor / Math.Log(2), x.Of(shift));
        return (Rest(x, shifted - shift, factor), shifted.Bits);
    }

    private static Real Rest(Real x, Real k, double factor = 1) =>
        Fma(k, -Ln2Low[x.Format] / factor, Fma(k, -Ln2High[x.Format] / factor, x));

    /// <summary>A constant multiple of e^r, r reduced, which costs no more than e^r.</summary>
    public static Real OfReduced(Real r, double factor = 1) =>
        Fma(Fma(r.Polynomial(Quotient, factor), r, factor), r, factor);

    /// <summary>e^r, and e^r - 1 with more of its digits.</summary>
    public static (Real Power, Real Growth) OfReducedWithGrowth(Real r)
    {
        Real slope = Fma(r.Polynomial(Quotient), r, 1);
        return (Fma(slope, r, 1), slope * r);
    }

    /// <summary>
    /// s (e^r - 1) + c for a reduced argument, with the parts added in order of size, so that cancellation between
    /// s r and c costs nothing.
    /// </summary>
    public static Real ScaledGrowth(Real s, Real r, Real c) => Fma(s * (r * r), r.Polynomial(Quotient), Fma(s, r, c));

    /// <summary>(e^(factor r) - 1) / factor of a reduced argument.</summary>
    public static Real Growth(Real r, double factor) => Fma(r * r, r.Polynomial(Quotient, factor, scale: factor), r);

    /// <summary>The bias of -2^k: the bit above the exponent field is the sign.</summary>
    public static long NegativeBias(FloatFormat format) => format.Bias + 2 * (format.Bias + 1);

    /// <summary>2^k from k + bias in the low bits, or -2^k.</summary>
    public static Real PowerOfTwo(Whole biased) => (biased << biased.Format.MantissaBits).AsReal();
}
