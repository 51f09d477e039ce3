using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Integer division toward zero with x / 0 = 0. Hardware has none on vectors, but doubles hold every int32
/// quotient.</summary>
internal static partial class VectorInstructions
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Divide(Vector512<int> a, Vector512<int> b) =>
        Halves.Join(Divide(a.GetLower(), b.GetLower()), Divide(a.GetUpper(), b.GetUpper()));

    // The conversion gives the least integer for what it cannot hold: right for its division by -1, masked for
    // infinities.
    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Divide(Vector256<int> a, Vector256<int> b) => Avx512F.IsSupported
        ? Vector256.AndNot(
            Avx512F.ConvertToVector256Int32WithTruncation(ToDouble(a) / ToDouble(b)),
            Vector256.Equals(b, Vector256<int>.Zero))
        : Halves.Join(Divide(a.GetLower(), b.GetLower()), Divide(a.GetUpper(), b.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Divide(Vector128<int> a, Vector128<int> b) => Avx.IsSupported
        ? Vector128.AndNot(
            Avx.ConvertToVector128Int32WithTruncation(ToDouble(a) / ToDouble(b)),
            Vector128.Equals(b, Vector128<int>.Zero))
        : Lanewise.Divide<Vector128<int>, int>(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Divide(Vector512<long> a, Vector512<long> b) =>
        Lanewise.Divide<Vector512<long>, long>(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Divide(Vector256<long> a, Vector256<long> b) =>
        Lanewise.Divide<Vector256<long>, long>(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Divide(Vector128<long> a, Vector128<long> b) =>
        Lanewise.Divide<Vector128<long>, long>(a, b);
}
