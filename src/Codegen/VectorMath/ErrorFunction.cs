using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// erf x = 1 - e^-p(|x|) with the sign of x, where p(a) = -log(1 - erf a) = a + a q(a) is smooth on the whole half-line:
/// one polynomial and the machinery of e^x - 1 give relative accuracy at 0 and in the tail alike.
/// </summary>
internal static class ErrorFunction
{
    // Past this erf has rounded to 1.
    private static readonly PerFormat<double> End = new(4, 6);

    // q as a polynomial in -a. The largest relative error that it leaves in erf, made least by Remez' exchange on
    // [0, 4] and [0, 6], is 2^-26.9 and 2^-53.5.
    private static readonly PerFormat<double[]> Quotient = new(
        [
            0.12837916612625122, -0.6366193890571594, 0.10277783125638962, 0.01915307529270649, -0.00016037077875807881,
            -0.001666997792199254, -0.0006328180480057538, -0.00011763530346797779, -9.255517397832591e-06,
        ],
        [
            0.1283791670955125, -0.6366197723676114, 0.10277260330007223, 0.019128446963321784, -0.0002091952273540963,
            -0.0016962105090250002, -0.000590146713771454, -2.5954875600674112e-05, 6.429081722304162e-05,
            2.9325007658157387e-05, 2.7979087847726817e-06, -3.5624767760925225e-06, -2.4279288737322326e-06,
            -8.52469220240835e-07, -1.7343793465604353e-07, -8.099446678374348e-09, 7.870503630350758e-09,
            3.175104051834026e-09, 6.852316119227676e-10, 9.604898134114817e-11, 8.774310230328888e-12,
            4.785525888283312e-13, 1.1881519155779678e-14,
        ]);

    /// <summary>erf x to 2 ulp in float32, 4 ulp in float64; keeps the sign of zero and every subnormal.</summary>
    public static Real Erf(Real x)
    {
        Real a = x.Abs().AtMost(End[x.Format]);
        var (r, k) = Exponential.Reduce(Fma(a, a.Polynomial(Quotient, scale: -1), a), x.Format.Bias, factor: -1);
        Real s = Exponential.PowerOfTwo(k);   // e^-p = s (1 - h)
        return Fma(s, Exponential.Growth(r, factor: -1), 1 - s).WithSignOf(x);
    }

    // erfc a = e^-a^2 u(t) / (1 + 2 a) with t = (a - c) / (a + c): u is smooth on the whole half-line (M. Shepherd, J. Laframboise,
    // "Chebyshev Approximation of (1 + 2x) exp(x^2) erfc x", 1981). Made least by Remez' exchange up to Vanishing, the
    // relative error is 2^-25.9 and 2^-54.2.
    private static readonly PerFormat<double> Centre = new(2, 4), Vanishing = new(10.19, 27.31);
    private static readonly PerFormat<double[]> Scaled = new(
        [
            1.2769783735275269, -0.09276381880044937, -0.16603052616119385, 0.16405104100704193, -0.05421781539916992,
            -0.008030875585973263, 0.008709028363227844, 0.0012527161743491888, -0.0014206350315362215, -0.00040071949479170144,
            0.00016925515956245363, 7.935269240988418e-05,
        ],
        [
            1.2329951186255526, -0.1396211168405632, 0.015379652102606613, 0.06809705425476674, -0.10103906603558514,
            0.09373283499609085, -0.06633036582778574, 0.0371675155676793, -0.01619773388326295, 0.005031969770150067,
            -0.0007577744356017491, -0.00019925593083957406, 0.0001506263673494609, -2.4400510181722434e-05,
            -1.1234230817828766e-05, 5.709464438432631e-06, 3.1375317342796073e-07, -8.203622223736009e-07,
            5.5204494451262005e-08, 1.0159068125791127e-07, -8.020620671564804e-09, -8.380497402490356e-09,
        ]);

    /// <summary>1 - erf x to 4 ulp in float32, 5 in float64 just below 1, subnormal results included.</summary>
    /// <remarks>The exponential is that of -(x * x), rounded: code that needs the normal density as well has it already.</remarks>
    public static Real Erfc(Real x)
    {
        double centre = Centre[x.Format];
        Real a = x.Abs().AtMost(Vanishing[x.Format]), exponent = -(x * x);
        // What rounding x^2 has lost belongs into the exponent, or, being small, to the divisor. Past Vanishing the exponential is 0.
        Real lost = Fma(a, a, Exponential.Clamp(exponent)), divisor = Fma(a, 2, Fma(Fma(a, 2, a.Of(1)), lost, 1));
        Real tail = Exponential.Exp(exponent) * (((a - centre) / (a + centre)).OddAndEven(Scaled) / divisor);
        return (x < 0).Select(2 - tail, x.Is(0).Select(1, tail));
    }
}
