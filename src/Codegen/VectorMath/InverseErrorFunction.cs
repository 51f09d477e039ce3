using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// The inverses of erf and erfc: a polynomial in w = -log((1 - x)(1 + x)), or in w^(-1/2) where that is large, gives six digits, and one
/// step of fourth order on erf or, past 1/2, on erfc the rest. In float32 they are computed in float64 and rounded once.
/// </summary>
internal static class InverseErrorFunction
{
    // erfinv(x) / x in w up to 5: 2^-21.8. Beyond, erfinv(x) - sqrt(w) in powers of w^(-1/2), down to the least normal 1 - |x|: 2^-20.8.
    private static readonly double[] Central =
    [
        0.8862266883737332, 0.23202137098322909, 0.011509260013874492, -0.002256747237292049, -0.00020278182447376446,
        8.512276593754943e-05, -8.70972075202598e-06, 3.156473552411829e-07,
    ];

    private static readonly double[] Far =
    [
        -0.007851168966952116, -1.751145048604367, 12.784317947750546, -87.6784227700594, 475.3354801553072, -1801.9123331851079,
        4563.983178721079, -7332.150807343048, 6738.740683381788, -2694.9327862419727,
    ];

    // e^(y^2) overflows beyond; 1 - |x| is subnormal there.
    private const double LargestSquare = 709;

    /// <summary>y with erf y = x, to 4 ulp; ±∞ at ±1, NaN beyond; keeps the sign of zero.</summary>
    public static Real Erfinv(Real x) => x.InDouble(wide =>
    {
        Real a = wide.Abs();
        return OfComplement(a, 1 - a).WithSignOf(wide);
    });

    /// <summary>y with erfc y = q, to 4 ulp; ∞ at 0, -∞ at 2, NaN beyond.</summary>
    public static Real Erfcinv(Real q) => q.InDouble(wide =>
    {
        Mask above = wide > 1;
        Real small = above.Select(2 - wide, wide), a = above.Select(wide - 1, 1 - wide);
        Real y = OfComplement(a, small);
        return above.Select(-y, y);
    });

    // erfinv(a) for 0 <= a = 1 - q: whichever of the two has more digits is used.
    private static Real OfComplement(Real a, Real q)
    {
        Real w = -Logarithm.Log(q * (1 + a)), root = w.AtLeast(0.01).Sqrt();
        Real seed = (w < 5).Select(a * w.Polynomial(new(Central, Central)), root + (1 / root).Polynomial(new(Far, Far)));
        Real off = (a < 0.5).Select(a - ErrorFunction.Erf(seed), ErrorFunction.Erfc(seed) - q);
        Real e = off * Exponential.Exp((seed * seed).AtMost(LargestSquare)) * (Math.Sqrt(Math.PI) / 2);
        // The inverse's Taylor series: y + e + y e^2 + (1 + 4 y^2) e^3 / 3.
        Real cubic = Fma(seed * seed, 4.0 / 3, seed.Of(1.0 / 3));
        Real y = seed + e * Fma(e, Fma(e, cubic, seed), 1);
        Real end = q.Is(0).Select(double.PositiveInfinity, y.Of(double.NaN));
        return a.Is(0).Select(a, (q > 0).Select(y, end));
    }
}
