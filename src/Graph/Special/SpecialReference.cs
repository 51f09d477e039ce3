using static Adjoint.SpecialFunctions.TwoDoubles;

namespace Adjoint.SpecialFunctions;

/// <summary>
/// Special functions by definitions and series in 32 digits, none of which kernels use in that form: the truth of the reference executor.
/// Formula numbers are those of the NIST Digital Library of Mathematical Functions.
/// </summary>
internal static class SpecialReference
{
    private const double Far = 40;

    /// <summary>log |Γ(x)|: 5.11.1 far out, 5.5.1 and 5.5.3 elsewhere.</summary>
    public static double LogGamma(double x) =>
        double.IsInfinity(x) || (x <= 0 && x == Math.Floor(x)) ? double.PositiveInfinity
        : x is 1 or 2 ? 0 : (double)LogOfGamma(x);

    /// <summary>Γ(x), the exponential of its logarithm with the sign that 5.5.3 gives.</summary>
    public static double Gamma(double x)
    {
        if (x == 0)
            return 1 / x;
        if (x < 0 && x == Math.Floor(x))
            return double.NaN;
        double size = double.IsInfinity(x) ? x : (double)Exp(LogOfGamma(x));
        return x < 0 && Math.Floor(x) % 2 != 0 ? -size : size;
    }

    /// <summary>ψ(x): 5.11.2 far out, 5.5.2 and 5.5.4 elsewhere.</summary>
    public static double Digamma(double x)
    {
        if (x == 0)
            return -1 / x;
        if (double.IsNaN(x) || double.IsInfinity(x))
            return x > 0 ? x : double.NaN;
        if (x < 0)
            return x == Math.Floor(x) ? double.NaN : (double)(DigammaOf(-(TwoDoubles)x) + 1 / -(TwoDoubles)x - Pi / TanPi(x));
        return (double)DigammaOf(x);
    }

    /// <summary>The n-th derivative of ψ: 5.15.1, and 5.15.5 from negative x up.</summary>
    public static double Polygamma(int n, double x)
    {
        if (n == 0)
            return Digamma(x);
        if (x <= 0 && x == Math.Floor(x))
            return n % 2 == 1 ? double.PositiveInfinity : double.NaN;
        TwoDoubles sum = 0, at = x, factorial = 1;
        for (int k = 2; k <= n; k++)
            factorial *= k;
        for (; at.High < 0; at += 1)
            sum += 1 / Whole(at, n + 1);
        return (double)((n % 2 == 1 ? 1 : -1) * factorial * (sum + Sum(n + 1, at)));
    }

    /// <summary>ζ(s, q) for s > 1, q > 0: 25.11.3 with Euler and Maclaurin's correction.</summary>
    public static double Hurwitz(double s, double q) =>
        !(q > 0) || !(s > 1) || double.IsInfinity(s) || double.IsInfinity(q) ? ZetaFunction.Hurwitz(s, q) : (double)Sum(s, q);

    /// <summary>ζ(s): 25.2.1, or 25.4.2 for negative s.</summary>
    public static double Riemann(double s)
    {
        if (s == 1 || double.IsNaN(s) || double.IsInfinity(s))
            return ZetaFunction.Riemann(s);
        if (s >= 0)
            return (double)Sum(s, 1);
        return (double)(Pow(2 * Pi, s) * SinPi(s / 2) / Pi * Exp(LogOfGamma(1 - (TwoDoubles)s)) * Sum(1 - (TwoDoubles)s, 1));
    }

    /// <summary>e^-|x| times I of order 0 or 1, or I itself: 10.25.2, whose terms are all positive.</summary>
    public static double Bessel(int order, double x, bool scaled)
    {
        if (!(Math.Abs(x) < 2000))
            return double.IsNaN(x) ? x : scaled
            ? Math.CopySign(1 / Math.Sqrt(2 * Math.PI * Math.Abs(x)), order == 1 ? x : 1) : order == 1
            ? x * double.PositiveInfinity : double.PositiveInfinity;
        TwoDoubles z = 0.25 * ((TwoDoubles)x * x), log = scaled ? -Math.Abs(x) : 0, term = order == 0 ? 1 : 0.5 * (TwoDoubles)x, sum = term;
        double lifted = 0;
        for (int k = 1; Math.Abs(term.High) > 1e-33 * Math.Abs(sum.High); k++)
        {
            sum += term = term * z / ((double)k * (k + order));
            if (Math.Abs(sum.High) > 1e200)
                (sum, term, lifted) = (sum * Math.ScaleB(1, -600), term * Math.ScaleB(1, -600), lifted + 600);
        }
        return sum.High == 0 ? sum.High : Math.Sign(sum.High) * (double)Exp(Log(sum.High < 0 ? -sum : sum) + lifted * Ln2 + log);
    }

    /// <summary>P(a, x) or Q(a, x), for a and x > 0: 8.11.4, or 8.9.2 past the mean.</summary>
    public static double IncompleteGamma(double a, double x, bool upper)
    {
        if (!(x > 0) || !(a > 0) || double.IsInfinity(x) || double.IsInfinity(a))
            return upper ? IncompleteGammaFunction.Upper(a, x) : IncompleteGammaFunction.Lower(a, x);
        TwoDoubles density = Exp(a * Log(x) - x - LogOfGamma(a));
        bool past = x > a + 1 && x > 2;
        TwoDoubles part = past ? density * GammaFraction(a, x) : density * GammaSeries(a, x);
        return (double)(past == upper ? part : 1 - part);
    }

    /// <summary>I_x(a, b) inside its domain: 8.17.8, whose terms are all positive, on the near side of the mean.</summary>
    public static double IncompleteBeta(double a, double b, double x)
    {
        if (!(a > 0) || !(b > 0) || !(x > 0) || !(x < 1))
            return IncompleteBetaFunction.Regularised(a, b, x);
        TwoDoubles y = 1 - (TwoDoubles)x;
        bool near = x <= (a + 1) / (a + b + 2);
        TwoDoubles log = a * Log(x) + b * Log(y) + LogOfGamma(a + (TwoDoubles)b) - LogOfGamma(a) - LogOfGamma(b);
        TwoDoubles part = Exp(log) * (near ? BetaSeries(a, b, x) : BetaSeries(b, a, y));
        return (double)(near ? part : 1 - part);
    }

    private static TwoDoubles LogOfGamma(TwoDoubles x)
    {
        if (double.IsNaN(x.High))
            return x;
        if (x.High < 0)
            return LogSize(Pi / (x * SinPi(x.High))) - LogOfGamma(-x);
        TwoDoubles product = 1;
        for (; x.High < Far; x += 1)
            product *= x;
        TwoDoubles sum = 0, power = 1 / x, square = power * power;
        for (int k = 1; k <= StirlingSeries.Bernoulli.Length; k++, power *= square)
            sum += power * Bernoulli(k) / (2.0 * k * (2 * k - 1));
        return (x - 0.5) * Log(x) - x + Log(2 * Pi) * 0.5 + sum - Log(product);
    }

    private static TwoDoubles DigammaOf(TwoDoubles x)
    {
        TwoDoubles sum = 0;
        for (; x.High < Far; x += 1)
            sum -= 1 / x;
        sum += Log(x) - 0.5 / x;
        TwoDoubles square = 1 / (x * x), power = square;
        for (int k = 1; k <= StirlingSeries.Bernoulli.Length; k++, power *= square)
            sum -= power * Bernoulli(k) / (2.0 * k);
        return sum;
    }

    private static TwoDoubles Sum(TwoDoubles s, TwoDoubles q)
    {
        TwoDoubles sum = 0;
        for (int k = 0; k < Far; k++)
            sum += Pow(q + k, -s);
        TwoDoubles end = q + Far, power = Pow(end, -s), factor = s / end * power;
        sum += power * end / (s - 1) + 0.5 * power;
        for (int j = 1; j <= StirlingSeries.Bernoulli.Length; j++)
        {
            factor /= 2.0 * j * (2 * j - 1);
            sum += factor * Bernoulli(j);
            factor = factor * (s + (2 * j - 1)) * (s + 2 * j) / (end * end);
        }
        return sum;
    }

    private static TwoDoubles GammaSeries(TwoDoubles a, TwoDoubles x)
    {
        TwoDoubles term = 1 / a, sum = term;
        for (int n = 1; term.High > 1e-33 * sum.High; n++)
            sum += term = term * x / (a + n);
        return sum;
    }

    // From the tail, which is far enough away for 32 digits.
    private static TwoDoubles GammaFraction(double a, double x)
    {
        int terms = (int)(200 + 2000 / x + 6 * Math.Sqrt(a) + a);
        TwoDoubles fraction = x + 2.0 * terms + 1 - (TwoDoubles)a;
        for (int n = terms; n > 0; n--)
            fraction = x + (2.0 * n - 1) - (TwoDoubles)a - n * (n - (TwoDoubles)a) / fraction;
        return 1 / fraction;
    }

    private static TwoDoubles BetaSeries(TwoDoubles a, TwoDoubles b, TwoDoubles x)
    {
        TwoDoubles term = 1 / a, sum = term;
        for (int n = 0; term.High > 1e-33 * sum.High; n++)
            sum += term = term * (a + b + n) / (a + 1 + n) * x;
        return sum;
    }

    private static TwoDoubles LogSize(TwoDoubles x) => Log(x.High < 0 ? -x : x);

    private static TwoDoubles Whole(TwoDoubles x, int n) => n == 0 ? 1 : x * Whole(x, n - 1);

    // Numerators and denominators of the table are exact; a quotient in 32 digits is found from its double.
    private static TwoDoubles Bernoulli(int k)
    {
        double denominator = Denominators[k - 1];
        return (TwoDoubles)Math.Round(StirlingSeries.Bernoulli[k - 1] * denominator) / denominator;
    }

    private static readonly double[] Denominators = [6, 30, 42, 30, 66, 2730, 6, 510, 798, 330, 138, 2730];
}
