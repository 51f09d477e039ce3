using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Adjoint.Codegen.Lanewise;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Loads and stores of the first lanes, those where a mask holds; memory under the others is not
/// touched.</summary>
internal static unsafe class MaskedMemory
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load(long address, Vector512<int> mask) =>
        Avx512F.IsSupported ? Avx512F.MaskLoad((int*)address, mask, Vector512<int>.Zero)
        : Lanewise.Load<Vector512<int>, int>(address, sizeof(int), Held<Vector512<int>, int>(mask));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load(long address, Vector512<long> mask) =>
        Avx512F.IsSupported ? Avx512F.MaskLoad((long*)address, mask, Vector512<long>.Zero)
        : Lanewise.Load<Vector512<long>, long>(address, sizeof(long), Held<Vector512<long>, long>(mask));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load(long address, Vector256<int> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((int*)address, mask, Vector256<int>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((int*)address, mask)
        : Lanewise.Load<Vector256<int>, int>(address, sizeof(int), Held<Vector256<int>, int>(mask));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load(long address, Vector256<long> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((long*)address, mask, Vector256<long>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((long*)address, mask)
        : Lanewise.Load<Vector256<long>, long>(address, sizeof(long), Held<Vector256<long>, long>(mask));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load(long address, Vector128<int> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((int*)address, mask, Vector128<int>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((int*)address, mask)
        : Lanewise.Load<Vector128<int>, int>(address, sizeof(int), Held<Vector128<int>, int>(mask));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load(long address, Vector128<long> mask) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.MaskLoad((long*)address, mask, Vector128<long>.Zero)
        : Avx2.IsSupported ? Avx2.MaskLoad((long*)address, mask)
        : Lanewise.Load<Vector128<long>, long>(address, sizeof(long), Held<Vector128<long>, long>(mask));

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<int> mask, Vector512<int> value)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore((int*)address, mask, value);
        else Lanewise.Store<Vector512<int>, int>(address, sizeof(int), value, Held<Vector512<int>, int>(mask));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<long> mask, Vector512<long> value)
    {
        if (Avx512F.IsSupported) Avx512F.MaskStore((long*)address, mask, value);
        else Lanewise.Store<Vector512<long>, long>(address, sizeof(long), value, Held<Vector512<long>, long>(mask));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<int> mask, Vector256<int> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((int*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((int*)address, mask, value);
        else Lanewise.Store<Vector256<int>, int>(address, sizeof(int), value, Held<Vector256<int>, int>(mask));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<long> mask, Vector256<long> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((long*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((long*)address, mask, value);
        else Lanewise.Store<Vector256<long>, long>(address, sizeof(long), value, Held<Vector256<long>, long>(mask));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<int> mask, Vector128<int> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((int*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((int*)address, mask, value);
        else Lanewise.Store<Vector128<int>, int>(address, sizeof(int), value, Held<Vector128<int>, int>(mask));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<long> mask, Vector128<long> value)
    {
        if (Avx512F.VL.IsSupported) Avx512F.VL.MaskStore((long*)address, mask, value);
        else if (Avx2.IsSupported) Avx2.MaskStore((long*)address, mask, value);
        else Lanewise.Store<Vector128<long>, long>(address, sizeof(long), value, Held<Vector128<long>, long>(mask));
    }
}
