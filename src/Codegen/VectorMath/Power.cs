using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>x^y = e^(y log |x|) with the logarithm in two parts, and the special cases of C99, annex F.9.4.4.</summary>
internal static class Power
{
    // 2 artanh s = 2 s (1 + z (1/3 + z p(z))). The largest error of z^2 p, made least by Remez' exchange on
    // z <= 1/25, is 2^-41.3 and 2^-68.9: y log x up to 104 and 746 lose less than 2^-34 and 2^-59.
    private static readonly PerFormat<double[]> Series = new(
        [0.19999997317790985, 0.14286231994628906, 0.11077865958213806, 0.09958779811859131],
        [
            0.19999999999999862, 0.14285714285788653, 0.11111111095625659, 0.09090910762843925, 0.0769220333182256,
            0.06670572132378334, 0.05796179202061958, 0.06285725465168049,
        ]);

    private static readonly PerFormat<double> ThirdHigh = new(0.3333333432674408, 0.3333333333333333);
    private static readonly PerFormat<double> ThirdLow = new(-9.934107758624577e-09, 1.850371707708594e-17);

    // An exponent that takes any x but 1 to zero or infinity, and 1 to 1 where infinity would give NaN.
    private static readonly double AsGoodAsInfinite = Math.ScaleB(1, 100);

    /// <summary>x^y to 2 ulp, subnormal results included.</summary>
    public static Real Pow(Real x, Real y)
    {
        Real a = x.Abs();
        Real fraction = y * 0.5 - (y * 0.5).Floor();
        Real power = Magnitude(a, y).WithSignOf(fraction.Is(0.5).Select(x, a));   // an odd power keeps the sign of x
        Mask undefined = (y.Floor() < y) & (x < 0) & (a < double.PositiveInfinity);
        return (x.Is(1) | y.Is(0)).Select(1, undefined.Select(double.NaN, power));
    }

    private static Real Magnitude(Real a, Real y)
    {
        var (log, low) = LogInTwoParts(a);
        log = a.Is(0).Select(double.NegativeInfinity, (a < double.PositiveInfinity).Select(log, a));
        y = y.Clamp(-AsGoodAsInfinite, AsGoodAsInfinite);
        Real e = y * log, clamped = Exponential.Clamp(e);
        low = clamped.Is(e).Select(Fma(y, low, Fma(y, log, -e)), 0);
        var (r, k) = Exponential.Reduce(clamped);
        return Exponential.OfReduced(r + low).ScaleB(k);
    }

    // log a = k ln 2 + 2 artanh(f / (2 + f)), about ten bits more than the format has. d marks the low part of a value
    // (Dekker, "A floating-point technique for extending the available precision", 1971).
    private static (Real High, Real Low) LogInTwoParts(Real a)
    {
        Real k = a.Exponent();
        var (h, dh) = HalfLogInTwoParts(a.Mantissa());
        Real integer = k * k.Of(Exponential.Ln2High), high = integer + (h + h), error = h + h - (high - integer);
        return (high, Fma(k, k.Of(Exponential.Ln2Low), Fma(dh, 2, error)));
    }

    /// <summary>Half of log m, m in [3/4, 3/2), to about ten bits more than the format has.</summary>
    public static (Real High, Real Low) HalfLogInTwoParts(Real m)
    {
        Real f = m - 1, inverse = 1 / (f + 2);
        Real s = f * inverse, ds = Fma(-s, f, Fma(s, -2, f)) * inverse;
        var (v, dv) = Times(s, ds, Cubic(s, ds));
        Real h = s + v;
        return (h, v - (h - s) + (ds + dv));
    }

    // z (1/3 + z p(z)), z = s^2.
    private static (Real, Real) Cubic(Real s, Real ds)
    {
        Real z = s * s, dz = Fma(s + s, ds, Fma(s, s, -z));
        Real p = z * z.Polynomial(Series), third = p.Of(ThirdHigh);
        Real t = third + p, dt = p - (t - third) + p.Of(ThirdLow);
        return Times(z, dz, (t, dt));
    }

    private static (Real, Real) Times(Real x, Real dx, (Real High, Real Low) y)
    {
        Real product = x * y.High;
        return (product, Fma(dx, y.High, Fma(x, y.Low, Fma(x, y.High, -product))));
    }
}
