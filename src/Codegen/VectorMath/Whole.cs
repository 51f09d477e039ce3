using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>An integer of a body under construction, as wide as the float whose bits it holds. Arithmetic wraps.</summary>
internal readonly record struct Whole(Body Body, Value Value)
{
    /// <summary>The format whose bits these are.</summary>
    public FloatFormat Format => FloatFormat.Of(Value.Type == DType.Int32 ? DType.Float32 : DType.Float64);

    /// <summary>A constant of the same type; int32 takes the low half.</summary>
    public Whole Of(long bits) => new(Body, Body.ConstantBits(Value.Type, Value.Type == DType.Int32 ? (uint)bits : bits));

    public static Whole operator +(Whole x, long y) => new(x.Body, x.Body.Add(x.Value, x.Of(y).Value));

    public static Whole operator -(Whole x, Whole y) => new(x.Body, x.Body.Subtract(x.Value, y.Value));

    public static Whole operator -(long x, Whole y) => y.Of(x) - y;

    public static Whole operator &(Whole x, long y) => new(x.Body, x.Body.And(x.Value, x.Of(y).Value));

    public static Whole operator |(Whole x, Whole y) => new(x.Body, x.Body.Or(x.Value, y.Value));

    public static Whole operator |(Whole x, long y) => x | x.Of(y);

    public static Whole operator ^(Whole x, Whole y) => new(x.Body, x.Body.Xor(x.Value, y.Value));

    public static Whole operator <<(Whole x, int count) => new(x.Body, x.Body.ShiftLeft(x.Value, count));

    public static Whole operator >>>(Whole x, int count) => new(x.Body, x.Body.ShiftRightLogical(x.Value, count));

    /// <summary>Whether the values are equal.</summary>
    public Mask Is(long y) => new(Body, Body.Equal(Value, Of(y).Value));

    /// <summary>The number of a table that the low bits count.</summary>
    public Real Entry(NumberTable table) => new(Body, Body.Emit(new(Opcode.Entry, Format.Float, Value.Id, Immediate: table.Id)));

    /// <summary>The float with these bits.</summary>
    public Real AsReal() => new(Body, Body.BitCast(Value, Format.Float));
}

/// <summary>A truth value per lane of a body under construction.</summary>
internal readonly record struct Mask(Body Body, Value Value)
{
    public static Mask operator &(Mask x, Mask y) => new(x.Body, x.Body.And(x.Value, y.Value));

    public static Mask operator |(Mask x, Mask y) => new(x.Body, x.Body.Or(x.Value, y.Value));

    /// <summary>f(x) by a call where the mask holds, else y: for arguments so rare that a vector seldom has one.</summary>
    public Real Call(Func<double, double> f, Real x, Real y) => Select(new Real(Body, Body.CallWhere(Value, f, x.Value)), y);

    /// <summary>x where the mask holds, else y.</summary>
    public Real Select(Real x, Real y) => new(Body, Body.Select(Value, x.Value, y.Value));

    /// <inheritdoc cref="Select(Real, Real)"/>
    public Real Select(double x, Real y) => Select(y.Of(x), y);

    /// <inheritdoc cref="Select(Real, Real)"/>
    public Real Select(Real x, double y) => Select(x, x.Of(y));

    public static Mask operator !(Mask x) => new(x.Body, x.Body.Not(x.Value));
}
