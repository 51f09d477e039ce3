namespace Adjoint;

/// <summary>
/// Functions that .NET has not, or has only as formulas that cancel, to a few
/// units in the last place of double. Plain and slow: for references and tests.
/// </summary>
public static class Precise
{
    /// <summary>log(1 + x). Rounding 1 + x to u loses digits of x, but log(u) / (u - 1) is smooth there: W. Kahan's correction.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>e^x - 1, by the same correction: (u - 1) / log(u) is smooth where u = e^x.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        return u == 1 ? x : u - 1 == -1 ? -1 : double.IsPositiveInfinity(u) ? u : (u - 1) * (x / Math.Log(u));
    }

    /// <summary>1 / (1 + e^-x), without overflow and with the digits of small results.</summary>
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>
    /// 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. NIST Digital Library of Mathematical Functions 7.6.2: a series
    /// of positive terms, for |x| below 3; beyond, the complement.
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x) || x == 0)
            return x;
        if (Math.Abs(x) >= 3)
            return Math.CopySign(1 - Tail(Math.Abs(x)), x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>1 - erf(x), with the digits of its tail.</summary>
    public static double Erfc(double x) => x >= 1.5 ? Tail(x) : 1 - Erf(x);

    // The continued fraction 7.9.3 of the same work for x >= 1.5, evaluated from its tail; x² is split, since its rounding error
    // would be multiplied by it.
    private static double Tail(double x)
    {
        if (double.IsPositiveInfinity(x))
            return 0;
        double fraction = x, square = x * x;
        for (int n = 300; n > 0; n--)
            fraction = x + n / 2.0 / fraction;
        return Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square)) / (Math.Sqrt(Math.PI) * fraction);
    }

    /// <summary>y with erf(y) = x.</summary>
    public static double Erfinv(double x) => x == 0 ? x : x < 0 ? -Erfinv(-x) : x < 0.5 ? Root(0, 1, y => Erf(y) - x) : Erfcinv(1 - x);

    /// <summary>y with erfc(y) = q.</summary>
    public static double Erfcinv(double q) =>
        !(q >= 0 && q <= 2) ? double.NaN
        : q > 0.5 ? (q == 2 ? double.NegativeInfinity : q > 1 ? -Erfinv(q - 1) : Root(0, 1, y => Erf(y) - (1 - q)))
        : q == 0 ? double.PositiveInfinity : Root(0, 30, y => q - Erfc(y));

    // Where a growing function changes its sign, by halving until nothing lies between.
    private static double Root(double low, double high, Func<double, double> f)
    {
        while (0.5 * (low + high) is var middle && middle > low && middle < high)
            (low, high) = f(middle) < 0 ? (middle, high) : (low, middle);
        return high;
    }
}
