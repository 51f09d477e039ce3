using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Elements of 4 or 8 bytes at element offsets, of all lanes, or where a mask of int64 lanes holds; 0 and untouched
/// elsewhere.</summary>
internal static unsafe class GatherMemory
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load8(long address, Vector512<long> offsets, Vector512<long> mask) =>
        Halves.Join(
            Load8(address, offsets.GetLower(), mask.GetLower()), Load8(address, offsets.GetUpper(), mask.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load8(long address, Vector256<long> offsets, Vector256<long> mask) => Avx2.IsSupported
        ? Avx2.GatherMaskVector256(Vector256<long>.Zero, (long*)address, offsets, mask, sizeof(long))
        : Lanewise.Gather<Vector256<long>, Vector256<long>, long>(address, offsets, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load8(long address, Vector128<long> offsets, Vector128<long> mask) => Avx2.IsSupported
        ? Avx2.GatherMaskVector128(Vector128<long>.Zero, (long*)address, offsets, mask, sizeof(long))
        : Lanewise.Gather<Vector128<long>, Vector128<long>, long>(address, offsets, mask);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load8(long address, Vector512<long> offsets) =>
        Halves.Join(Load8(address, offsets.GetLower()), Load8(address, offsets.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load8(long address, Vector256<long> offsets) => Avx2.IsSupported
        ? Avx2.GatherVector256((long*)address, offsets, sizeof(long)) : Load8(address, offsets, Vector256<long>.AllBitsSet);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load8(long address, Vector128<long> offsets) => Avx2.IsSupported
        ? Avx2.GatherVector128((long*)address, offsets, sizeof(long)) : Load8(address, offsets, Vector128<long>.AllBitsSet);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load4(long address, Vector512<long> offsets) =>
        Halves.Join(Load4(address, offsets.GetLower()), Load4(address, offsets.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4(long address, Vector256<long> offsets) => Avx2.IsSupported
        ? Avx2.GatherVector128((int*)address, offsets, sizeof(int)) : Load4(address, offsets, Vector256<long>.AllBitsSet);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load4(long address, Vector512<long> offsets, Vector512<long> mask) => Halves.Join(
        Load4(address, offsets.GetLower(), mask.GetLower()), Load4(address, offsets.GetUpper(), mask.GetUpper()));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4(long address, Vector256<long> offsets, Vector256<long> mask) => Avx2.IsSupported
        ? Avx2.GatherMaskVector128(
            Vector128<int>.Zero, (int*)address, offsets, VectorInstructions.ToInt32(mask), sizeof(int))
        : Lanewise.Gather<Vector256<long>, Vector128<int>, int>(address, offsets, mask);
}
