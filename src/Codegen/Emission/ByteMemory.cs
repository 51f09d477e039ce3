using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Elements of one byte between memory and registers of int32: widened when read, their low bits kept when
/// written.</summary>
internal static class ByteMemory
{
    private const MethodImplOptions Called = NoInlining | AggressiveOptimization;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load16SByte(long address) => Halves.Join(Load8SByte(address), Load8SByte(address + 8));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<int> Load16Byte(long address) => Halves.Join(Load8Byte(address), Load8Byte(address + 8));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load8SByte(long address)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalar(Memory.Load<long>(address)).AsSByte());
        return Halves.Join(Vector128.WidenLower(words), Vector128.WidenUpper(words));
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector256<int> Load8Byte(long address)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalar(Memory.Load<long>(address)).AsByte()).AsInt16();
        return Halves.Join(Vector128.WidenLower(words), Vector128.WidenUpper(words));
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4SByte(long address) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Memory.Load<int>(address)).AsSByte()));

    [MethodImpl(AggressiveInlining)]
    public static Vector128<int> Load4Byte(long address) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Memory.Load<int>(address)).AsByte())).AsInt32();

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector512<int> value)
    {
        Store(address, value.GetLower());
        Store(address + 8, value.GetUpper());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector256<int> value)
    {
        var low = value & Vector256.Create(0xFF);   // so that narrowing keeps the low bits, saturating or not
        var words = Vector128.Narrow(low.GetLower(), low.GetUpper()).AsUInt16();
        Memory.Store(address, Vector128.Narrow(words, words).AsInt64().ToScalar());
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store(long address, Vector128<int> value)
    {
        var low = value & Vector128.Create(0xFF);
        var words = Vector128.Narrow(low, low).AsUInt16();
        Memory.Store(address, Vector128.Narrow(words, words).AsInt32().ToScalar());
    }

    /// <summary>The first elements, a byte stride apart.</summary>
    [MethodImpl(Called)]
    public static TRegister Load<TRegister, T>(long address, long byteStride, long count)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        TRegister result = default;
        for (int k = 0; k < count; k++)
            Lanewise.Lane<TRegister, int>(ref result, k) = int.CreateTruncating(Memory.Load<T>(address + k * byteStride));
        return result;
    }

    [MethodImpl(Called)]
    public static void Store<TRegister, T>(long address, long byteStride, TRegister value, long count)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        for (int k = 0; k < count; k++)
            Memory.Store(address + k * byteStride, T.CreateTruncating(Lanewise.Lane<TRegister, int>(ref value, k)));
    }

    /// <summary>The first elements at element offsets; 0 in the other lanes.</summary>
    [MethodImpl(Called)]
    public static TRegister Gather<TOffsets, TRegister, T>(long address, TOffsets offsets, long count)
        where TOffsets : unmanaged where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        TRegister result = default;
        for (int k = 0; k < count; k++)
            Lanewise.Lane<TRegister, int>(ref result, k) =
                int.CreateTruncating(Memory.Load<T>(address + Lanewise.Lane<TOffsets, long>(ref offsets, k)));
        return result;
    }
}
