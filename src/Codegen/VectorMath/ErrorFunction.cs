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

    // e^(a^2) erfc a = w (1 + p(t)), w = s / (a + c), t = 1 - 2 (c / s) w = (a - c) / (a + c): p is smooth on the whole half-line (after
    // M. Shepherd, J. Laframboise, "Chebyshev Approximation of (1 + 2x) exp(x^2) erfc x", 1981). The relative error up to Vanishing, made
    // least by Lawson's iteration, is 2^-26.9 and 2^-54.6; c is such that little of the rounding of w reaches small results, and the last
    // digits of p are such that erfc 0 = 1.
    private static readonly PerFormat<double> Centre = new(1.0625, 1.75), Scale = new(0.87357062101364136, 0.9974028215810273);
    private static readonly PerFormat<double> Vanishing = new(10.19, 27.31);
    private static readonly PerFormat<double[]> Scaled = new(
        [
            -0.31714576482772827, -0.09253521263599396, 0.029338102787733078, 0.02851259522140026, 0.006317633669823408,
            -0.00401685107499361, -0.004381733480840921, -0.001632988452911377, 0.00043101274059154093, 0.0007386507350020111,
            0.0002343317901249975,
        ],
        [
            -0.6086381528469534, 0.17981500811851076, 0.01627076604682459, -0.022759494162450624, -0.002978749130933598,
            0.0034604193422655746, 0.0012128130113898922, -0.00039398739740208226, -0.00038786910781176884, -4.919035360796347e-05,
            7.484823664443868e-05, 4.621584791072522e-05, 2.523141662459435e-06, -1.1450022882568042e-05, -7.086402733587597e-06,
            -8.122906009462216e-07, 1.7265208807512672e-06, 1.4500980409802488e-06, 3.1098905556021083e-07, -3.70793386144874e-07,
            -2.8633570555656697e-07, -2.7303209766694594e-09, 5.896535385825646e-08, 1.3060125817528154e-08, -1.68002048509795e-09,
        ]);

    /// <summary>1 - erf x to 4 ulp, subnormal results included; erfc 0 = 1.</summary>
    /// <remarks>Most of the code is that of e^-(x * x), rounded: code that needs the normal density as well has it already.</remarks>
    public static Real Erfc(Real x)
    {
        double centre = Centre[x.Format], scale = Scale[x.Format];
        Real a = x.Abs().AtMost(Vanishing[x.Format]), exponent = Exponential.AtMostOverflow(-(x * x));
        Real w = scale / (a + centre), scaled = Fma(w, Fma(w, -2 * centre / scale, 1).OddAndEven(Scaled), w);
        // e^-a^2 = e^exponent (1 - lost), up to Vanishing.
        Real lost = Fma(a, a, exponent);
        var (r, k) = Exponential.Reduce(exponent);
        var (power, growth) = Exponential.OfReducedWithGrowth(r);
        Real tail = Exponential.OrZero(exponent, Fma(scaled, Fma(-lost, power, growth), scaled).ScaleB(k));
        return (x < 0).Select(2 - tail, tail);
    }
}
