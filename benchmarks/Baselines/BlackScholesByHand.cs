using System.Runtime.CompilerServices;

namespace Adjoint.Benchmarks;

/// <summary>Price and five Greeks of a European call, as one writes them by hand: closed forms, every common part computed once.</summary>
internal static class BlackScholesByHand
{
    /// <summary>Price, delta, gamma, vega, theta and rho of one option.</summary>
    public static void Evaluate(double spot, double strike, double volatility, double rate, double expiry, Span<double> y)
    {
        double root = Math.Sqrt(expiry), spread = volatility * root;
        double d1 = (Math.Log(spot / strike) + (rate + 0.5 * volatility * volatility) * expiry) / spread, d2 = d1 - spread;
        double n1 = Cumulative(d1, out double density), n2 = Cumulative(d2, out _), discounted = strike * Math.Exp(-rate * expiry) * n2;
        y[5] = discounted * expiry;
        y[4] = -0.5 * spot * density * volatility / root - rate * discounted;
        y[3] = spot * density * root;
        y[2] = density / (spot * spread);
        y[1] = n1;
        y[0] = spot * n1 - discounted;
    }

    /// <summary>The same in float32.</summary>
    public static void Evaluate(float spot, float strike, float volatility, float rate, float expiry, Span<float> y)
    {
        float root = MathF.Sqrt(expiry), spread = volatility * root;
        float d1 = (MathF.Log(spot / strike) + (rate + 0.5f * volatility * volatility) * expiry) / spread, d2 = d1 - spread;
        float n1 = Cumulative(d1, out float density), n2 = Cumulative(d2, out _), discounted = strike * MathF.Exp(-rate * expiry) * n2;
        y[5] = discounted * expiry;
        y[4] = -0.5f * spot * density * volatility / root - rate * discounted;
        y[3] = spot * density * root;
        y[2] = density / (spot * spread);
        y[1] = n1;
        y[0] = spot * n1 - discounted;
    }

    // Hart's rational approximation, 1e-15, after G. West, "Better approximations to cumulative normal functions", 2005. Its
    // exponential is the normal density but for a factor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Cumulative(double x, out double density)
    {
        double z = Math.Abs(x), e = Math.Exp(-0.5 * z * z), tail;
        density = e * 0.39894228040143267794;
        if (z < 7.07106781186547)
            tail = e * ((((((3.52624965998911e-02 * z + 0.700383064443688) * z + 6.37396220353165) * z
                + 33.912866078383) * z + 112.079291497871) * z
                + 221.213596169931) * z + 220.206867912376) / (((((((8.83883476483184e-02 * z + 1.75566716318264) * z + 16.064177579207) * z
                + 86.7807322029461) * z + 296.564248779674) * z + 637.333633378831) * z + 793.826512519948) * z + 440.413735824752);
        else
            tail = e / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / 2.506628274631;
        return x > 0 ? 1 - tail : tail;
    }

    // The same form with fewer terms: Abramowitz and Stegun 26.2.17, 7.5e-8.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Cumulative(float x, out float density)
    {
        float z = MathF.Abs(x), t = 1 / (1 + 0.2316419f * z);
        density = MathF.Exp(-0.5f * z * z) * 0.3989422804f;
        float tail = density * t * (0.319381530f + t * (-0.356563782f + t * (1.781477937f + t * (-1.821255978f + t * 1.330274429f))));
        return x > 0 ? 1 - tail : tail;
    }

    /// <summary>All options of arrays, one after the other.</summary>
    public static void Loop(double[][] x, double[] y, int count)
    {
        Span<double> one = stackalloc double[6];
        for (int i = 0; i < count; i++)
        {
            Evaluate(x[0][i], x[1][i], x[2][i], x[3][i], x[4][i], one);
            for (int k = 0; k < 6; k++)
                y[k * count + i] = one[k];
        }
    }

    /// <summary>All options of arrays, one after the other.</summary>
    public static void Loop(float[][] x, float[] y, int count)
    {
        Span<float> one = stackalloc float[6];
        for (int i = 0; i < count; i++)
        {
            Evaluate(x[0][i], x[1][i], x[2][i], x[3][i], x[4][i], one);
            for (int k = 0; k < 6; k++)
                y[k * count + i] = one[k];
        }
    }
}
