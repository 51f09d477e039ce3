using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>The instructions of one lane that no operator covers, under the names that the vector classes
/// use.</summary>
internal static partial class ScalarInstructions
{
    [MethodImpl(AggressiveInlining)]
    public static T Max<T>(T a, T b) where T : INumber<T> => T.Max(a, b);

    // As a maximum: .NET 10 takes 0 for the smaller of 0 and a constant -0.
    [MethodImpl(AggressiveInlining)]
    public static T Min<T>(T a, T b) where T : INumber<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? -T.Max(-a, -b) : T.Min(a, b);

    // Of the least integer, itself: T.Abs would throw.
    [MethodImpl(AggressiveInlining)]
    public static T Abs<T>(T a) where T : INumber<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.Abs(a) : a < T.Zero ? -a : a;

    [MethodImpl(AggressiveInlining)]
    public static float Entry(int index, long table) => Memory.Load<float>(table + (index & (NumberTable.Count - 1)) * sizeof(float));

    [MethodImpl(AggressiveInlining)]
    public static double Entry(long index, long table) => Memory.Load<double>(table + (index & (NumberTable.Count - 1)) * sizeof(double));

    [MethodImpl(AggressiveInlining)]
    public static T Sqrt<T>(T a) where T : IRootFunctions<T> => T.Sqrt(a);

    [MethodImpl(AggressiveInlining)]
    public static T Floor<T>(T a) where T : IFloatingPoint<T> => T.Floor(a);

    [MethodImpl(AggressiveInlining)]
    public static T Ceiling<T>(T a) where T : IFloatingPoint<T> => T.Ceiling(a);

    [MethodImpl(AggressiveInlining)]
    public static T Round<T>(T a) where T : IFloatingPoint<T> => T.Round(a);

    [MethodImpl(AggressiveInlining)]
    public static T FusedMultiplyAdd<T>(T a, T b, T c) where T : IFloatingPointIeee754<T> =>
        T.FusedMultiplyAdd(a, b, c);

    // x / 0 is 0; x / -1 is -x, which the least integer survives only as a negation.
    [MethodImpl(AggressiveInlining)]
    public static T Divide<T>(T a, T b) where T : IBinaryInteger<T> =>
        b == T.Zero ? T.Zero : b == -T.One ? T.Zero - a : a / b;

    [MethodImpl(AggressiveInlining)]
    public static T ShiftLeft<T>(T a, int count) where T : IBinaryInteger<T> => a << count;

    [MethodImpl(AggressiveInlining)]
    public static T ShiftRightArithmetic<T>(T a, int count) where T : IBinaryInteger<T> => a >> count;

    [MethodImpl(AggressiveInlining)]
    public static T ShiftRightLogical<T>(T a, int count) where T : IBinaryInteger<T> => a >>> count;

    // Float to integer saturates with NaN to 0; int64 to int32 keeps the low bits.
    [MethodImpl(AggressiveInlining)]
    public static TTo Convert<TFrom, TTo>(TFrom a) where TFrom : INumberBase<TFrom> where TTo : INumberBase<TTo> =>
        TTo.CreateTruncating(a);

    // Without a branch, which data may make unpredictable.
    [MethodImpl(AggressiveInlining)]
    public static T OfBool<T>(bool a) where T : INumberBase<T> => T.CreateTruncating(Unsafe.BitCast<bool, byte>(a));

    [MethodImpl(AggressiveInlining)]
    public static TTo BitCast<TFrom, TTo>(TFrom a) where TFrom : struct where TTo : struct =>
        Unsafe.BitCast<TFrom, TTo>(a);
}
