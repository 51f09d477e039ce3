using System.Numerics;
using Adjoint;
using static Adjoint.Ops;

namespace Options;

/// <summary>
/// A European call under Heston's stochastic variance, by Monte Carlo: every path
/// is simulated and differentiated in the same compiled call, so that one pass
/// gives the price and its slopes by all eight parameters (pathwise sensitivities).
/// </summary>
/// <remarks>
/// dS = r S dt + sqrt(v) S dW, dv = kappa (theta - v) dt + xi sqrt(v) dZ, correlation rho. Euler steps of log S, variance cut off at zero
/// where it is used (full truncation; Lord, Koekkoek and van Dijk, Quantitative Finance 10(2), 2010). Paths come in antithetic pairs.
/// </remarks>
internal static class Heston
{
    public const int Steps = 64, Paths = 8192;

    /// <summary>Names of the parameters, in order.</summary>
    public static readonly string[] Names = ["spot", "strike", "rate", "v0", "kappa", "theta", "xi", "rho"];

    /// <summary>Means over a batch of paths: the price and its slopes by the parameters; and the mean square of the price.</summary>
    public delegate double Batch(ReadOnlySpan<double> parameters, int seed, Span<double> slopes, Span<double> square);

    /// <summary>The simulation of <see cref="Paths"/> paths over one year, compiled.</summary>
    public static Batch Compile(CompileOptions? options = null)
    {
        Node parameters = Input("parameters", DType.Float64, [Names.Length]), seed = Input("seed", DType.Int32, []);
        Node[] p = [.. Names.Select((_, i) => Reshape(Slice(parameters, 0, i, i + 1), []))];
        Node payoff = Payoff(p, RandomKey.Of(1).Fold(seed)), price = Mean(payoff);
        return new Computation([parameters, seed],
            [price, Gradient.Of(price, [parameters])[0], Reshape(Mean(Square(payoff)), [1])], name: "heston")
            .Compile<Batch>(options: options);
    }

    // Discounted, [paths / 2]: the mean of a path and its mirror image.
    private static Node Payoff(Node[] p, RandomKey key)
    {
        Node noise = RandomNormal(key, [2, Steps, Paths / 2], DType.Float64);
        Node Pair(double sign)
        {
            const double dt = 1.0 / Steps;
            Node logSpot = Log(p[0]), variance = p[3], across = Sqrt(1 - Square(p[7]));
            for (int i = 0; i < Steps; i++)
            {
                Node w = sign * Row(noise, 0, i), z = p[7] * w + across * (sign * Row(noise, 1, i));
                Node v = Maximum(variance, ZerosLike(variance)), spread = Sqrt(v * dt);
                logSpot += (p[2] - 0.5 * v) * dt + spread * w;
                variance += p[4] * (p[5] - v) * dt + p[6] * spread * z;
            }
            return Relu(Exp(logSpot) - p[1]);
        }
        return 0.5 * Exp(-p[2]) * (Pair(1) + Pair(-1));
    }

    private static Node Row(Node noise, int series, int step) =>
        Reshape(Slice(Slice(noise, 0, series, series + 1), 1, step, step + 1), [Paths / 2]);

    /// <summary>
    /// The price as an integral of the characteristic function, in the form that stays on one branch of the logarithm (Albrecher, Mayer,
    /// Schoutens and Tistaert, Wilmott, January 2007): what the simulation tends to.
    /// </summary>
    public static double Exact(double[] p)
    {
        const int n = 20_000;
        const double last = 200;
        double h = last / n, sum = 0;
        for (int i = 0; i < n; i++)
        {
            double u = (i + 0.5) * h;
            var turn = Complex.Exp(-Complex.ImaginaryOne * u * Math.Log(p[1]));
            sum += h * ((turn * Characteristic(p, u - Complex.ImaginaryOne)
                - p[1] * turn * Characteristic(p, u)) / (Complex.ImaginaryOne * u)).Real;
        }
        return 0.5 * (p[0] - p[1] * Math.Exp(-p[2])) + Math.Exp(-p[2]) * sum / Math.PI;
    }

    // Of log S after a year.
    private static Complex Characteristic(double[] p, Complex u)
    {
        Complex iu = Complex.ImaginaryOne * u, b = p[4] - p[7] * p[6] * iu, d = Complex.Sqrt(b * b + p[6] * p[6] * (iu + u * u));
        Complex g = (b - d) / (b + d), e = Complex.Exp(-d);
        return Complex.Exp(iu * (Math.Log(p[0]) + p[2]) + p[4] * p[5] / (p[6] * p[6]) * (b - d - 2 * Complex.Log((1 - g * e) / (1 - g)))
            + p[3] / (p[6] * p[6]) * (b - d) * (1 - e) / (1 - g * e));
    }
}
