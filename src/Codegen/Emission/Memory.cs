using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Adjoint.Codegen;

/// <summary>Reads and writes at addresses: a register of any width or a scalar, unaligned.</summary>
internal static unsafe class Memory
{
    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>
    /// Bytes of a page, beyond which the processor foresees nothing; as far apart, lines share a set of the first-level cache.
    /// </summary>
    public const int PageBytes = 4096;

    /// <summary>The expression that reads a register.</summary>
    public static Expression Read(Type register, Expression address) =>
        RegisterMethods.Generic(typeof(Memory), nameof(Load), [register], address);

    /// <summary>The expression that writes a register.</summary>
    public static Expression Write(Expression address, Expression value) =>
        RegisterMethods.Generic(typeof(Memory), nameof(Store), [value.Type], address, value);

    /// <summary>The statement that asks for the cache line of an address, which may lie outside of all memory.</summary>
    public static Expression Ask(Expression address) => Expression.Call(typeof(Memory), nameof(Prefetch), null, address);

    /// <summary>As <see cref="Ask"/>, in the second-level cache only.</summary>
    public static Expression AskFar(Expression address) => Expression.Call(typeof(Memory), nameof(PrefetchFar), null, address);

    [MethodImpl(AggressiveInlining)]
    public static TRegister Load<TRegister>(long address) where TRegister : unmanaged =>
        Unsafe.ReadUnaligned<TRegister>((void*)address);

    /// <summary>Asks for the cache line of an address, which may lie outside of all memory.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void Prefetch(long address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0((void*)address);
    }

    /// <summary>Asks for the cache line of an address, as <see cref="Prefetch"/>, in the second-level cache only.</summary>
    [MethodImpl(AggressiveInlining)]
    public static void PrefetchFar(long address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1((void*)address);
    }

    /// <summary>Asks for so many bytes of each of several rows, as <see cref="PrefetchFar"/>.</summary>
    public static void PrefetchRows(long first, long stride, long rows, long bytes)
    {
        for (; rows > 0; rows--, first += stride)
            for (long line = 0; line < bytes; line += LineBytes)
                PrefetchFar(first + line);
    }

    [MethodImpl(AggressiveInlining)]
    public static void Store<TRegister>(long address, TRegister value) where TRegister : unmanaged =>
        Unsafe.WriteUnaligned((void*)address, value);
}
