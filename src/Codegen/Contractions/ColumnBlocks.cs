using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>
/// The columns of a product cut into blocks, each with accumulators of its own for every row: reductions along rows. Column j adds to
/// accumulator j mod <see cref="Lanes"/> of its block, so that bits do not depend on tiles.
/// </summary>
/// <param name="Slots">Slots of the accumulators: rows of all blocks' accumulators.</param>
/// <param name="First">Stores what they are before any column.</param>
internal sealed record ColumnBlocks(ImmutableArray<int> Slots, Region First)
{
    /// <summary>Columns per block: a multiple of most tiles' columns, and enough for accumulators to be little beside them.</summary>
    public const long Length = 192;

    /// <summary>Accumulators per row and block, of which a register holds all or a part.</summary>
    public const long Lanes = 16;

    /// <summary>How many blocks there are.</summary>
    public static Dim Count(Dim columns) => Dim.FloorDivide(columns + (Length - 1), Length);

    public override string ToString() => $"columns [{string.Join(" ", Slots)}]";
}
