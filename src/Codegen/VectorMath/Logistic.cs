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
        var (r, k) = Exponential.Reduce(x.Abs().AtMost(TanhEnd[x.Format]) * -2, x.Format.Bias);
        Real s = Exponential.PowerOfTwo(k), growth = Exponential.Growth(r);
        return (Fma(-s, growth, 1 - s) / Fma(s, growth, 1 + s)).WithSignOf(x);
    }

    /// <summary>
    /// 1 / (1 + e^-x) = c / (c + c e^-x), which the scale c keeps in range, to 2 ulp, subnormal results included. Of e^-x = s + s (e^r - 1) the
    /// power s joins c first and what that loses comes back, so that little of the rounding of e^r reaches the sum.
    /// </summary>
    public static Real Sigmoid(Real x)
    {
        int lift = (int)Lift[x.Format];
        double c = Math.ScaleB(1, lift);
        var (r, k) = Exponential.Reduce(-x.Clamp(SigmoidLow[x.Format], SigmoidHigh[x.Format]), x.Format.Bias + lift);
        Real s = Exponential.PowerOfTwo(k), sum = s + c, lost = c - (sum - s);   // exact for powers of two of any order
        return c / (sum + Fma(s, Exponential.Growth(r), lost));
    }
}
