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
    public static void Store(long address, long stride, Vector128<long> a, Vector128<long> b) => Pairs(address, stride, 2 * stride, a, b);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector256<long> a, Vector256<long> b) => Pairs(address, stride, 2 * stride, a, b);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector512<long> a, Vector512<long> b) => Pairs(address, stride, 2 * stride, a, b);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        Pairs(address, stride, 4 * stride, Low(a, b).AsInt64(), Low(c, d).AsInt64());
        Pairs(address + 2 * stride, stride, 4 * stride, High(a, b).AsInt64(), High(c, d).AsInt64());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        Pairs(address, stride, 4 * stride, Low(a, b).AsInt64(), Low(c, d).AsInt64());
        Pairs(address + 2 * stride, stride, 4 * stride, High(a, b).AsInt64(), High(c, d).AsInt64());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        Pairs(address, stride, 4 * stride, Low(a, b).AsInt64(), Low(c, d).AsInt64());
        Pairs(address + 2 * stride, stride, 4 * stride, High(a, b).AsInt64(), High(c, d).AsInt64());
    }

    // Two columns: the first record of each 128 bits at the address, the second a stride on; those of the next 128 bits a part's stride on.
    [MethodImpl(AggressiveInlining)]
    private static void Pairs(long address, long stride, long partStride, Vector128<long> a, Vector128<long> b)
    {
        Parts(address, partStride, Low(a, b));
        Parts(address + stride, partStride, High(a, b));
    }

    [MethodImpl(AggressiveInlining)]
    private static void Pairs(long address, long stride, long partStride, Vector256<long> a, Vector256<long> b)
    {
        Parts(address, partStride, Low(a, b));
        Parts(address + stride, partStride, High(a, b));
    }

    [MethodImpl(AggressiveInlining)]
    private static void Pairs(long address, long stride, long partStride, Vector512<long> a, Vector512<long> b)
    {
        Parts(address, partStride, Low(a, b));
        Parts(address + stride, partStride, High(a, b));
    }

    // The 128 bits of a register, each to a place of its own.
    [MethodImpl(AggressiveInlining)]
    private static void Parts(long address, long stride, Vector128<long> value) => Memory.Store(address, value);

    [MethodImpl(AggressiveInlining)]
    private static void Parts(long address, long stride, Vector256<long> value)
    {
        Memory.Store(address, value.GetLower());
        Memory.Store(address + stride, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    private static void Parts(long address, long stride, Vector512<long> value)
    {
        Parts(address, stride, value.GetLower());
        Parts(address + 2 * stride, stride, value.GetUpper());
    }
}
