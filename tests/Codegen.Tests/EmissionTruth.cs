using System.Globalization;
using System.Numerics;
using Adjoint.Kernels;

namespace Adjoint.Codegen.Tests;

/// <summary>What each instruction means, on the bits of one element, written without the code under test: floats
/// through double and one rounding (innocuous for one operation on binary32), integers through 128 bits.</summary>
internal static class EmissionTruth
{
    public static long Of(Instruction i, DType operand, long a, long b, long c) => i.Opcode switch
    {
        Opcode.Constant => i.Immediate,
        Opcode.Select => a != 0 ? b : c,
        Opcode.BitCast => a,
        Opcode.Convert => Converted(operand, i.Type, a),
        Opcode.ScaleB or Opcode.Exponent or Opcode.Mantissa => operand == DType.Float32
            ? Bits.From(OfExponents(i.Opcode, Bits.To<float>(a), Bits.To<float>(b)))
            : Bits.From(OfExponents(i.Opcode, Bits.To<double>(a), Bits.To<double>(b))),
        _ when operand == DType.Float32 => FromDouble(i.Type, i.Opcode is Opcode.MultiplyAdd
            ? MathF.FusedMultiplyAdd(Bits.To<float>(a), Bits.To<float>(b), Bits.To<float>(c))
            : OfFloats(i.Opcode, Bits.To<float>(a), Bits.To<float>(b), 0)),
        _ when operand == DType.Float64 =>
            FromDouble(i.Type, OfFloats(i.Opcode, Bits.To<double>(a), Bits.To<double>(b), Bits.To<double>(c))),
        _ => Wrap(i.Type, OfIntegers(i, operand, Number(operand, a), Number(operand, b), Number(operand, c))),
    };

    /// <summary>Whether two elements are the same number: the same bits, or both NaN.</summary>
    public static bool Same(DType type, long x, long y) =>
        x == y || type == DType.Float32 && float.IsNaN(Bits.To<float>(x)) && float.IsNaN(Bits.To<float>(y))
        || type == DType.Float64 && double.IsNaN(Bits.To<double>(x)) && double.IsNaN(Bits.To<double>(y));

    /// <summary>a 2^b; of whole b alone.</summary>
    public static T ScaleB<T>(T a, T b) where T : IFloatingPointIeee754<T> => T.IsNaN(b) ? b : T.ScaleB(a, int.CreateTruncating(b));

    /// <summary>The exponent that leaves a mantissa in [3/4, 3/2).</summary>
    public static T Exponent<T>(T a) where T : IFloatingPointIeee754<T> =>
        T.IsZero(a) ? T.NegativeInfinity : !T.IsFinite(a) || T.IsNegative(a) ? a : T.CreateTruncating(WholeExponent(a));

    /// <summary>The number without its exponent.</summary>
    public static T Mantissa<T>(T a) where T : IFloatingPointIeee754<T> =>
        T.IsZero(a) || T.IsPositiveInfinity(a) ? T.One : !(a > T.Zero) ? T.NaN : T.ScaleB(a, -WholeExponent(a));

    /// <summary>A float of either size.</summary>
    public static double Double(DType type, long bits) => type == DType.Float32 ? Bits.To<float>(bits) : Bits.To<double>(bits);

    private static T OfExponents<T>(Opcode opcode, T a, T b) where T : IFloatingPointIeee754<T> =>
        opcode is Opcode.ScaleB ? ScaleB(a, b) : opcode is Opcode.Exponent ? Exponent(a) : Mantissa(a);

    private static int WholeExponent<T>(T a) where T : IFloatingPointIeee754<T>
    {
        int floor = T.ILogB(a);
        return T.ScaleB(a, -floor) < T.CreateTruncating(1.5) ? floor : floor + 1;
    }

    private static double OfFloats(Opcode opcode, double a, double b, double c) => opcode switch
    {
        Opcode.Add => a + b,
        Opcode.Subtract => a - b,
        Opcode.Multiply => a * b,
        Opcode.Divide => a / b,
        Opcode.MultiplyAdd => Math.FusedMultiplyAdd(a, b, c),
        Opcode.Negate => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) ^ long.MinValue),
        Opcode.Abs => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) & long.MaxValue),
        Opcode.Max => Larger(a, b),
        Opcode.Min => -Larger(-a, -b),
        Opcode.Sqrt => Math.Sqrt(a),
        Opcode.Floor => Math.Floor(a),
        Opcode.Ceiling => Math.Ceiling(a),
        Opcode.Round => Math.Round(a, MidpointRounding.ToEven),
        Opcode.Equal => a == b ? 1 : 0,
        Opcode.Less => a < b ? 1 : 0,
        Opcode.LessOrEqual => a <= b ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(opcode)),
    };

    private static double Larger(double a, double b) =>
        double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a == b ? (double.IsNegative(a) ? b : a) : a > b ? a : b;

    private static Int128 OfIntegers(Instruction i, DType type, Int128 a, Int128 b, Int128 c) => i.Opcode switch
    {
        Opcode.Add => a + b,
        Opcode.Subtract => a - b,
        Opcode.Multiply => a * b,
        Opcode.Divide => b == 0 ? 0 : a / b,
        Opcode.MultiplyAdd => a * b + c,
        Opcode.Negate => -a,
        Opcode.Abs => a < 0 ? -a : a,
        Opcode.Max => a > b ? a : b,
        Opcode.Min => a < b ? a : b,
        Opcode.Floor or Opcode.Ceiling or Opcode.Round => a,
        Opcode.Equal => a == b ? 1 : 0,
        Opcode.Less => a < b ? 1 : 0,
        Opcode.LessOrEqual => a <= b ? 1 : 0,
        Opcode.And => a & b,
        Opcode.Or => a | b,
        Opcode.Xor => a ^ b,
        Opcode.Not => type == DType.Bool ? 1 - a : ~a,
        Opcode.ShiftLeft => a << (int)i.Immediate,
        Opcode.ShiftRight => a >> (int)i.Immediate,
        Opcode.ShiftRightLogical => (a & ((Int128.One << (8 * type.Size)) - 1)) >> (int)i.Immediate,
        _ => throw new ArgumentOutOfRangeException(nameof(i)),
    };

    private static long Converted(DType from, DType to, long a)
    {
        if (!from.IsFloat && to.IsFloat) return Rounded(to, Number(from, a));
        if (!from.IsFloat) return to == DType.Bool ? (a != 0 ? 1 : 0) : Wrap(to, Number(from, a));
        double value = from == DType.Float32 ? Bits.To<float>(a) : Bits.To<double>(a);
        return to.IsFloat || to == DType.Bool ? FromDouble(to, value) : Wrap(to, Saturated(to, value));
    }

    private static Int128 Saturated(DType to, double value)
    {
        if (to == DType.UInt8) return double.IsNaN(value) ? 0 : (Int128)Math.Truncate(Math.Clamp(value, 0, byte.MaxValue));
        var end = Int128.One << (8 * to.Size - 1);
        return double.IsNaN(value) ? 0 : value >= (double)end ? end - 1 : value <= -(double)end ? -end
            : (Int128)Math.Truncate(value);
    }

    // Text to float rounds once, and correctly.
    private static long Rounded(DType to, Int128 value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return to == DType.Float32
            ? Bits.From(float.Parse(text, CultureInfo.InvariantCulture))
            : Bits.From(double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static long FromDouble(DType type, double value) =>
        type == DType.Float32 ? Bits.From((float)value) : type == DType.Float64 ? Bits.From(value) : value != 0 ? 1 : 0;

    private static Int128 Number(DType type, long bits) =>
        type == DType.Int32 ? (int)bits : type == DType.Int8 ? (sbyte)bits : type == DType.UInt8 ? (byte)bits : bits;

    private static long Wrap(DType type, Int128 value) => unchecked(
        type == DType.Int32 ? (uint)value : type.IsByte ? (byte)value : (long)value);
}
