using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// sinh, cosh and their inverses. The first two add and subtract e^|x| / 2 and its inverse, which overflow no earlier than the
/// result; the others are log1p of arguments that lose nothing near a zero. In float32 the inverses are computed in
/// float64 and rounded once: they are rare, and no second set of corrections is worth its code.
/// </summary>
internal static class Hyperbolic
{
    // sinh x = x + x z p(z), z = x^2 <= 1: to 2^-31.6 and 2^-61.7 by Remez' exchange.
    private static readonly PerFormat<double[]> SineSeries = new(
        [0.1666666716337204, 0.00833331048488617, 0.00019842895562760532, 2.7822131869470468e-06],
        [
            0.16666666666666669, 0.008333333333332912, 0.00019841269841593405, 2.755731910676093e-06,
            2.5052130997435598e-08, 1.6056659337675594e-10, 7.776592026502314e-13,
        ]);

    // e^x / 2 has overflowed.
    private static readonly PerFormat<double> Overflow = new(90, 711);

    // Here x^2 + 1 and x^2 - 1 have long rounded to x^2, and x^2 does not overflow yet.
    private static readonly double Large = Math.ScaleB(1, 60);

    /// <summary>sinh x to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Sinh(Real x)
    {
        Real a = x.Abs(), z = a * a, half = HalfOfExponential(a);
        Real y = (a < 1).Select(Fma(a * z, z.Polynomial(SineSeries), a), half - 0.25 / half);
        return y.WithSignOf(x);
    }

    /// <summary>cosh x to 2 ulp.</summary>
    public static Real Cosh(Real x)
    {
        Real half = HalfOfExponential(x.Abs());
        return half + 0.25 / half;
    }

    /// <summary>
    /// arsinh x = log1p(a + a^2 / (1 + sqrt(1 + a^2))), a = |x|, to 1 ulp in float32, 2 in float64; keeps the sign of zero.
    /// </summary>
    public static Real Asinh(Real x) => x.InDouble(wide =>
    {
        Real a = wide.Abs(), z = a * a;
        return Log1p(a, a + z / (1 + (1 + z).Sqrt())).WithSignOf(wide);
    });

    /// <summary>arcosh x = log1p(t + sqrt(2 t + t^2)), t = x - 1, to 1 ulp in float32, 2 in float64; NaN below 1.</summary>
    public static Real Acosh(Real x) => x.InDouble(wide =>
    {
        Real t = wide - 1;
        return (t < 0).Select(double.NaN, Log1p(wide, t + Fma(t, t, t + t).Sqrt()));
    });

    /// <summary>artanh x = log1p(2 a / (1 - a)) / 2, a = |x|, to 1 ulp in float32, 2 in float64; keeps the sign of zero.</summary>
    public static Real Atanh(Real x) => x.InDouble(wide =>
    {
        Real a = wide.Abs();
        return (Logarithm.Log1p((a + a) / (1 - a)) * 0.5).WithSignOf(wide);
    });

    // log1p(u), and log(2 a), which it tends to, where a is large.
    private static Real Log1p(Real a, Real u)
    {
        Mask large = a > Large;
        return Logarithm.Log1p(large.Select(a, u)) + large.Select(a.Of(Math.Log(2)), 0);
    }

    private static Real HalfOfExponential(Real a)
    {
        var (r, k) = Exponential.Reduce(a.AtMost(Overflow[a.Format]));
        return Exponential.OfReduced(r, 0.5).ScaleB(k);
    }
}
