using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <content>
/// Numbers of a <see cref="NumberTable"/> by the low bits of indices. Permutations look at no other bits; what has no permutation over
/// sixteen lanes gathers from memory.
/// </content>
internal static partial class VectorInstructions
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Entry(Vector512<int> index, long table) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32(Memory.Load<Vector512<float>>(table), index)
        : Halves.Join(Entry(index.GetLower(), table), Entry(index.GetUpper(), table));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Entry(Vector256<int> index, long table)
    {
        Vector256<float> low = Memory.Load<Vector256<float>>(table),
            high = Memory.Load<Vector256<float>>(table + Unsafe.SizeOf<Vector256<float>>());
        return Avx512F.VL.IsSupported ? Avx512F.VL.PermuteVar8x32x2(low, index, high)
            : Avx2.IsSupported ? Avx.BlendVariable(Avx2.PermuteVar8x32(low, index), Avx2.PermuteVar8x32(high, index),
                (index << 28).AsSingle())
            : Halves.Join(Entry(index.GetLower(), table), Entry(index.GetUpper(), table));
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Entry(Vector128<int> index, long table) => Avx2.IsSupported
        ? Entry(index.ToVector256Unsafe(), table).GetLower()
        : GatherMemory.Load4(table, ToInt64(index & Vector128.Create(NumberTable.Count - 1)), Vector256<long>.AllBitsSet).AsSingle();

    [MethodImpl(AggressiveInlining)]
    public static Vector512<double> Entry(Vector512<long> index, long table) => Avx512F.IsSupported
        ? Avx512F.PermuteVar8x64x2(
            Memory.Load<Vector512<double>>(table), index, Memory.Load<Vector512<double>>(table + Unsafe.SizeOf<Vector512<double>>()))
        : Halves.Join(Entry(index.GetLower(), table), Entry(index.GetUpper(), table));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<double> Entry(Vector256<long> index, long table) => Avx512F.IsSupported
        ? Entry(index.ToVector512Unsafe(), table).GetLower()
        : GatherMemory.Load8(table, index & Vector256.Create(NumberTable.Count - 1L), Vector256<long>.AllBitsSet).AsDouble();

    [MethodImpl(AggressiveInlining)]
    public static Vector128<double> Entry(Vector128<long> index, long table) => Avx512F.IsSupported
        ? Entry(index.ToVector256Unsafe().ToVector512Unsafe(), table).GetLower().GetLower()
        : GatherMemory.Load8(table, index & Vector128.Create(NumberTable.Count - 1L), Vector128<long>.AllBitsSet).AsDouble();
}
