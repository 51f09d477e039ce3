using Adjoint;
using static Adjoint.Ops;

namespace Options;

/// <summary>
/// A European call under Black and Scholes: price and sensitivities as one compiled function. The formula is the price's alone; every
/// Greek is a derivative of it.
/// </summary>
internal static class BlackScholes
{
    /// <summary>Price and Greeks: delta, gamma, vega, rho, theta (per year).</summary>
    public delegate double PriceAndGreeks(double spot, double strike, double volatility, double rate, double expiry, Span<double> greeks);

    /// <summary>What the Greeks are called, in order.</summary>
    public static readonly string[] Greeks = ["delta", "gamma", "vega", "rho", "theta"];

    private static readonly string[] Inputs = ["spot", "strike", "volatility", "rate", "expiry"];

    /// <summary>The compiled function.</summary>
    public static PriceAndGreeks Compile()
    {
        Node[] x = [.. Inputs.Select(name => Input(name, DType.Float64, []))];
        Node price = Price(x[0], x[1], x[2], x[3], x[4]);
        Node[] slopes = Gradient.Of(price, [x[0], x[2], x[3], x[4]]);
        Node gamma = Gradient.Of(slopes[0], [x[0]])[0];
        return new Computation(x, [price, Stack([slopes[0], gamma, slopes[1], slopes[2], -slopes[3]])],
            name: "black_scholes").Compile<PriceAndGreeks>();
    }

    /// <summary>The formula, for any shape.</summary>
    public static Node Price(Node spot, Node strike, Node volatility, Node rate, Node expiry)
    {
        Node spread = volatility * Sqrt(expiry);
        Node d1 = (Log(spot / strike) + (rate + 0.5 * Square(volatility)) * expiry) / spread;
        return spot * Normal(d1) - strike * Exp(-rate * expiry) * Normal(d1 - spread);
    }

    /// <summary>The same Greeks by their known formulas, for comparison.</summary>
    public static double[] ByFormulas(double s, double k, double v, double r, double t)
    {
        double d1 = (Math.Log(s / k) + (r + v * v / 2) * t) / (v * Math.Sqrt(t)), d2 = d1 - v * Math.Sqrt(t);
        double density = Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI), discounted = k * Math.Exp(-r * t) * Cumulative(d2);
        return [Cumulative(d1), density / (s * v * Math.Sqrt(t)), s * density * Math.Sqrt(t), t * discounted,
            -s * density * v / (2 * Math.Sqrt(t)) - r * discounted];
    }

    private static Node Normal(Node x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    // Integrated by Simpson's rule from 0, where it is 1/2: independent of the library's error function.
    private static double Cumulative(double x)
    {
        const int n = 2000;
        double h = x / n, sum = 0;
        for (int i = 0; i <= n; i++)
            sum += (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-i * h * (i * h) / 2);
        return 0.5 + sum * h / 3 / Math.Sqrt(2 * Math.PI);
    }
}
