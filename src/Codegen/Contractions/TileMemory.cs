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
[StructLayout(LayoutKind.Sequential, Size = 2 * 32 * 64)]
internal unsafe struct TileMemory
{
    /// <summary>The expression of a local's address.</summary>
    public static Expression AddressOf(ParameterExpression local) => Call(typeof(TileMemory), nameof(AddressOfLocal), null, local);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long AddressOfLocal(ref TileMemory local) => (long)Unsafe.AsPointer(ref local);
}
