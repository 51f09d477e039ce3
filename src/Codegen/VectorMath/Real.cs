using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// A floating-point value of a body under construction. Its operators emit instructions, so that the expansions of
/// mathematical functions read as the formulas that they are; fused multiply-adds are always written out.
/// </summary>
internal readonly record struct Real(Body Body, Value Value)
{
    /// <summary>The format of the value.</summary>
    public FloatFormat Format => FloatFormat.Of(Value.Type);

    /// <summary>The bits, as an integer of the same size.</summary>
    public Whole Bits => new(Body, Body.BitCast(Value, Format.Integer));

    /// <summary>Whether the code says that the value is 0, negative or NaN: it is -(x x) or -|x|.</summary>
    public bool IsNotPositive => Body[Value] is { Opcode: Opcode.Negate, A: var id } && Body.Instructions[id] switch
    {
        { Opcode: Opcode.Multiply } square => square.A == square.B,
        var size => size.Opcode is Opcode.Abs,
    };

    /// <summary>A constant of the same type.</summary>
    public Real Of(double number) => new(Body, Body.Like(Value, number));

    /// <summary>A constant of the same type that is stated per format.</summary>
    public Real Of(PerFormat<double> number) => Of(number[Format]);

    public static Real operator +(Real x, Real y) => new(x.Body, x.Body.Add(x.Value, y.Value));

    public static Real operator +(Real x, double y) => x + x.Of(y);

    public static Real operator +(double x, Real y) => y + x;

    public static Real operator -(Real x, Real y) => new(x.Body, x.Body.Subtract(x.Value, y.Value));

    public static Real operator -(Real x, double y) => x - x.Of(y);

    public static Real operator -(double x, Real y) => y.Of(x) - y;

    public static Real operator *(Real x, Real y) => new(x.Body, x.Body.Multiply(x.Value, y.Value));

    public static Real operator *(Real x, double y) => x * x.Of(y);

    public static Real operator *(double x, Real y) => y * x;

    public static Real operator /(Real x, Real y) => new(x.Body, x.Body.Divide(x.Value, y.Value));

    public static Real operator /(double x, Real y) => y.Of(x) / y;

    public static Real operator -(Real x) => new(x.Body, x.Body.Negate(x.Value));

    public static Mask operator <(Real x, Real y) => new(x.Body, x.Body.Less(x.Value, y.Value));

    public static Mask operator >(Real x, Real y) => y < x;

    public static Mask operator <(Real x, double y) => x < x.Of(y);

    public static Mask operator >(Real x, double y) => x > x.Of(y);

    /// <summary>x * y + z, rounded once.</summary>
    public static Real Fma(Real x, Real y, Real z) => new(x.Body, x.Body.MultiplyAdd(x.Value, y.Value, z.Value));

    /// <inheritdoc cref="Fma(Real, Real, Real)"/>
    public static Real Fma(Real x, Real y, double z) => Fma(x, y, x.Of(z));

    /// <inheritdoc cref="Fma(Real, Real, Real)"/>
    public static Real Fma(Real x, double y, Real z) => Fma(x, x.Of(y), z);

    /// <inheritdoc cref="Fma(Real, Real, Real)"/>
    public static Real Fma(Real x, double y, double z) => Fma(x, x.Of(y), x.Of(z));

    /// <summary>|x|.</summary>
    public Real Abs() => new(Body, Body.Abs(Value));

    /// <summary>Square root; NaN below 0.</summary>
    public Real Sqrt() => new(Body, Body.Sqrt(Value));

    /// <inheritdoc cref="Opcode.ScaleB"/>
    public Real ScaleB(Real exponent) => new(Body, Body.ScaleB(Value, exponent.Value));

    /// <inheritdoc cref="Opcode.Exponent"/>
    public Real Exponent() => new(Body, Body.Exponent(Value));

    /// <inheritdoc cref="Opcode.Mantissa"/>
    public Real Mantissa() => new(Body, Body.Mantissa(Value));

    /// <summary>Where the sign bit is set, of -0 too.</summary>
    public Mask IsSigned() => (Bits >>> (8 * Value.Type.Size - 1)).Is(1);

    /// <summary>The same numbers in float64, where a function of them is computed, rounded back at the end.</summary>
    public Real InDouble(Func<Real, Real> f) =>
        new(Body, Body.Convert(f(new(Body, Body.Convert(Value, DType.Float64))).Value, Value.Type));

    /// <summary>Largest integer not above the value.</summary>
    public Real Floor() => new(Body, Body.Floor(Value));

    /// <summary>The value, or the nearer end of an interval that it lies outside of; NaN stays.</summary>
    public Real Clamp(double low, double high) => AtLeast(low).AtMost(high);

    /// <summary>The value, or <paramref name="low"/> if that is larger; NaN stays.</summary>
    public Real AtLeast(double low) => new(Body, Body.Max(Value, Of(low).Value));

    /// <summary>The value, or <paramref name="high"/> if that is smaller; NaN stays.</summary>
    public Real AtMost(double high) => new(Body, Body.Min(Value, Of(high).Value));

    /// <summary>Whether the values are equal; false with NaN.</summary>
    public Mask Is(Real y) => new(Body, Body.Equal(Value, y.Value));

    /// <inheritdoc cref="Is(Real)"/>
    public Mask Is(double y) => Is(Of(y));

    /// <summary>|x| with the sign bit of <paramref name="source"/>; the value has none set itself.</summary>
    public Real WithSignOf(Real source) => (Bits | (source.Bits & Format.SignMask)).AsReal();

    /// <summary>factor (c0 + c1 (scale x) + c2 (scale x)^2 + ...), by Horner's rule in fused multiply-adds.</summary>
    public Real Polynomial(PerFormat<double[]> coefficients, double factor = 1, double scale = 1) =>
        Horner([.. coefficients[Format].Select((c, i) => factor * Math.Pow(scale, i) * c)]);

    /// <summary>(c0 x + c2 x^3 + ...) + (c1 x^2 + c3 x^4 + ...): of a long polynomial half the wait, for three operations more.</summary>
    public Real OddAndEven(PerFormat<double[]> coefficients)
    {
        double[] c = coefficients[Format];
        Real square = this * this;
        Real odd = square.Horner([.. c.Where((_, i) => i % 2 == 0)]), even = square.Horner([.. c.Where((_, i) => i % 2 == 1)]);
        return Fma(even, square, odd * this);
    }

    private Real Horner(double[] c)
    {
        Real sum = Of(c[^1]);
        for (int i = c.Length - 2; i >= 0; i--) sum = Fma(sum, this, c[i]);
        return sum;
    }
}
