namespace Adjoint.SpecialFunctions;

/// <summary>
/// I_x(a, b), the regularised incomplete beta function, by the continued fraction DLMF 8.17.22 on the side of the mean where it converges
/// fast, and by a power series for small arguments.
/// </summary>
internal static class IncompleteBetaFunction
{
    private const double Tiny = 1e-300;

    /// <summary>I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1; NaN elsewhere.</summary>
    public static double Regularised(double a, double b, double x)
    {
        if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1))
            return double.NaN;
        if (x == 0 || x == 1)
            return x;
        if (b * x <= 1 && x <= 0.95)
            return Series(a, b, x, 1 - x);
        if (x <= (a + 1) / (a + b + 2))
            return Density(a, b, x, 1 - x) * Fraction(a, b, x, 1 - x);
        double y = 1 - x;
        return 1 - (a * y <= 1 && y <= 0.95 ? Series(b, a, y, x) : Density(b, a, y, x) * Fraction(b, a, y, x));
    }

    /// <summary>x^a y^b / B(a, b), the density times x y.</summary>
    public static double Density(double a, double b, double x, double y)
    {
        if (a < StirlingSeries.Start || b < StirlingSeries.Start)
            return Power(x, y, a) * Power(y, x, b) / Beta(a, b);
        // Both large: about the mean the exponents cancel but for a (log(1 + u) - u) + b (log(1 + v) - v).
        double sum = a + b, off = x <= 0.5 ? x - a / sum : b / sum - y, scale = StirlingSeries.OfLogGamma(sum) - StirlingSeries.OfLogGamma(a) - StirlingSeries.OfLogGamma(b);
        double exponent = a * IncompleteGammaFunction.Log1pLess(off * sum / a) + b * IncompleteGammaFunction.Log1pLess(-off * sum / b);
        return Math.Sqrt(a / sum * b / (2 * Math.PI)) * Math.Exp(exponent + scale);
    }

    private static double Power(double x, double y, double a) => y < 0.5 ? Math.Exp(a * Precise.Log1p(-y)) : Math.Pow(x, a);

    private static double Beta(double a, double b)
    {
        double sum = a + b;
        return sum < 170
            ? GammaFunction.Gamma(Math.Max(a, b)) / GammaFunction.Gamma(sum) * GammaFunction.Gamma(Math.Min(a, b))
            : Math.Exp(GammaFunction.LogGamma(a) + GammaFunction.LogGamma(b) - GammaFunction.LogGamma(sum));
    }

    // x^a / (a B) (1 + a sum of (1-b)(2-b)..(k-b) x^k / (k! (a+k))).
    private static double Series(double a, double b, double x, double y)
    {
        double term = 1, sum = 0;
        for (int k = 1; k < 10_000; k++)
        {
            term *= (k - b) / k * x;
            double part = term / (a + k);
            sum += part;
            if (Math.Abs(part) < 1e-17 * Math.Abs(sum + 1 / a))
                break;
        }
        return Power(x, y, a) / Beta(a, b) * (1 / a + sum);
    }

    private static double Fraction(double a, double b, double x, double y)
    {
        double c = 1, d = Inverse(1 - (a + b) * x / (a + 1)), fraction = d;
        for (int m = 1; m < 10_000; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = Inverse(1 + even * d);
            c = Kept(1 + even / c);
            fraction *= d * c;
            d = Inverse(1 + odd * d);
            c = Kept(1 + odd / c);
            double change = d * c;
            fraction *= change;
            if (Math.Abs(change - 1) < 1e-16)
                break;
        }
        return fraction / a;
    }

    private static double Inverse(double x) => 1 / Kept(x);

    private static double Kept(double x) => Math.Abs(x) < Tiny ? Tiny : x;
}
