using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>
/// Every second element of 4 bytes, a register of them, as pools and convolutions with stride 2 read and their gradients write. Such
/// elements are halves of 8-byte lanes, so none is moved by itself. A load takes two registers of neighbours; the second begins one
/// element early, so that nothing past the last element is read.
/// </summary>
internal static class AlternateMemory
{
    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load(long address, Vector512<int> _) =>
        Join(Memory.Load<Vector512<int>>(address), Memory.Load<Vector512<int>>(address + 60));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> LoadPartial(long address, long count, Vector512<int> _) => Join(
        MaskedMemory.Load(address, First512(2 * count - 1)), MaskedMemory.Load(address + 60, First512(2 * count - 16)));

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<int> value, long count)
    {
        var even = Vector512.Create(0xFFFF_FFFFL).AsInt32();
        MaskedMemory.Store(address, even & First512(2 * count), Vector512.WidenLower(value.AsUInt32()).AsInt32());
        MaskedMemory.Store(address + 64, even & First512(2 * count - 16), Vector512.WidenUpper(value.AsUInt32()).AsInt32());
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector512<int> First512(long count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count));

    // Lanes 0, 2, .. of one, then 1, 3, .. of the other.
    [MethodImpl(AggressiveInlining)]
    private static Vector512<int> Join(Vector512<int> first, Vector512<int> second) => Vector512.Narrow(first.AsInt64(), second.AsInt64() >>> 32);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load(long address, Vector256<int> _) =>
        Join(Memory.Load<Vector256<int>>(address), Memory.Load<Vector256<int>>(address + 28));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> LoadPartial(long address, long count, Vector256<int> _) => Join(
        MaskedMemory.Load(address, First256(2 * count - 1)), MaskedMemory.Load(address + 28, First256(2 * count - 8)));

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<int> value, long count)
    {
        var even = Vector256.Create(0xFFFF_FFFFL).AsInt32();
        MaskedMemory.Store(address, even & First256(2 * count), Vector256.WidenLower(value.AsUInt32()).AsInt32());
        MaskedMemory.Store(address + 32, even & First256(2 * count - 8), Vector256.WidenUpper(value.AsUInt32()).AsInt32());
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector256<int> First256(long count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)count));

    // Lanes 0, 2, .. of one, then 1, 3, .. of the other.
    [MethodImpl(AggressiveInlining)]
    private static Vector256<int> Join(Vector256<int> first, Vector256<int> second) => Vector256.Narrow(first.AsInt64(), second.AsInt64() >>> 32);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load(long address, Vector128<int> _) =>
        Join(Memory.Load<Vector128<int>>(address), Memory.Load<Vector128<int>>(address + 12));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> LoadPartial(long address, long count, Vector128<int> _) => Join(
        MaskedMemory.Load(address, First128(2 * count - 1)), MaskedMemory.Load(address + 12, First128(2 * count - 4)));

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<int> value, long count)
    {
        var even = Vector128.Create(0xFFFF_FFFFL).AsInt32();
        MaskedMemory.Store(address, even & First128(2 * count), Vector128.WidenLower(value.AsUInt32()).AsInt32());
        MaskedMemory.Store(address + 16, even & First128(2 * count - 4), Vector128.WidenUpper(value.AsUInt32()).AsInt32());
    }

    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> First128(long count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)count));

    // Lanes 0, 2, .. of one, then 1, 3, .. of the other.
    [MethodImpl(AggressiveInlining)]
    private static Vector128<int> Join(Vector128<int> first, Vector128<int> second) => Vector128.Narrow(first.AsInt64(), second.AsInt64() >>> 32);
}
