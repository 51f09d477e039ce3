namespace Adjoint.SpecialFunctions;

/// <summary>Modified Bessel functions I of orders 0 and 1, plain and times e^-|x|, for kernels to call lane by lane.</summary>
internal static class BesselFunction
{
    // Below, the power series of positive terms (DLMF 10.25.2); from here on the asymptotic one (10.40.1) reaches the last digit.
    private const double Asymptotic = 25;

    /// <summary>I₀(x).</summary>
    public static double I0(double x) => Plain(0, x);

    /// <summary>I₁(x).</summary>
    public static double I1(double x) => Plain(1, x);

    /// <summary>e^-|x| I₀(x).</summary>
    public static double I0e(double x) => Math.Abs(x) < Asymptotic ? Math.Exp(-Math.Abs(x)) * Series(0, x) : Tail(0, Math.Abs(x));

    /// <summary>e^-|x| I₁(x).</summary>
    public static double I1e(double x) =>
        Math.Abs(x) < Asymptotic ? Math.Exp(-Math.Abs(x)) * Series(1, x) : Math.CopySign(Tail(1, Math.Abs(x)), x);

    // e^|x| in two halves: it overflows before the product does.
    private static double Plain(int order, double x)
    {
        double a = Math.Abs(x);
        if (a < Asymptotic || double.IsNaN(x))
            return Series(order, x);
        double half = Math.Exp(0.5 * a), value = double.IsInfinity(half) ? half : half * Tail(order, a) * half;
        return order == 1 ? Math.CopySign(value, x) : value;
    }

    private static double Series(int order, double x)
    {
        double z = 0.25 * x * x, term = order == 0 ? 1 : 0.5 * x, sum = term;
        for (int k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
            sum += term *= z / (k * (k + order));
        return sum;
    }

    // 1/√(2πx) (1 - (μ-1)/8x + (μ-1)(μ-9)/(2! (8x)²) - ..), μ = 4 order².
    private static double Tail(int order, double x)
    {
        double term = 1, sum = 1;
        for (int k = 1; k < 40 && Math.Abs(term) > 1e-17; k++)
            sum += term *= ((2 * k - 1) * (2 * k - 1) - 4 * order * order) / (8 * x * k);
        return sum / Math.Sqrt(2 * Math.PI * x);
    }
}
