using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>A finished tile on the kernel's stack: where an epilogue that is not unrolled finds it.</summary>
/// <remarks>
/// Twice as large as 32 registers of 512 bits (sums of blocks, and of a block's
/// first part), and a local that lives as long as the call, so its address does too.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 2 * 32 * 64 + Alignment)]
internal unsafe struct TileMemory
{
    /// <summary>Bytes more than are used: what straddles cache lines is not forwarded from a store to a load.</summary>
    public const int Alignment = Memory.LineBytes;

    /// <summary>The expression of the first aligned address within a local.</summary>
    public static Expression AddressOf(ParameterExpression local) => Call(typeof(TileMemory), nameof(AddressOfLocal), [local.Type], local);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long AddressOfLocal<TMemory>(ref TMemory local) where TMemory : unmanaged =>
        ((long)Unsafe.AsPointer(ref local) + (Alignment - 1)) & -Alignment;
}

/// <summary>Constants of an epilogue on the kernel's stack.</summary>
[StructLayout(LayoutKind.Sequential, Size = Places * ConstantTable.PlaceSize + TileMemory.Alignment)]
internal struct ConstantMemory
{
    /// <summary>How many there may be.</summary>
    public const int Places = 128;
}
