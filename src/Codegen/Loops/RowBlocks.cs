using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>
/// The outer loops of a kernel, or the rows of a product, cut into blocks, each with accumulators of its own in memory: reductions over
/// the outer coordinates, one result per inner coordinate. Blocks do not depend on threads, nor on tiles, so neither do bits.
/// </summary>
/// <param name="Rows">Outer coordinates in all; of a product, those of one matrix.</param>
/// <param name="Partials">Slots of the accumulators, which outer loops do
/// not move, and bytes from those of one block to the next one's.</param>
/// <param name="First">Stores what they are before any row.</param>
internal sealed record RowBlocks(Amount Rows, ImmutableArray<(int Slot, Amount Stride)> Partials, Region First)
{
    /// <summary>Outer coordinates per block: enough that clearing and joining accumulators is little beside them.</summary>
    public const long Length = 32;

    /// <summary>How many blocks there are.</summary>
    public static Dim Count(Dim rows) => Dim.FloorDivide(rows + (Length - 1), Length);

    /// <summary>How many a group may have: the matrices of a product have blocks of their own, unless they turn out to be one.</summary>
    public static Dim MostOf(FusionGroup group) => group.Kind is GroupKind.Contraction
        ? Dim.Product(group.Domain[..^2]) * Count(group.Domain[^2])
        : Count(Dim.Product(group.Domain.Where((_, a) => !group.InnerAxes.Contains(a))));

    /// <summary>The bytes from one slot's block to the next; 0 for slots that are no accumulators.</summary>
    public Amount StrideOf(int slot) => Partials.Where(p => p.Slot == slot).Select(p => p.Stride).FirstOrDefault(new Amount(0));

    public override string ToString() => $"blocks of {Rows} [{string.Join(" ", Partials)}]";
}
