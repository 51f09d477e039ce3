using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>The price of a European call and its derivatives, which the graph derives.</summary>
internal static class BlackScholes
{
    /// <summary>From spot, strike, volatility, rate and expiry to price, delta, gamma, vega, theta and rho, one vector.</summary>
    public static Computation Greeks(DType type)
    {
        Node spot = Input("spot", type, []), strike = Input("strike", type, []), volatility = Input("volatility", type, []),
            rate = Input("rate", type, []), expiry = Input("expiry", type, []);
        Node spread = volatility * Sqrt(expiry);
        Node d1 = (Log(spot / strike) + (rate + 0.5 * Square(volatility)) * expiry) / spread, d2 = d1 - spread;
        Node price = spot * Cumulative(d1) - strike * Exp(-rate * expiry) * Cumulative(d2);
        var slopes = Gradient.Of(price, [spot, volatility, expiry, rate]);
        Node gamma = Gradient.Of(slopes[0], [spot])[0];
        return new Computation([spot, strike, volatility, rate, expiry],
            [("greeks", Stack([price, slopes[0], gamma, slopes[1], -slopes[2], slopes[3]]))], name: $"black_scholes_{type}");
    }

    private static Node Cumulative(Node x) => 0.5 * Erfc(-x * Math.Sqrt(0.5));
}
