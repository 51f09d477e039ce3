using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>tanh x and the logistic sigmoid: quotients of exponentials, scaled so that nothing overflows.</summary>
internal static class Logistic
{
    // Past these tanh has rounded to 1 or -1; sigmoid has become 0 or rounded to 1.
    private static readonly PerFormat<double> TanhEnd = new(10, 20);
    private static readonly PerFormat<double> SigmoidLow = new(-104, -746);
    private static readonly PerFormat<double> SigmoidHigh = new(20, 40);

    // The exponent of a scale that keeps every e^-x of an x in (SigmoidLow, SigmoidHigh) a normal number.
    private static readonly PerFormat<double> Lift = new(-64, -512);

    /// <summary>
    /// tanh x = (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x, to 2 ulp; keeps the sign of zero and every subnormal.
    /// </summary>
    public static Real Tanh(Real x)
    {
        // e^-2a = s (1 - 2 h): both sums are of 1, s and 2 s h, products with powers of two that round nothing.
        var (r, k) = Exponential.Reduce(x.Abs().AtMost(TanhEnd[x.Format]), x.Format.Bias + 1, factor: -2);
        Real twice = Exponential.PowerOfTwo(k), growth = twice * Exponential.Growth(r, factor: -2);
        return ((Fma(twice, -0.5, 1) + growth) / (Fma(twice, 0.5, 1) - growth)).WithSignOf(x);
    }

    /// <summary>
    /// 1 / (1 + e^-x) = c / (c + c e^-x), which the scale c keeps in range, to 2 ulp, subnormal results included. Of
    /// e^-x = s - s (1 - e^-r) the power s joins c first and what that loses comes back, so that little of the rounding of e^-r reaches
    /// the sum.
    /// </summary>
    public static Real Sigmoid(Real x)
    {
        int lift = (int)Lift[x.Format];
        double c = Math.ScaleB(1, lift);
        x = x.Clamp(SigmoidLow[x.Format], SigmoidHigh[x.Format]);
        var (r, k) = Exponential.Reduce(x, Exponential.NegativeBias(x.Format) + lift, factor: -1);
        Real minus = Exponential.PowerOfTwo(k), sum = c - minus, lost = c - (sum + minus);   // exact for powers of two of any order
        return c / (sum + Fma(minus, Exponential.Growth(r, factor: -1), lost));
    }
}
