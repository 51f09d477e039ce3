namespace Adjoint.SpecialFunctions;

/// <summary>ψ = (log Γ)' and its derivatives, for kernels to call lane by lane.</summary>
internal static class PolygammaFunction
{
    // The positive root of ψ in parts; the first has 31 bits, so that it is taken off exactly next to it.
    private const double Root = 1.4616321446374059, RootMiddle = 3.309564689176888e-10, RootLow = 2.0574000666111322e-26;

    // ψ(x) / (x - root) on [1, 2] in powers of x - 3/2. The relative error, made least by Remez' exchange, is 2^-54.2.
    private static readonly double[] Quotient =
    [
        0.9510558760318328, -0.4236274212814606, 0.24054248424078722, -0.14840492305388026, 0.09498872445285071, -0.061922133275545695,
        0.04076083394333477, -0.026975796657530374, 0.017907248237320723, -0.011908220154815881, 0.007927023295699442,
        -0.00527993661909373, 0.003518089065958596, -0.002345499939884625, 0.0015635007582755545, -0.0010364316390709311,
        0.0006902945733220178, -0.00048603537783348136, 0.0003258443437277251, -0.00014465579489868663, 9.33554500644844e-05,
        -0.0001783333176258905, 0.00012113005629696855,
    ];

    /// <summary>ψ(x); NaN at negative whole numbers and -∞, ∓∞ at zeros.</summary>
    public static double Digamma(double x)
    {
        if (x == 0)
            return -1 / x;
        if (x < 0)
            return x == Math.Floor(x) ? double.NaN : Digamma(1 - x) - Math.PI / TanPi(x);
        if (x >= StirlingSeries.Start)
            return Math.Log(x) - StirlingSeries.OfDigamma(x);
        double sum = x < 1 ? -1 / x : 0;
        x += x < 1 ? 1 : 0;
        for (; x > 2; x--)
            sum += 1 / (x - 1);
        return sum + NextToRoot(x);
    }

    /// <summary>The n-th derivative of ψ, n given as a double; NaN for n below 0 or not whole, ∞ or NaN at poles.</summary>
    public static double Polygamma(double n, double x)
    {
        if (n == 0)
            return Digamma(x);
        if (!(n > 0) || n != Math.Floor(n))
            return double.NaN;
        if (x <= 0 && x == Math.Floor(x))
            return n % 2 == 1 ? double.PositiveInfinity : double.NaN;
        // Below 0, (-1)^n ψ(n)(1 - x) - ψ(n)(x) = d^n/dx^n π cot(πx).
        double sign = n % 2 == 1 ? 1 : -1;
        return x > 0 ? sign * Scaled(n, x) : -Scaled(n, 1 - x) - DerivativeOfCotangent((int)Math.Min(n, 200), x);
    }

    // n! ζ(n + 1, x), which is finite where n! is not.
    private static double Scaled(double n, double x)
    {
        double factorial = GammaFunction.Gamma(n + 1);
        return double.IsFinite(factorial) ? factorial * ZetaFunction.Hurwitz(n + 1, x)
            : Math.Exp(GammaFunction.LogGamma(n + 1) + Math.Log(ZetaFunction.Hurwitz(n + 1, x)));
    }

    // d^n/dx^n π cot(πx) = π^(n+1) p(c) of c = cot(πx): p starts as c, and each derivative is -(1 + c²) p'.
    private static double DerivativeOfCotangent(int n, double x)
    {
        double[] p = [0, 1];
        for (int i = 0; i < n; i++)
        {
            var next = new double[p.Length + 1];
            for (int k = 1; k < p.Length; k++)
            {
                next[k - 1] -= k * p[k];
                next[k + 1] -= k * p[k];
            }
            p = next;
        }
        double c = 1 / TanPi(x), sum = 0;
        for (int k = p.Length - 1; k >= 0; k--)
            sum = sum * c + p[k];
        return Math.Pow(Math.PI, n + 1) * sum;
    }

    private static double NextToRoot(double x)
    {
        double t = x - 1.5, sum = 0;
        for (int i = Quotient.Length - 1; i >= 0; i--)
            sum = sum * t + Quotient[i];
        return (x - Root - RootMiddle - RootLow) * sum;
    }

    private static double TanPi(double x) => Math.Tan(Math.PI * (x - Math.Round(x)));
}
