using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Adjoint.Codegen.Memory;
using static Adjoint.Codegen.TransposedMemory;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>
/// Registers stored as columns of records: lane i of each, side by side, i byte strides from the address. Eight columns
/// of 8 bytes change places with as many lanes, and each record is one store; of fewer columns, the exchange stays inside 128 bits, whose
/// parts are then stored where they belong.
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

    /// <summary>Columns of 8 bytes that change places with the lanes of a register; pairs where there is no such exchange.</summary>
    /// <param name="bytes">Of the register: in narrower ones squares gain nothing.</param>
    public static int WidestColumns(int bytes) => bytes == 64 && Avx512F.IsSupported ? 8 : 2;

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long stride, Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d,
        Vector512<long> e, Vector512<long> f, Vector512<long> g, Vector512<long> h)
    {
        Squares(address, 2 * stride, Low(a, b), Low(c, d), Low(e, f), Low(g, h));
        Squares(address + stride, 2 * stride, High(a, b), High(c, d), High(e, f), High(g, h));
    }

    // 16 bytes of each register side by side, from the first quarters to the last.
    [MethodImpl(AggressiveInlining)]
    private static void Squares(long address, long stride, Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d)
    {
        const byte even = 0b10_00_10_00, odd = 0b11_01_11_01;
        var (evenAB, evenCD) = (Avx512F.Shuffle4x128(a, b, even), Avx512F.Shuffle4x128(c, d, even));
        var (oddAB, oddCD) = (Avx512F.Shuffle4x128(a, b, odd), Avx512F.Shuffle4x128(c, d, odd));
        Memory.Store(address, Avx512F.Shuffle4x128(evenAB, evenCD, even));
        Memory.Store(address + stride, Avx512F.Shuffle4x128(oddAB, oddCD, even));
        Memory.Store(address + 2 * stride, Avx512F.Shuffle4x128(evenAB, evenCD, odd));
        Memory.Store(address + 3 * stride, Avx512F.Shuffle4x128(oddAB, oddCD, odd));
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
        Memory.Store(address + stride, Avx2.IsSupported ? Avx2.ExtractVector128(value, 1) : value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    private static void Parts(long address, long stride, Vector512<long> value)
    {
        if (Avx512DQ.IsSupported)
        {
            Memory.Store(address, value.GetLower().GetLower());
            Memory.Store(address + stride, Avx512DQ.ExtractVector128(value, 1));
            Memory.Store(address + 2 * stride, Avx512DQ.ExtractVector128(value, 2));
            Memory.Store(address + 3 * stride, Avx512DQ.ExtractVector128(value, 3));
            return;
        }
        Parts(address, stride, value.GetLower());
        Parts(address + 2 * stride, stride, value.GetUpper());
    }
}
