using System.Collections.Concurrent;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>How the first operand of a block's product lies in memory.</summary>
internal enum BlockLayout
{
    /// <summary>Neighbours along a row.</summary>
    Rows,

    /// <summary>Neighbours along a column.</summary>
    Columns,

    /// <summary>Neither.</summary>
    Strided,
}

/// <summary>
/// A product of two blocks in memory, as code of its own: in a method with other inner loops the JIT keeps accumulators in memory.
/// Everything that the code depends on is here; there are few of them, so they are kept.
/// </summary>
/// <param name="Type">Element type.</param>
/// <param name="Width">Registers.</param>
/// <param name="Layout">Of the first operand.</param>
/// <param name="Adds">Whether the result is added to.</param>
internal readonly record struct BlockProduct(DType Type, VectorWidth Width, BlockLayout Layout, bool Adds)
{
    /// <summary>Words of the argument block: c and bytes between its rows; a, its rows and columns; b, its rows; m, n, k.</summary>
    public const int C = 0, RowOfC = 1, A = 2, RowOfA = 3, ColumnOfA = 4, B = 5, RowOfB = 6, M = 7, N = 8, K = 9, Words = 10;

    private static readonly ConcurrentDictionary<BlockProduct, Lazy<Kernel>> Compiled = [];

    /// <summary>The code, compiled at first use.</summary>
    public Kernel Kernel => Compiled.GetOrAdd(this, p => new(() => BlockProductEmitter.Emit(p).Compile())).Value;
}
