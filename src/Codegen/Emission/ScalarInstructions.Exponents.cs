using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <content>What <see cref="HardwareMethods.HaveExponents"/> promises, of one lane.</content>
internal static partial class ScalarInstructions
{
    [MethodImpl(AggressiveInlining)]
    public static float ScaleB(float a, float b) => Avx512F.ScaleScalar(Lane(a), Lane(b)).ToScalar();

    [MethodImpl(AggressiveInlining)]
    public static double ScaleB(double a, double b) => Avx512F.ScaleScalar(Lane(a), Lane(b)).ToScalar();

    [MethodImpl(AggressiveInlining)]
    public static float Mantissa(float a) => Avx512F.GetMantissaScalar(Lane(a), HardwareMethods.FromThreeQuarters).ToScalar();

    [MethodImpl(AggressiveInlining)]
    public static double Mantissa(double a) => Avx512F.GetMantissaScalar(Lane(a), HardwareMethods.FromThreeQuarters).ToScalar();

    [MethodImpl(AggressiveInlining)]
    public static float Exponent(float a) => OwnExponent(a) - OwnExponent(Mantissa(a));

    [MethodImpl(AggressiveInlining)]
    public static double Exponent(double a) => OwnExponent(a) - OwnExponent(Mantissa(a));

    [MethodImpl(AggressiveInlining)]
    private static float OwnExponent(float a) => Avx512F.GetExponentScalar(Lane(a)).ToScalar();

    [MethodImpl(AggressiveInlining)]
    private static double OwnExponent(double a) => Avx512F.GetExponentScalar(Lane(a)).ToScalar();

    // Nobody reads the other lanes, which hold what the register held.
    [MethodImpl(AggressiveInlining)]
    private static Vector128<T> Lane<T>(T a) => Vector128.CreateScalarUnsafe(a);
}
