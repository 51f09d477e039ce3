namespace Adjoint.SpecialFunctions;

/// <summary>
/// P(a, x) = γ(a, x) / Γ(a) and Q = 1 - P, each computed directly where it is the smaller one. The choice of expansions is W. Gautschi's,
/// "A Computational Procedure for Incomplete Gamma Functions", ACM TOMS 5(4), 1979.
/// </summary>
internal static class IncompleteGammaFunction
{
    private const double Small = 1e-17;
    private const int Limit = 100_000;

    /// <summary>P(a, x); NaN for a or x below 0.</summary>
    public static double Lower(double a, double x)
    {
        if (!(x >= 0) || !(a >= 0) || (a == 0 && x == 0) || (double.IsInfinity(a) && double.IsInfinity(x)))
            return double.NaN;
        if (x == 0 || double.IsInfinity(a))
            return 0;
        if (a == 0 || double.IsInfinity(x))
            return 1;
        return x > 1 && x > a ? 1 - Upper(a, x) : Series(a, x);
    }

    /// <summary>Q(a, x); NaN for a or x below 0.</summary>
    public static double Upper(double a, double x)
    {
        if (!(x >= 0) || !(a >= 0) || (a == 0 && x == 0) || (double.IsInfinity(a) && double.IsInfinity(x)))
            return double.NaN;
        if (x == 0 || double.IsInfinity(a))
            return 1;
        if (a == 0 || double.IsInfinity(x))
            return 0;
        if (x > 1.1)
            return x < a ? 1 - Series(a, x) : Fraction(a, x);
        bool lowerIsLess = x <= 0.5 ? -0.4 / Math.Log(x) < a : 1.1 * x < a;
        return lowerIsLess ? 1 - Series(a, x) : SeriesOfUpper(a, x);
    }

    /// <summary>x^a e^-x / Γ(a), the density times x.</summary>
    public static double Density(double a, double x)
    {
        if (a < 0.5)
            return a * Math.Exp(a * Math.Log(x) - GammaFunction.NextToOne(a)) * Math.Exp(-x);
        if (a < StirlingSeries.Start)
            return Math.Pow(x, a) * Math.Exp(-x) / GammaFunction.Gamma(a);
        // √(a / 2π) (x / a)^a e^(a - x): next to a, x = a (1 + d) and the exponent a (log(1 + d) - d) is small; elsewhere in two halves.
        double d = (x - a) / a, scale = Math.Sqrt(a / (2 * Math.PI)) * Math.Exp(-StirlingSeries.OfLogGamma(a));
        if (Math.Abs(d) < 0.4)
            return scale * Math.Exp(a * Log1pLess(d));
        double half = Math.Pow(x / a, 0.5 * a), tilt = Math.Exp(0.5 * (a - x));
        return scale * (half * tilt) * (half * tilt);
    }

    /// <summary>log(1 + d) - d, with all digits for small d.</summary>
    public static double Log1pLess(double d)
    {
        if (Math.Abs(d) > 0.4)
            return Precise.Log1p(d) - d;
        // log(1 + d) = 2 artanh s, s = d / (2 + d), and 2 s - d = -s d.
        double s = d / (2 + d), z = s * s, power = s * z, sum = 0;
        for (int k = 3; Math.Abs(power) > Small * Math.Abs(s * d); k += 2, power *= z)
            sum += power / k;
        return 2 * sum - s * d;
    }

    // P = density / a (1 + x/(a+1) + x²/((a+1)(a+2)) + ..), DLMF 8.11.4.
    private static double Series(double a, double x)
    {
        double term = 1, sum = 1;
        for (int n = 1; n < Limit && term > Small * sum; n++)
            sum += term *= x / (a + n);
        return Density(a, x) / a * sum;
    }

    // Q = density / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ..)), DLMF 8.9.2, by Lentz's algorithm.
    private static double Fraction(double a, double x)
    {
        const double Tiny = 1e-300;
        double b = x + 1 - a, c = 1 / Tiny, d = 1 / b, fraction = d;
        for (int n = 1; n < Limit; n++)
        {
            double numerator = n * (a - n);
            b += 2;
            d = numerator * d + b;
            c = b + numerator / c;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = Math.Abs(c) < Tiny ? Tiny : c;
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16)
                break;
        }
        return Density(a, x) * fraction;
    }

    // Q = (1 - p) - p sum of a (-x)^k / (k! (a + k)) with p = x^a / Γ(1 + a), which is next to 1 for small a.
    private static double SeriesOfUpper(double a, double x)
    {
        double term = 1, sum = 0, log = a * Math.Log(x) - (a < 0.5 ? GammaFunction.NextToOne(a) : GammaFunction.LogGamma(a + 1));
        for (int k = 1; k < 60; k++)
            sum += (term *= -x / k) / (a + k);
        return -Precise.Expm1(log) - Math.Exp(log) * a * sum;
    }
}
