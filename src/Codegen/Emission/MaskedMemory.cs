using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Adjoint.Codegen.Lanewise;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Loads and stores of the lanes where a mask holds; memory under the others is not touched.</summary>
internal static unsafe class MaskedMemory
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load(long address, Vector512<int> mask) =>
        Avx512F.IsSupported ? Avx512F.MaskLoad((int*)address, mask, Vector512<int>.Zero)
        : LoadWhere<Vector512<int>, int>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load(long address, Vector512<long> mask) =>
        Avx512F.IsSupported ? Avx512F.MaskLoad((long*)address, mask, Vector512<long>.Zero)
        : LoadWhere<Vector512<long>, long>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load(long address, Vector256<int> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((int*)address, mask, Vector256<int>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((int*)address, mask)
        : LoadWhere<Vector256<int>, int>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load(long address, Vector256<long> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((long*)address, mask, Vector256<long>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((long*)address, mask)
        : LoadWhere<Vector256<long>, long>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load(long address, Vector128<int> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((int*)address, mask, Vector128<int>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((int*)address, mask)
        : LoadWhere<Vector128<int>, int>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load(long address, Vector128<long> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((long*)address, mask, Vector128<long>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((long*)address, mask)
        : LoadWhere<Vector128<long>, long>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<int> mask, Vector512<int> value)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore((int*)address, mask, value);
        else StoreWhere<Vector512<int>, int>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<long> mask, Vector512<long> value)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore((long*)address, mask, value);
        else StoreWhere<Vector512<long>, long>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<int> mask, Vector256<int> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((int*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((int*)address, mask, value);
        else StoreWhere<Vector256<int>, int>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<long> mask, Vector256<long> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((long*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((long*)address, mask, value);
        else StoreWhere<Vector256<long>, long>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<int> mask, Vector128<int> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((int*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((int*)address, mask, value);
        else StoreWhere<Vector128<int>, int>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<long> mask, Vector128<long> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((long*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((long*)address, mask, value);
        else StoreWhere<Vector128<long>, long>(address, mask, value);
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector128<byte> Load(long address, Vector128<byte> mask) =>
        Avx512BW.VL.IsSupported ? Avx512BW.VL.MaskLoad((byte*)address, mask, Vector128<byte>.Zero)
        : LoadWhere<Vector128<byte>, byte>(address, mask);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<byte> mask, Vector128<byte> value)
    {
        if (Avx512BW.VL.IsSupported) Avx512BW.VL.MaskStore((byte*)address, mask, value);
        else StoreWhere<Vector128<byte>, byte>(address, mask, value);
    }
}
