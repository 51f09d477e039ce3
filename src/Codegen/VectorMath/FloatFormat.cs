namespace Adjoint.Codegen;

/// <summary>A binary format of IEEE 754 as its bit fields: sign, biased exponent, mantissa.</summary>
/// <param name="Float">The floating-point element type.</param>
/// <param name="Integer">The integer element type of the same size, for work on bits.</param>
/// <param name="MantissaBits">Stored mantissa bits, the leading one not counted.</param>
/// <param name="Bias">What is added to an exponent before it is stored.</param>
internal sealed record FloatFormat(DType Float, DType Integer, int MantissaBits, int Bias)
{
    private static readonly FloatFormat Binary32 = new(DType.Float32, DType.Int32, 23, 127);
    private static readonly FloatFormat Binary64 = new(DType.Float64, DType.Int64, 52, 1023);

    /// <summary>The bits of 1.0; as an integer, what the exponent field of a number counts from.</summary>
    public long One => (long)Bias << MantissaBits;

    /// <summary>Every bit of the mantissa field.</summary>
    public long MantissaMask => (1L << MantissaBits) - 1;

    /// <summary>The sign bit alone.</summary>
    public long SignMask => 1L << (8 * Float.Size - 1);

    /// <summary>The smallest normal number.</summary>
    public double SmallestNormal => Math.ScaleB(1, 1 - Bias);

    /// <summary>
    /// 1.5 * 2^MantissaBits: a number next to it has spacing 1, so that adding it rounds to an integer, half to even,
    /// which then stands in two's complement in the low bits of the sum.
    /// </summary>
    public double RoundingShift => Math.ScaleB(1.5, MantissaBits);

    /// <summary>The format of a floating-point element type.</summary>
    /// <exception cref="ArgumentException">The type is not float32 or float64.</exception>
    public static FloatFormat Of(DType type) =>
        type == DType.Float32 ? Binary32
        : type == DType.Float64 ? Binary64
        : throw new ArgumentException($"mathematical functions need float32 or float64, not {type}; convert first.");
}

/// <summary>A fact that each format states for itself: a threshold, or the coefficients of a polynomial.</summary>
internal sealed record PerFormat<T>(T Float32, T Float64)
{
    /// <summary>The fact for one format.</summary>
    public T this[FloatFormat format] => format.Float == DType.Float32 ? Float32 : Float64;
}
