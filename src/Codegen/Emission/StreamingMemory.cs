using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Aligned stores past the caches, for results far larger than they are.</summary>
internal static unsafe class StreamingMemory
{
    [MethodImpl(AggressiveInlining)]
    public static void Store<T>(Vector512<T> value, long address) where T : unmanaged =>
        value.StoreAlignedNonTemporal((T*)address);

    [MethodImpl(AggressiveInlining)]
    public static void Store<T>(Vector256<T> value, long address) where T : unmanaged =>
        value.StoreAlignedNonTemporal((T*)address);

    [MethodImpl(AggressiveInlining)]
    public static void Store<T>(Vector128<T> value, long address) where T : unmanaged =>
        value.StoreAlignedNonTemporal((T*)address);

    /// <summary>How many records come before one that is aligned, fewer than a register's bytes; -1 if none is.</summary>
    /// <param name="address">Of the first record.</param>
    /// <param name="bytes">Of a record.</param>
    /// <param name="alignment">A power of two.</param>
    public static long RecordsBefore(long address, long bytes, long alignment)
    {
        for (long record = 0; record < alignment; record++)
            if (((address + record * bytes) & (alignment - 1)) == 0)
                return record;
        return -1;
    }

    /// <summary>What has been stored is seen by other threads before anything that is stored later.</summary>
    public static void Complete()
    {
        if (Sse.IsSupported)
            Sse.StoreFence();
        else
            Thread.MemoryBarrier();
    }
}
