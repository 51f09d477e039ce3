using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Bools between memory, a byte each, and masks, or the bits of a long, lane 0 lowest. Nonzero bytes are true; 1 is
/// written.</summary>
internal static class MaskMemory
{
    private const ulong EachByte = 0x0101_0101_0101_0101;

    /// <summary>Whether registers of so many bytes take bytes as lanes of a mask by themselves, not as bits of a long.</summary>
    public static bool Widens(int bytes) => bytes switch { 64 => Avx512F.IsSupported, 32 => Avx2.IsSupported, _ => Sse41.IsSupported };

    /// <summary>Whether such registers give them back.</summary>
    public static bool Narrows(int bytes) => bytes == 64 ? Avx512F.IsSupported : Avx512F.VL.IsSupported;

    // Load[lanes]x[size of an integer of the mask].

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load16x4(long address, long count) =>
        ~Vector512.Equals(Avx512F.ConvertToVector512Int32(Bytes(address, count)), Vector512<int>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<long> Load8x8(long address, long count) =>
        ~Vector512.Equals(Avx512F.ConvertToVector512Int64(Bytes(address, count)), Vector512<long>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load8x4(long address, long count) =>
        ~Vector256.Equals(Avx2.ConvertToVector256Int32(Bytes(address, count)), Vector256<int>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<long> Load4x8(long address, long count) =>
        ~Vector256.Equals(Avx2.ConvertToVector256Int64(Bytes(address, count)), Vector256<long>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4x4(long address, long count) =>
        ~Vector128.Equals(Sse41.ConvertToVector128Int32(Bytes(address, count)), Vector128<int>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<long> Load2x8(long address, long count) =>
        ~Vector128.Equals(Sse41.ConvertToVector128Int64(Bytes(address, count)), Vector128<long>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<int> mask, long count) =>
        Store(address, Avx512F.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<long> mask, long count) =>
        Store(address, Avx512F.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<int> mask, long count) =>
        Store(address, Avx512F.VL.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<long> mask, long count) =>
        Store(address, Avx512F.VL.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<int> mask, long count) =>
        Store(address, Avx512F.VL.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<long> mask, long count) =>
        Store(address, Avx512F.VL.ConvertToVector128SByte(mask), count);

    [MethodImpl(AggressiveInlining)]
    public static long Load(long address, long count) =>
        (~Vector128.Equals(Bytes(address, count), Vector128<sbyte>.Zero)).ExtractMostSignificantBits();

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long bits, long count) =>
        Write(address, Vector128.Create(Spread(bits), count > 8 ? Spread(bits >> 8) : 0).AsByte(), count);

    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static long LoadStrided(long address, long byteStride, long count)
    {
        long bits = 0;
        for (int k = 0; k < count; k++) bits |= (Memory.Load<byte>(address + k * byteStride) != 0 ? 1L : 0) << k;
        return bits;
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static void StoreStrided(long address, long byteStride, long bits, long count)
    {
        for (int k = 0; k < count; k++) Memory.Store(address + k * byteStride, (byte)((bits >> k) & 1));
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    public static long Gather<TOffsets>(long address, TOffsets offsets, long count) where TOffsets : unmanaged
    {
        long bits = 0;
        for (int k = 0; k < count; k++)
            bits |= LoadStrided(address + Lanewise.Lane<TOffsets, long>(ref offsets, k), 0, 1) << k;
        return bits;
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector128<byte> First(long count) => Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)count));

    // The first bytes; the others are 0, and their memory is not touched.
    [MethodImpl(AggressiveInlining)]
    private static Vector128<sbyte> Bytes(long address, long count) => count switch
    {
        16 => Memory.Load<Vector128<sbyte>>(address),
        8 => Vector128.CreateScalar(Memory.Load<long>(address)).AsSByte(),
        4 => Vector128.CreateScalar(Memory.Load<int>(address)).AsSByte(),
        2 => Vector128.CreateScalar(Memory.Load<short>(address)).AsSByte(),
        _ => MaskedMemory.Load(address, First(count)).AsSByte(),
    };

    // A byte for each lane, all ones or zero.
    [MethodImpl(AggressiveInlining)]
    private static void Store(long address, Vector128<sbyte> lanes, long count) =>
        Write(address, lanes.AsByte() & Vector128<byte>.One, count);

    [MethodImpl(AggressiveInlining)]
    private static void Write(long address, Vector128<byte> bytes, long count)
    {
        switch (count)
        {
            case 16: Memory.Store(address, bytes); break;
            case 8: Memory.Store(address, bytes.AsInt64().ToScalar()); break;
            case 4: Memory.Store(address, bytes.AsInt32().ToScalar()); break;
            case 2: Memory.Store(address, bytes.AsInt16().ToScalar()); break;
            default: MaskedMemory.Store(address, First(count), bytes); break;
        }
    }

    // The low 8 bits, one to a byte: byte k keeps bit k of a copy, and 0x7f carries it to the top.
    [MethodImpl(AggressiveInlining)]
    private static ulong Spread(long bits) =>
        ((((byte)bits * EachByte & 0x8040_2010_0804_0201) + 0x7f * EachByte) >> 7) & EachByte;
}
