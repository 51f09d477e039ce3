using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Bools between memory, a byte each, and the bits of a long, lane 0 lowest. Nonzero bytes are true; 1 is
/// written.</summary>
internal static class MaskMemory
{
    private const ulong EachByte = 0x0101_0101_0101_0101;

    [MethodImpl(AggressiveInlining)]
    public static long Load(long address, long count) => count switch
    {
        16 => NonZero(Memory.Load<Vector128<byte>>(address)),
        8 => NonZero(Vector128.CreateScalar(Memory.Load<ulong>(address)).AsByte()),
        4 => NonZero(Vector128.CreateScalar(Memory.Load<uint>(address)).AsByte()),
        2 => NonZero(Vector128.CreateScalar(Memory.Load<ushort>(address)).AsByte()),
        _ => NonZero(MaskedMemory.Load(address, First(count))),
    };

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, long bits, long count)
    {
        switch (count)
        {
            case 16:
                Memory.Store(address, Spread(bits));
                Memory.Store(address + 8, Spread(bits >> 8));
                break;
            case 8: Memory.Store(address, Spread(bits)); break;
            case 4: Memory.Store(address, (uint)Spread(bits)); break;
            case 2: Memory.Store(address, (ushort)Spread(bits)); break;
            default: MaskedMemory.Store(address, First(count), Vector128.Create(Spread(bits), Spread(bits >> 8)).AsByte()); break;
        }
    }

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

    [MethodImpl(AggressiveInlining)]
    private static long NonZero(Vector128<byte> bytes) =>
        (~Vector128.Equals(bytes, Vector128<byte>.Zero)).ExtractMostSignificantBits();

    // The low 8 bits, one to a byte: byte k keeps bit k of a copy, and 0x7f carries it to the top.
    [MethodImpl(AggressiveInlining)]
    private static ulong Spread(long bits) =>
        ((((byte)bits * EachByte & 0x8040_2010_0804_0201) + 0x7f * EachByte) >> 7) & EachByte;
}
