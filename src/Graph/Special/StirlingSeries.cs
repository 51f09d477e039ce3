namespace Adjoint.SpecialFunctions;

/// <summary>
/// Bernoulli numbers, and what asymptotic series make of them.
/// NIST Digital Library of Mathematical Functions, 5.11 and 24.2.
/// </summary>
internal static class StirlingSeries
{
    /// <summary>B₂, B₄, .. B₂₄.</summary>
    public static readonly double[] Bernoulli =
    [
        1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798,
        -174611.0 / 330, 854513.0 / 138, -236364091.0 / 2730,
    ];

    /// <summary>From here on eight terms are as good as all.</summary>
    public const double Start = 12;

    private const int Terms = 8;

    /// <summary>log Γ(x) less (x - 1/2) log x - x + log(2π)/2, for x from <see cref="Start"/> on: sum of B₂ₖ / (2k (2k-1) x²ᵏ⁻¹).</summary>
    public static double OfLogGamma(double x)
    {
        double z = 1 / (x * x), sum = 0;
        for (int k = Terms; k >= 1; k--)
            sum = sum * z + Bernoulli[k - 1] / (2 * k * (2 * k - 1));
        return sum / x;
    }

    /// <summary>log x less ψ(x), for x from <see cref="Start"/> on: 1/(2x) + sum of B₂ₖ / (2k x²ᵏ).</summary>
    public static double OfDigamma(double x)
    {
        double z = 1 / (x * x), sum = 0;
        for (int k = Terms; k >= 1; k--)
            sum = sum * z + Bernoulli[k - 1] / (2 * k);
        return 0.5 / x + sum * z;
    }
}
