using static Adjoint.Codegen.Real;

namespace Adjoint.Codegen;

/// <summary>
/// Arc functions. The angle of a quotient is that of a reduced one: beyond tan(3 pi/8) of -1/q, beyond tan(pi/8) of
/// (q - 1) / (q + 1), so that |t| is at most tan(pi/8). An arc sine past 1/2 is one of sqrt((1 - x) / 2).
/// </summary>
internal static class InverseCircular
{
    private static readonly double Eighth = Math.Sqrt(2) - 1, ThreeEighths = Math.Sqrt(2) + 1;

    // arctan t = t + t z p(z), z = t^2 <= tan^2(pi/8). The largest relative error, made least by Remez' exchange, is 2^-30.4
    // and 2^-59.4.
    private static readonly PerFormat<double[]> TangentSeries = new(
        [-0.33333316445350647, 0.19998528063297272, -0.1424439251422882, 0.1059919148683548, -0.06090138107538223],
        [
            -0.333333333333332, 0.1999999999995368, -0.14285714280200834, 0.11111110783578458, -0.09090897760455537,
            0.07692060269077321, -0.06663104825462553, 0.05847896437798597, -0.05039344174194035, 0.038065756805080474,
            -0.017908732533764234,
        ]);

    // arcsin s = s + s z p(z), z = s^2 <= 1/4: 2^-27.6 and 2^-55.7.
    private static readonly PerFormat<double[]> SineSeries = new(
        [0.16666752099990845, 0.074953094124794, 0.04546915367245674, 0.02418474107980728, 0.042158398777246475],
        [
            0.16666666666665408, 0.0750000000033715, 0.04464285682822607, 0.030381959140331056, 0.022371757997980527,
            0.01735970503534937, 0.01388523868448365, 0.012169147441463062, 0.006528454310769049, 0.01952637097289714,
            -0.01622032904055849, 0.03190891327607949,
        ]);

    // pi/2 in two parts; its multiples by powers of two have the same.
    private static readonly PerFormat<double> HalfPi = new(1.5707963705062866, 1.5707963267948966);
    private static readonly PerFormat<double> HalfPiLow = new(-4.371138828673793e-08, 6.123233995736766e-17);

    /// <summary>arctan x to 2 ulp; keeps the sign of zero and every subnormal.</summary>
    public static Real Atan(Real x) => Angle(x.Abs(), x.Of(1)).WithSignOf(x);

    /// <summary>The angle of (x, y) to 2 ulp, signed zeros and infinities as in C99.</summary>
    public static Real Atan2(Real y, Real x)
    {
        Real a = y.Abs(), b = x.Abs();
        Mask infinite = a.Is(double.PositiveInfinity) & b.Is(double.PositiveInfinity);
        Mask large = (a > Math.ScaleB(1, a.Format.Bias - 1)) | (b > Math.ScaleB(1, a.Format.Bias - 1));
        Real scale = large.Select(x.Of(0.5), 1);   // a sum must not overflow
        a = infinite.Select(1, a * scale);
        b = (infinite | (a.Is(0) & b.Is(0))).Select(1, b * scale);
        Real angle = Angle(a, b);
        Real left = HalfPi[x.Format] * 2 - (angle - HalfPiLow[x.Format] * 2);
        return x.IsSigned().Select(left, angle).WithSignOf(y);
    }

    /// <summary>arcsin x to 2 ulp; keeps the sign of zero and every subnormal; NaN outside [-1, 1].</summary>
    public static Real Asin(Real x)
    {
        var (far, r) = Reduced(x.Abs());
        return far.Select(HalfPi[x.Format] - Fma(r, 2, x.Of(-HalfPiLow[x.Format])), r).WithSignOf(x);
    }

    /// <summary>arccos x to 2 ulp; NaN outside [-1, 1].</summary>
    public static Real Acos(Real x)
    {
        var (far, r) = Reduced(x.Abs());
        double low = HalfPiLow[x.Format];
        Real signed = r.WithSignOf(x), twice = r + r;
        Real ofFar = x.IsSigned().Select(HalfPi[x.Format] * 2 - (twice - 2 * low), twice);
        return far.Select(ofFar, HalfPi[x.Format] - (signed - low));
    }

    // arcsin a for a up to 1/2, beyond arcsin of sqrt((1 - a) / 2), whose root is taken to twice the digits.
    private static (Mask Far, Real Arc) Reduced(Real a)
    {
        Mask far = a > 0.5;
        Real z = far.Select(Fma(a, -0.5, a.Of(0.5)), a * a), root = z.Sqrt();
        Real lost = Fma(-root, root, z) * (0.5 / root.AtLeast(z.Format.SmallestNormal));
        Real s = far.Select(root, a);
        return (far, s + Fma(s * z, z.Polynomial(SineSeries), far.Select(lost, 0)));
    }

    // arctan(y / x) for y, x >= 0, not both 0, of finite sum.
    private static Real Angle(Real y, Real x)
    {
        Mask steep = y > x * ThreeEighths, middling = y > x * Eighth;
        Real t = steep.Select(-x, middling.Select(y - x, y)) / steep.Select(y, middling.Select(y + x, x));
        Real z = t * t, arc = t * z * z.Polynomial(TangentSeries);
        Real low = steep.Select(t.Of(HalfPiLow), middling.Select(t.Of(HalfPiLow) * 0.5, 0));
        Real high = steep.Select(t.Of(HalfPi), middling.Select(t.Of(HalfPi) * 0.5, 0));
        return high + (t + (arc + low));
    }
}
