using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Adjoint.Codegen.Memory;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Full registers of elements a byte stride apart: Load[lanes]x[element size], halves put together; Store likewise.</summary>
internal static class StridedMemory
{
    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load2x8(long address, long stride) =>
        Vector128.Create(Load<long>(address), Load<long>(address + stride));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load4x8(long address, long stride) =>
        Halves.Join(Load2x8(address, stride), Load2x8(address + 2 * stride, stride));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load8x8(long address, long stride) =>
        Halves.Join(Load4x8(address, stride), Load4x8(address + 4 * stride, stride));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4x4(long address, long stride) => Vector128.Create(
        Load<int>(address), Load<int>(address + stride),
        Load<int>(address + 2 * stride), Load<int>(address + 3 * stride));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load8x4(long address, long stride) =>
        Halves.Join(Load4x4(address, stride), Load4x4(address + 4 * stride, stride));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load16x4(long address, long stride) =>
        Halves.Join(Load8x4(address, stride), Load8x4(address + 8 * stride, stride));

    [MethodImpl(AggressiveInlining)]
    public static void Store2x8(long address, long stride, Vector128<long> value)
    {
        Store(address, value.ToScalar());
        Store(address + stride, value.GetElement(1));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store4x8(long address, long stride, Vector256<long> value)
    {
        Store2x8(address, stride, value.GetLower());
        Store2x8(address + 2 * stride, stride, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store8x8(long address, long stride, Vector512<long> value)
    {
        Store4x8(address, stride, value.GetLower());
        Store4x8(address + 4 * stride, stride, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store4x4(long address, long stride, Vector128<int> value)
    {
        Store(address, value.ToScalar());
        Store(address + stride, value.GetElement(1));
        Store(address + 2 * stride, value.GetElement(2));
        Store(address + 3 * stride, value.GetElement(3));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store8x4(long address, long stride, Vector256<int> value)
    {
        Store4x4(address, stride, value.GetLower());
        Store4x4(address + 4 * stride, stride, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store16x4(long address, long stride, Vector512<int> value)
    {
        Store8x4(address, stride, value.GetLower());
        Store8x4(address + 8 * stride, stride, value.GetUpper());
    }
}
