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

    /// <summary>What has been stored is seen by other threads before anything that is stored later.</summary>
    public static void Complete()
    {
        if (Sse.IsSupported)
            Sse.StoreFence();
        else
            Thread.MemoryBarrier();
    }
}
