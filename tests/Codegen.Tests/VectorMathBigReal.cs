using System.Numerics;

namespace Adjoint.Codegen.Tests;

/// <summary>A real number to 320 bits: mantissa * 2^exponent. Sums and products are rounded down to that.</summary>
internal readonly struct BigReal(BigInteger mantissa, int exponent)
{
    private const int Precision = 320;

    public static readonly BigReal Zero = new(0, 0), One = new(1, 0);

    private BigInteger Mantissa { get; } = mantissa;

    private int Exponent { get; } = exponent;

    public int Sign => Mantissa.Sign;

    /// <summary>floor(log2 |x|) of a nonzero number.</summary>
    public int Magnitude => (int)BigInteger.Abs(Mantissa).GetBitLength() - 1 + Exponent;

    public static implicit operator BigReal(int n) => new(n, 0);

    /// <summary>Exact.</summary>
    public static implicit operator BigReal(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x), mantissa = bits & ((1L << 52) - 1);
        int field = (int)(bits >> 52) & 0x7FF;
        if (field != 0) mantissa |= 1L << 52;
        return new(x < 0 ? -mantissa : mantissa, Math.Max(field, 1) - 1075);
    }

    public static BigReal operator +(BigReal x, BigReal y)
    {
        if (x.Sign == 0) return y;
        if (y.Sign == 0) return x;
        if (x.Magnitude > y.Magnitude + 2 * Precision) return x;
        if (y.Magnitude > x.Magnitude + 2 * Precision) return y;
        int e = Math.Min(x.Exponent, y.Exponent);
        return Round((x.Mantissa << (x.Exponent - e)) + (y.Mantissa << (y.Exponent - e)), e);
    }

    public static BigReal operator -(BigReal x) => new(-x.Mantissa, x.Exponent);

    public static BigReal operator -(BigReal x, BigReal y) => x + -y;

    public static BigReal operator *(BigReal x, BigReal y) => Round(x.Mantissa * y.Mantissa, x.Exponent + y.Exponent);

    public static BigReal operator /(BigReal x, BigReal y)
    {
        int shift = Precision + 2 + Math.Max(0, y.Magnitude - y.Exponent - (x.Sign == 0 ? 0 : x.Magnitude - x.Exponent));
        return Round((x.Mantissa << shift) / y.Mantissa, x.Exponent - shift - y.Exponent);
    }

    /// <summary>x * 2^power.</summary>
    public BigReal Scale(int power) => new(Mantissa, Exponent + power);

    public BigReal Abs() => new(BigInteger.Abs(Mantissa), Exponent);

    /// <summary>The nearest integer.</summary>
    public BigInteger Round() => Exponent >= 0 ? Mantissa << Exponent : ((Mantissa >> (-Exponent - 1)) + 1) >> 1;

    /// <summary>To about 53 bits.</summary>
    public double ToDouble()
    {
        int drop = Math.Max(0, (int)BigInteger.Abs(Mantissa).GetBitLength() - 60);
        return Math.ScaleB((double)(Mantissa >> drop), Exponent + drop);
    }

    private static BigReal Round(BigInteger mantissa, int exponent)
    {
        int drop = Math.Max(0, (int)BigInteger.Abs(mantissa).GetBitLength() - Precision);
        return new(mantissa >> drop, exponent + drop);
    }
}
