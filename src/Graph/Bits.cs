using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Elements as bits: how constants are compared, hashed and put into code (+0 and -0 differ, NaN equals itself).</summary>
public static class Bits
{
    /// <summary>The bits of an element, zero-extended to 64.</summary>
    public static long From<T>(T value) where T : unmanaged
    {
        long bits = 0;
        Unsafe.WriteUnaligned(ref Unsafe.As<long, byte>(ref bits), value);
        return bits;
    }

    /// <summary>The element with these bits.</summary>
    public static T To<T>(long bits) where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.As<long, byte>(ref bits));

    /// <summary>
    /// A double rounded to <typeparamref name="T"/>: floats to
    /// nearest, integers toward zero and saturating, bool is nonzero.
    /// </summary>
    public static T FromDouble<T>(double value) where T : unmanaged =>
        typeof(T) == typeof(double) ? (T)(object)value
        : typeof(T) == typeof(float) ? (T)(object)(float)value
        : typeof(T) == typeof(int) ? (T)(object)Saturate32(value)
        : typeof(T) == typeof(long) ? (T)(object)Saturate64(value)
        : typeof(T) == typeof(bool) ? (T)(object)(value != 0)
        : typeof(T) == typeof(sbyte) ? (T)(object)(sbyte)Math.Clamp(Saturate32(value), sbyte.MinValue, sbyte.MaxValue)
        : typeof(T) == typeof(byte) ? (T)(object)(byte)Math.Clamp(Saturate32(value), byte.MinValue, byte.MaxValue)
        : throw new NotSupportedException($"no element type {typeof(T)}");

    /// <summary>
    /// A 64-bit integer as <typeparamref name="T"/>: smaller integers
    /// keep the low bits, bool is nonzero, floats round to nearest.
    /// </summary>
    public static T FromInt64<T>(long value) where T : unmanaged =>
        typeof(T) == typeof(long) ? (T)(object)value
        : typeof(T) == typeof(int) ? (T)(object)unchecked((int)value)
        : typeof(T) == typeof(bool) ? (T)(object)(value != 0)
        : typeof(T) == typeof(float) ? (T)(object)(float)value
        : typeof(T) == typeof(double) ? (T)(object)(double)value
        : typeof(T) == typeof(sbyte) ? (T)(object)unchecked((sbyte)value)
        : typeof(T) == typeof(byte) ? (T)(object)unchecked((byte)value)
        : throw new NotSupportedException($"no element type {typeof(T)}");

    /// <summary>An element as a double; a bool is 0 or 1.</summary>
    public static double ToDouble<T>(T value) where T : unmanaged =>
        typeof(T) == typeof(double) ? (double)(object)value
        : typeof(T) == typeof(float) ? (float)(object)value
        : typeof(T) == typeof(int) ? (int)(object)value
        : typeof(T) == typeof(long) ? (long)(object)value
        : typeof(T) == typeof(sbyte) ? (sbyte)(object)value
        : typeof(T) == typeof(byte) ? (byte)(object)value
        : (bool)(object)value ? 1 : 0;

    /// <summary>An integer or bool element as a 64-bit integer; floats truncate and saturate.</summary>
    public static long ToInt64<T>(T value) where T : unmanaged =>
        typeof(T) == typeof(long) ? (long)(object)value
        : typeof(T) == typeof(int) ? (int)(object)value
        : typeof(T) == typeof(bool) ? (bool)(object)value ? 1 : 0
        : typeof(T) == typeof(sbyte) ? (sbyte)(object)value
        : typeof(T) == typeof(byte) ? (byte)(object)value
        : Saturate64(ToDouble(value));

    private static int Saturate32(double value) => double.IsNaN(value) ? 0 : (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static long Saturate64(double value) =>
        double.IsNaN(value) ? 0 : value >= 9.2233720368547758e18 ? long.MaxValue
        : value <= -9.2233720368547758e18 ? long.MinValue : (long)value;
}
