namespace Adjoint.SpecialFunctions;

/// <summary>ζ(s, q), the sum of (q + k)^-s over k ≥ 0, continued to s &lt; 1 for q = 1, for kernels to call lane by lane.</summary>
internal static class ZetaFunction
{
    // Terms that are summed one by one before Euler and Maclaurin's formula takes over.
    private const int Summed = 10;

    /// <summary>Riemann's ζ(s), by its functional equation for negative s.</summary>
    public static double Riemann(double s)
    {
        if (s == 1 || double.IsNegativeInfinity(s))
            return double.NaN;
        if (s >= 0)
            return Hurwitz(s, 1);
        // 2^s π^(s-1) sin(πs/2) Γ(1-s) ζ(1-s), in the order that overflows last.
        double sine = GammaFunction.SinPi(s / 2);
        if (sine == 0)
            return 0;
        double half = Math.Pow(2 * Math.PI, 0.5 * s), gamma = GammaFunction.Gamma(1 - s);
        return double.IsInfinity(gamma)
            ? sine / Math.PI * Hurwitz(1 - s, 1) * Math.Exp(s * Math.Log(2 * Math.PI) + GammaFunction.LogGamma(1 - s))
            : half * gamma * half * (sine / Math.PI) * Hurwitz(1 - s, 1);
    }

    /// <summary>
    /// ζ(s, q) for s > 1 and q > 0; of q ≤ 0 whole, ∞, and other
    /// negative q are summed up to the positive ones where s is whole.
    /// </summary>
    public static double Hurwitz(double s, double q)
    {
        if (q <= 0)
            return q == Math.Floor(q) ? double.PositiveInfinity : s == Math.Floor(s) && q > -1e6 ? FromNegative(s, q) : double.NaN;
        if (double.IsPositiveInfinity(s))
            return q > 1 ? 0 : q == 1 ? 1 : double.PositiveInfinity;
        double sum = 0;
        for (int k = 0; k < Summed; k++)
            sum += Math.Pow(q + k, -s);
        double end = q + Summed, power = Math.Pow(end, -s);
        return sum + (power * end / (s - 1) + 0.5 * power + power * Corrections(s, end));
    }

    private static double FromNegative(double s, double q)
    {
        double sum = 0;
        for (; q < 0; q++)
            sum += Math.Pow(q, -s);
        return sum + Hurwitz(s, q);
    }

    // Sum of B₂ⱼ / (2j)! s (s+1) .. (s+2j-2) end^(1-2j), until a term no longer counts.
    private static double Corrections(double s, double end)
    {
        double factor = s / end, sum = 0;
        for (int j = 1; j <= StirlingSeries.Bernoulli.Length; j++)
        {
            factor /= 2 * j * (2 * j - 1);
            double term = StirlingSeries.Bernoulli[j - 1] * factor;
            sum += term;
            if (Math.Abs(term) < 1e-18 * Math.Abs(sum))
                break;
            factor *= (s + 2 * j - 1) * (s + 2 * j) / (end * end);
        }
        return sum;
    }
}
