using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Registers whose elements take turns in memory.</summary>
internal static class Turns
{
    /// <summary>Lanes 0, 2, .. of the first register, then 1, 3, .. of the second.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Alternate(Vector512<int> a, Vector512<int> b) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31), b)
        : Vector512.Narrow(a.AsInt64(), b.AsInt64() >>> 32);

    /// <inheritdoc cref="Alternate(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Alternate(Vector256<int> a, Vector256<int> b) => Avx512F.VL.IsSupported
        ? Avx512F.VL.PermuteVar8x32x2(a, Vector256.Create(0, 2, 4, 6, 9, 11, 13, 15), b)
        : Vector256.Narrow(a.AsInt64(), b.AsInt64() >>> 32);

    /// <inheritdoc cref="Alternate(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Alternate(Vector128<int> a, Vector128<int> b) => Vector128.Narrow(a.AsInt64(), b.AsInt64() >>> 32);

    /// <summary>a[0], b[0], a[1], .. of the lower half of each.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Lower(Vector512<int> a, Vector512<int> b) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b)
        : (Vector512.WidenLower(a.AsUInt32()) | Vector512.WidenLower(b.AsUInt32()) << 32).AsInt32();

    /// <inheritdoc cref="Lower(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Lower(Vector256<int> a, Vector256<int> b) => Avx512F.VL.IsSupported
        ? Avx512F.VL.PermuteVar8x32x2(a, Vector256.Create(0, 8, 1, 9, 2, 10, 3, 11), b)
        : (Vector256.WidenLower(a.AsUInt32()) | Vector256.WidenLower(b.AsUInt32()) << 32).AsInt32();

    /// <inheritdoc cref="Lower(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Lower(Vector128<int> a, Vector128<int> b) =>
        (Vector128.WidenLower(a.AsUInt32()) | Vector128.WidenLower(b.AsUInt32()) << 32).AsInt32();

    /// <summary>The same of the upper half of each.</summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Upper(Vector512<int> a, Vector512<int> b) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(a, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b)
        : (Vector512.WidenUpper(a.AsUInt32()) | Vector512.WidenUpper(b.AsUInt32()) << 32).AsInt32();

    /// <inheritdoc cref="Upper(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Upper(Vector256<int> a, Vector256<int> b) => Avx512F.VL.IsSupported
        ? Avx512F.VL.PermuteVar8x32x2(a, Vector256.Create(4, 12, 5, 13, 6, 14, 7, 15), b)
        : (Vector256.WidenUpper(a.AsUInt32()) | Vector256.WidenUpper(b.AsUInt32()) << 32).AsInt32();

    /// <inheritdoc cref="Upper(Vector512{int}, Vector512{int})"/>
    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Upper(Vector128<int> a, Vector128<int> b) =>
        (Vector128.WidenUpper(a.AsUInt32()) | Vector128.WidenUpper(b.AsUInt32()) << 32).AsInt32();
}
