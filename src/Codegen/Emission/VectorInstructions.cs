using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Conversions that keep the lane count while the element size changes, and others that the vector classes
/// lack.</summary>
internal static partial class VectorInstructions
{
    private const double Least = int.MinValue, Most = int.MaxValue;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> ToInt64(Vector256<int> a) => Vector512.WidenLower(a.ToVector512Unsafe());

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> ToInt64(Vector128<int> a) => Vector256.WidenLower(a.ToVector256Unsafe());

    [MethodImpl(AggressiveInlining)]
    public static Vector512<double> ToDouble(Vector256<float> a) => Vector512.WidenLower(a.ToVector512Unsafe());

    [MethodImpl(AggressiveInlining)]
    public static Vector256<double> ToDouble(Vector128<float> a) => Vector256.WidenLower(a.ToVector256Unsafe());

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> ToInt64(Vector256<float> a) => Vector512.ConvertToInt64(ToDouble(a));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> ToInt64(Vector128<float> a) => Vector256.ConvertToInt64(ToDouble(a));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector512<long> a) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32(a) : Vector256.Narrow(a.GetLower(), a.GetUpper());

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector256<long> a) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128Int32(a) : Vector128.Narrow(a.GetLower(), a.GetUpper());

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector512<double> a) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(a) : Vector256.Narrow(a.GetLower(), a.GetUpper());

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector256<double> a) =>
        Avx.IsSupported ? Avx.ConvertToVector128Single(a) : Vector128.Narrow(a.GetLower(), a.GetUpper());

    [MethodImpl(AggressiveInlining)]
    public static Vector512<double> ToDouble(Vector256<int> a) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(a) : Vector512.ConvertToDouble(ToInt64(a));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<double> ToDouble(Vector128<int> a) =>
        Avx.IsSupported ? Avx.ConvertToVector256Double(a) : Vector256.ConvertToDouble(ToInt64(a));

    // One rounding: through double there would be two.
    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector512<long> a) =>
        Avx512DQ.IsSupported ? Avx512DQ.ConvertToVector256Single(a)
        : Lanewise.Convert<Vector512<long>, Vector256<float>, long, float>(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector256<long> a) =>
        Avx512DQ.VL.IsSupported ? Avx512DQ.VL.ConvertToVector128Single(a)
        : Lanewise.Convert<Vector256<long>, Vector128<float>, long, float>(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector512<double> a) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32WithTruncation(InRange(a))
        : Halves.Join(ToInt32(a.GetLower()), ToInt32(a.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector256<double> a) =>
        Avx.IsSupported ? Avx.ConvertToVector128Int32WithTruncation(InRange(a))
        : Lanewise.Convert<Vector256<double>, Vector128<int>, double, int>(a);

    // NaN becomes 0, and what int32 cannot hold its nearest end, so that the hardware's conversion is exact.
    [MethodImpl(AggressiveInlining)]
    private static Vector512<double> InRange(Vector512<double> a) =>
        Vector512.ClampNative(a & Vector512.Equals(a, a), Vector512.Create(Least), Vector512.Create(Most));

    [MethodImpl(AggressiveInlining)]
    private static Vector256<double> InRange(Vector256<double> a) =>
        Vector256.ClampNative(a & Vector256.Equals(a, a), Vector256.Create(Least), Vector256.Create(Most));
}
