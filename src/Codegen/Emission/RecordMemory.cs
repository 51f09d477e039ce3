using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Adjoint.Codegen.Memory;
using static Adjoint.Codegen.TransposedMemory;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>
/// Registers stored as columns of records: lane i of each, side by side in 16 bytes, i byte strides from the address. The exchange stays
/// inside 128 bits, whose parts are then stored where they belong.
/// </summary>
internal static class RecordMemory
{
    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector128<long> a, Vector128<long> b)
    {
        Memory.Store(address, Low(a, b));
        Memory.Store(address + stride, High(a, b));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector256<long> a, Vector256<long> b)
    {
        Parts(address, 2 * stride, Low(a, b));
        Parts(address + stride, 2 * stride, High(a, b));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector512<long> a, Vector512<long> b)
    {
        Parts(address, 2 * stride, Low(a, b));
        Parts(address + stride, 2 * stride, High(a, b));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Memory.Store(address, Low(acLow, bdLow));
        Memory.Store(address + stride, High(acLow, bdLow));
        Memory.Store(address + 2 * stride, Low(acHigh, bdHigh));
        Memory.Store(address + 3 * stride, High(acHigh, bdHigh));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Parts(address, 4 * stride, Low(acLow, bdLow));
        Parts(address + stride, 4 * stride, High(acLow, bdLow));
        Parts(address + 2 * stride, 4 * stride, Low(acHigh, bdHigh));
        Parts(address + 3 * stride, 4 * stride, High(acHigh, bdHigh));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        var (acLow, acHigh, bdLow, bdHigh) = (Low(a, c), High(a, c), Low(b, d), High(b, d));
        Parts(address, 4 * stride, Low(acLow, bdLow));
        Parts(address + stride, 4 * stride, High(acLow, bdLow));
        Parts(address + 2 * stride, 4 * stride, Low(acHigh, bdHigh));
        Parts(address + 3 * stride, 4 * stride, High(acHigh, bdHigh));
    }

    // The 128 bits of a register, each to a place of its own.
    [MethodImpl(AggressiveInlining)]
    private static void Parts<T>(long address, long stride, Vector256<T> value)
    {
        Memory.Store(address, value.GetLower());
        Memory.Store(address + stride, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    private static void Parts<T>(long address, long stride, Vector512<T> value)
    {
        Parts(address, stride, value.GetLower());
        Parts(address + 2 * stride, stride, value.GetUpper());
    }
}
