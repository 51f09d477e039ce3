using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Lane after lane through memory: what no vector instruction does. Calls, compiled optimised at
/// once.</summary>
internal static class Lanewise
{
    private const MethodImplOptions Called = NoInlining | AggressiveOptimization;

    [MethodImpl(Called)]
    public static TRegister Divide<TRegister, T>(TRegister a, TRegister b)
        where TRegister : unmanaged where T : unmanaged, IBinaryInteger<T>
    {
        for (int k = 0; k < Lanes<TRegister, T>(); k++)
        {
            ref T quotient = ref Lane<TRegister, T>(ref a, k);
            quotient = ScalarInstructions.Divide(quotient, Lane<TRegister, T>(ref b, k));
        }
        return a;
    }

    [MethodImpl(Called)]
    public static TTo Convert<TFrom, TTo, T, TResult>(TFrom a)
        where TFrom : unmanaged where TTo : unmanaged
        where T : unmanaged, INumber<T> where TResult : unmanaged, INumber<TResult>
    {
        TTo result = default;
        for (int k = 0; k < Lanes<TFrom, T>(); k++)
            Lane<TTo, TResult>(ref result, k) = ScalarInstructions.Convert<T, TResult>(Lane<TFrom, T>(ref a, k));
        return result;
    }

    /// <summary>The first elements, a byte stride apart.</summary>
    [MethodImpl(Called)]
    public static TRegister Load<TRegister, T>(long address, long byteStride, long count)
        where TRegister : unmanaged where T : unmanaged
    {
        TRegister result = default;
        for (int k = 0; k < count; k++) Lane<TRegister, T>(ref result, k) = Memory.Load<T>(address + k * byteStride);
        return result;
    }

    [MethodImpl(Called)]
    public static void Store<TRegister, T>(long address, long byteStride, TRegister value, long count)
        where TRegister : unmanaged where T : unmanaged
    {
        for (int k = 0; k < count; k++) Memory.Store(address + k * byteStride, Lane<TRegister, T>(ref value, k));
    }

    /// <summary>Elements of a kind of integer at element offsets, where the lane's mask is not 0.</summary>
    [MethodImpl(Called)]
    public static TResult Gather<TOffsets, TResult, T>(long address, TOffsets offsets, TOffsets mask)
        where TOffsets : unmanaged where TResult : unmanaged where T : unmanaged
    {
        TResult result = default;
        for (int k = 0; k < Lanes<TOffsets, long>(); k++)
        {
            if (Lane<TOffsets, long>(ref mask, k) == 0) continue;
            long offset = Lane<TOffsets, long>(ref offsets, k) * Unsafe.SizeOf<T>();
            Lane<TResult, T>(ref result, k) = Memory.Load<T>(address + offset);
        }
        return result;
    }

    /// <summary>Neighbouring elements where a mask holds; the other lanes are 0.</summary>
    [MethodImpl(Called)]
    public static TRegister LoadWhere<TRegister, T>(long address, TRegister mask)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        TRegister result = default;
        for (int k = 0; k < Lanes<TRegister, T>(); k++)
            if (!T.IsZero(Lane<TRegister, T>(ref mask, k)))
                Lane<TRegister, T>(ref result, k) = Memory.Load<T>(address + (long)k * Unsafe.SizeOf<T>());
        return result;
    }

    [MethodImpl(Called)]
    public static void StoreWhere<TRegister, T>(long address, TRegister mask, TRegister value)
        where TRegister : unmanaged where T : unmanaged, INumber<T>
    {
        for (int k = 0; k < Lanes<TRegister, T>(); k++)
            if (!T.IsZero(Lane<TRegister, T>(ref mask, k)))
                Memory.Store(address + (long)k * Unsafe.SizeOf<T>(), Lane<TRegister, T>(ref value, k));
    }

    /// <summary>Lane number k of a register.</summary>
    [MethodImpl(AggressiveInlining)]
    public static ref T Lane<TRegister, T>(ref TRegister register, int k)
        where TRegister : unmanaged where T : unmanaged =>
        ref Unsafe.Add(ref Unsafe.As<TRegister, T>(ref register), k);

    private static int Lanes<TRegister, T>() where TRegister : unmanaged where T : unmanaged =>
        Unsafe.SizeOf<TRegister>() / Unsafe.SizeOf<T>();
}
