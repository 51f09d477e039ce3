using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Registers put together from halves.</summary>
/// <remarks>
/// <c>Vector512.Create</c> and <c>Vector256.Create</c> of two halves insert both into a register that was never set. In a loop the JIT
/// takes such a register for one that the round before has left: each keeps its place for the whole loop and pushes others to memory. Here
/// the lower half is that register.
/// </remarks>
internal static class Halves
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<T> Join<T>(Vector256<T> lower, Vector256<T> upper) => lower.ToVector512Unsafe().WithUpper(upper);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<T> Join<T>(Vector128<T> lower, Vector128<T> upper) => lower.ToVector256Unsafe().WithUpper(upper);
}
