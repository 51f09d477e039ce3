using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// sin x, cos x and tan x from one reduction and one pair of polynomials: r = x - n pi/2 with n = round(x 2/pi), pi/2 in three
/// parts and fused multiply-adds, the first of which is exact (Cody and Waite 1980).
/// </summary>
/// <remarks>
/// The reduction is good to |x| = 2^20 in float32 and 2^48 in float64. Larger arguments need hundreds of digits of pi; they
/// are so rare that the runtime's scalar functions, which have them, are called for those lanes.
/// </remarks>
internal static class Circular
{
    private static readonly PerFormat<double> Reach = new(1 << 20, 1L << 48);

    // pi/2 to 76 and 163 bits, each part the nearest float to what is left.
    private static readonly PerFormat<double[]> HalfPi = new(
        [1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15],
        [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33]);

    // sin r = r + r z s(z) and cos r = 1 + z c(z), z = r^2. The largest error, made least by Remez' exchange
    // on |r| <= 0.82 and 0.79, is 2^-27.5 and 2^-32.1 for float32, 2^-57.9 and 2^-63.6 for float64.
    private static readonly PerFormat<double[]> SineSeries = new(
        [-0.16666650772094727, 0.008331929333508015, -0.00019485014490783215],
        [
            -0.1666666666666663, 0.008333333333321787, -0.00019841269829281013, 2.755731350160731e-06,
            -2.5050727262979774e-08, 1.589495191337111e-10,
        ]);

    private static readonly PerFormat<double[]> CosineSeries = new(
        [-0.5, 0.04166664183139801, -0.0013887111563235521, 2.4408582248724997e-05],
        [
            -0.5, 0.041666666666666595, -0.0013888888888873292, 2.4801587288935306e-05, -2.755731418731787e-07,
            2.087569998062186e-09, -1.1358401040080005e-11,
        ]);

    /// <summary>sin x to 2 ulp; keeps the sign of zero.</summary>
    public static Real Sin(Real x)
    {
        var (r, n) = Reduce(x);
        return IsFar(x).Call(Math.Sin, x, x.Is(0).Select(x, Turn(IsEven(n).Select(Sine(r), Cosine(r)), n)));
    }

    /// <summary>cos x to 2 ulp.</summary>
    public static Real Cos(Real x)
    {
        var (r, n) = Reduce(x);
        return IsFar(x).Call(Math.Cos, x, Turn(IsEven(n).Select(Cosine(r), Sine(r)), n + 1));
    }

    /// <summary>
    /// tan x = sin r / cos r, or in odd quadrants -cos r / sin r, to 3 ulp in float64; keeps the sign of zero. In float32, where that would
    /// be 3.4, it is computed in float64 and rounded once.
    /// </summary>
    public static Real Tan(Real x) => x.InDouble(wide =>
    {
        var (r, n) = Reduce(wide);
        Real sine = Sine(r), cosine = Cosine(r);
        Real quotient = IsEven(n).Select(sine, -cosine) / IsEven(n).Select(cosine, sine);
        return IsFar(wide).Call(Math.Tan, wide, wide.Is(0).Select(wide, quotient));
    });

    // Of infinity and NaN, too, the functions are NaN.
    private static Mask IsFar(Real x) => !(x.Abs() < x.Of(Reach));

    private static (Real R, Whole N) Reduce(Real x)
    {
        double shift = x.Format.RoundingShift;
        Real shifted = Fma(x, 2 / Math.PI, x.Of(shift)), n = shifted - shift;
        Real r = x;
        foreach (double part in HalfPi[x.Format]) r = Fma(n, -part, r);
        return (r, shifted.Bits);
    }

    private static Real Sine(Real r)
    {
        Real z = r * r;
        return Fma(r, z * z.Polynomial(SineSeries), r);
    }

    private static Real Cosine(Real r)
    {
        Real z = r * r;
        return Fma(z, z.Polynomial(CosineSeries), 1);
    }

    private static Mask IsEven(Whole n) => (n & 1).Is(0);

    // Quadrants 2 and 3, where bit 1 of the number is set, change the sign.
    private static Real Turn(Real y, Whole quadrant) =>
        (y.Bits ^ ((quadrant & 2) << (8 * y.Value.Type.Size - 2))).AsReal();
}
