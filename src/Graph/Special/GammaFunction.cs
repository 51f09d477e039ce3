namespace Adjoint.SpecialFunctions;

/// <summary>Γ and its logarithm to a few units of the last place, for kernels to call lane by lane.</summary>
internal static class GammaFunction
{
    private const double EulerGamma = 0.5772156649015329;

    // (-1)^k (ζ(k) - 1) / k from k = 2: |z| <= 1/2 times 1/2 to the 28th is nothing.
    private static readonly double[] TaylorTail = [.. Enumerable.Range(2, 27)
        .Select(k => (k % 2 == 0 ? 1 : -1) * ZetaFunction.Hurwitz(k, 2) / k)];

    private static readonly double RootOfTwoPi = Math.Sqrt(2 * Math.PI);

    /// <summary>Γ(x); NaN at negative whole numbers and -∞, ±∞ at zeros.</summary>
    public static double Gamma(double x)
    {
        if (x == 0)
            return 1 / x;
        if (x < 0)
            return x == Math.Floor(x) ? double.NaN : Reflected(-x);
        if (x < 0.5)
            return Math.Exp(NextToOne(x)) / x;
        if (x >= StirlingSeries.Start)
            return x > 172 ? double.PositiveInfinity : OfLarge(x);
        double product = 1;
        for (; x >= 2.5; x--)
            product *= x - 1;
        return product * Math.Exp(x < 1.5 ? NextToOne(x - 1) : NextToTwo(x - 2));
    }

    /// <summary>log |Γ(x)|; ∞ at zero, negative whole numbers and infinities.</summary>
    public static double LogGamma(double x)
    {
        if (double.IsInfinity(x) || (x <= 0 && x == Math.Floor(x)))
            return double.PositiveInfinity;
        if (x < 0)
            return Math.Log(Math.PI / Math.Abs(x * SinPi(x))) - LogGamma(-x);
        if (x < 0.5)
            return NextToOne(x) - Math.Log(x);
        if (x < 1.5)
            return NextToOne(x - 1);
        if (x >= StirlingSeries.Start)
            return (x - 0.5) * (Math.Log(x) - 1) + (0.5 * Math.Log(2 * Math.PI) - 0.5) + StirlingSeries.OfLogGamma(x);
        double product = 1;
        for (; x >= 2.5; x--)
            product *= x - 1;
        return Math.Log(product) + NextToTwo(x - 2);
    }

    /// <summary>log Γ(1 + z) for |z| up to 1/2, with all digits for small z.</summary>
    public static double NextToOne(double z) => z * (1 - EulerGamma) - Precise.Log1p(z) + Tail(z);

    /// <summary>sin(πx), whole numbers taken off first.</summary>
    public static double SinPi(double x)
    {
        double n = Math.Round(x), sine = Math.Sin(Math.PI * (x - n));
        return n % 2 == 0 ? sine : -sine;
    }

    private static double NextToTwo(double w) => w * (1 - EulerGamma) + Tail(w);

    private static double Tail(double z)
    {
        double sum = 0;
        for (int i = TaylorTail.Length - 1; i >= 0; i--)
            sum = sum * z + TaylorTail[i];
        return sum * z * z;
    }

    // e^-x x^(x-1/2) √2π e^series, the power in two halves because it overflows before the product does.
    private static double OfLarge(double x)
    {
        double half = Math.Pow(x, 0.5 * x - 0.25);
        return half * Math.Exp(-x) * half * (RootOfTwoPi * Math.Exp(StirlingSeries.OfLogGamma(x)));
    }

    // Γ(-y) = -π / (y sin(πy) Γ(y)).
    private static double Reflected(double y)
    {
        double factor = -Math.PI / (y * SinPi(y));
        if (y < 150)
            return factor / Gamma(y);
        double half = Math.Pow(y, 0.5 * y - 0.25);
        return double.IsInfinity(half) ? 0 : factor / half * Math.Exp(y - StirlingSeries.OfLogGamma(y)) / RootOfTwoPi / half;
    }
}
