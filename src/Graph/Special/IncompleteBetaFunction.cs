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
        var (low, high) = (new Part(x, 0), Part.Rest(x));
        if (b * x <= 1 && x <= 0.95)
            return Series(a, b, low);
        if (x <= (a + 1) / (a + b + 2))
            return Density(a, b, low, high) * Fraction(a, b, x);
        double y = high.Value;
        return 1 - (a * y <= 1 && y <= 0.95 ? Series(b, a, high) : Density(b, a, high, low) * Fraction(b, a, y));
    }

    /// <summary>A part of 1 with what its rounding cut off: powers of it keep their digits, however large the exponent.</summary>
    private readonly record struct Part(double Value, double Lost)
    {
        /// <summary>1 - x.</summary>
        public static Part Rest(double x) => new(1 - x, 1 - (1 - x) - x);

        /// <summary>(value + lost)^a.</summary>
        public double Pow(double a) =>
            Math.Pow(Value, a) is var power && Lost == 0 ? power : power * Math.Exp(a * Precise.Log1p(Lost / Value));
    }

    /// <summary>x^a y^b / B(a, b), the density times x y.</summary>
    private static double Density(double a, double b, Part p, Part q)
    {
        var (x, y) = (p.Value, q.Value);
        if (a < StirlingSeries.Start || b < StirlingSeries.Start)
            return p.Pow(a) * q.Pow(b) / Beta(a, b);
        // Both large: about the mean the exponents cancel but for a (log(1 + u) - u) + b (log(1 + v) - v).
        double sum = a + b, off = x <= 0.5 ? x - a / sum : b / sum - y,
            scale = StirlingSeries.OfLogGamma(sum) - StirlingSeries.OfLogGamma(a) - StirlingSeries.OfLogGamma(b);
        double exponent = a * IncompleteGammaFunction.Log1pLess(off * sum / a) + b * IncompleteGammaFunction.Log1pLess(-off * sum / b);
        return Math.Sqrt(a / sum * b / (2 * Math.PI)) * Math.Exp(exponent + scale);
    }

    private static double Beta(double a, double b)
    {
        double sum = a + b;
        return sum < 170
            ? GammaFunction.Gamma(Math.Max(a, b)) / GammaFunction.Gamma(sum) * GammaFunction.Gamma(Math.Min(a, b))
            : Math.Exp(GammaFunction.LogGamma(a) + GammaFunction.LogGamma(b) - GammaFunction.LogGamma(sum));
    }

    // x^a / (a B) (1 + a sum of (1-b)(2-b)..(k-b) x^k / (k! (a+k))).
    private static double Series(double a, double b, Part p)
    {
        double x = p.Value;
        double term = 1, sum = 0;
        for (int k = 1; k < 10_000; k++)
        {
            term *= (k - b) / k * x;
            double part = term / (a + k);
            sum += part;
            if (Math.Abs(part) < 1e-17 * Math.Abs(sum + 1 / a))
                break;
        }
        return p.Pow(a) / Beta(a, b) * (1 / a + sum);
    }

    // From the front until it has converged, which tells how far to go; then from there back, where errors do not add up.
    private static double Fraction(double a, double b, double x)
    {
        double Even(int m) => m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double Odd(int m) => -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        int last = 1;
        double c = 1, d = Inverse(1 + Odd(0));
        for (; last < 10_000; last++)
        {
            d = Inverse(1 + Even(last) * d);
            c = Kept(1 + Even(last) / c);
            d = Inverse(1 + Odd(last) * d);
            c = Kept(1 + Odd(last) / c);
            if (Math.Abs(d * c - 1) < 1e-16)
                break;
        }
        double fraction = 1;
        for (int m = last; m > 0; m--)
            fraction = Kept(1 + Even(m) / Kept(1 + Odd(m) / fraction));
        return 1 / Kept(1 + Odd(0) / fraction) / a;
    }

    private static double Inverse(double x) => 1 / Kept(x);

    private static double Kept(double x) => Math.Abs(x) < Tiny ? Tiny : x;
}
