using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>tanh x and the logistic sigmoid: quotients of exponentials, scaled so that nothing overflows.</summary>
internal static class Logistic
{
    // Past these tanh has rounded to 1 or -1; sigmoid has become 0 or rounded to 1.
    private static readonly PerFormat<double> TanhEnd = new(10, 20);
    private static readonly PerFormat<double> SigmoidLow = new(-104, -746);
    private static readonly PerFormat<double> SigmoidHigh = new(20, 40);

    // The exponent of a scale that keeps every e^x in (SigmoidLow, SigmoidHigh) a normal number.
    private static readonly PerFormat<double> Lift = new(64, 512);

    /// <summary>
    /// tanh x = (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x, to 2 ulp; keeps the sign of zero and every subnormal.
    /// </summary>
    public static Real Tanh(Real x)
    {
        var (r, k) = Exponential.Reduce(x.Abs().AtMost(TanhEnd[x.Format]) * -2, x.Format.Bias);
        Real s = Exponential.PowerOfTwo(k), growth = s * Exponential.Growth(r);
        return ((1 - s - growth) / (1 + s + growth)).WithSignOf(x);
    }

    /// <summary>
    /// 1 / (1 + e^-x) = e^x c / (e^x c + c) to 2 ulp, subnormal results included: what rounding takes from the denominator, and
    /// from the quotient, comes back in one correction.
    /// </summary>
    public static Real Sigmoid(Real x)
    {
        int lift = (int)Lift[x.Format];
        double one = Math.ScaleB(1, lift);
        var (r, k) = Exponential.Reduce(x.Clamp(SigmoidLow[x.Format], SigmoidHigh[x.Format]), x.Format.Bias + lift);
        Real odds = Exponential.OfReduced(r) * Exponential.PowerOfTwo(k), sum = odds + one;
        Real added = sum - odds, lost = odds - (sum - added) + (one - added);   // odds + one = sum + lost (Knuth 1969)
        Real inverse = 1 / sum, y = odds * inverse;
        return Fma(Fma(-y, lost, Fma(-y, sum, odds)), inverse, y);
    }
}
