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
/// <param name="Partials">Slots of the accumulators, which outer loops do not move, and bytes from those of one block to the next one's.</param>
/// <param name="First">Stores what they are before any row.</param>
internal sealed record RowBlocks(Amount Rows, ImmutableArray<(int Slot, Amount Stride)> Partials, Region First)
{
    /// <summary>Outer coordinates per block: enough that clearing and joining accumulators is little beside them.</summary>
    public const long Length = 32;

    /// <summary>How many blocks there are.</summary>
    public static Dim Count(Dim rows) => Dim.FloorDivide(rows + (Length - 1), Length);

    /// <summary>How many a group may have: the matrices of a product have blocks of their own, unless they turn out to be one.</summary>
    public static Dim MostOf(FusionGroup group)
    {
        Dim[] outer = [.. group.Domain.Where((_, a) => !group.InnerAxes.Contains(a))];
        return group.Kind is GroupKind.Contraction ? Product(outer[..^1]) * Count(outer[^1]) : Count(Product(outer));
    }

    private static Dim Product(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);

    /// <summary>The bytes from one slot's block to the next; 0 for slots that are no accumulators.</summary>
    public Amount StrideOf(int slot) => Partials.Where(p => p.Slot == slot).Select(p => p.Stride).FirstOrDefault(new Amount(0));

    public override string ToString() => $"blocks of {Rows} [{string.Join(" ", Partials)}]";
}

/// <summary>A reduction over the outer coordinates while its group is lowered.</summary>
/// <param name="Reduction">The node.</param>
/// <param name="Slots">Where its accumulators are.</param>
/// <param name="Memory">Their memory.</param>
internal sealed record Total(Node Reduction, ImmutableArray<int> Slots, ImmutableArray<(Temporary Buffer, DType Type)> Memory);

/// <summary>Joins the accumulators of all blocks, in their order, and finishes the results: a kernel over columns.</summary>
internal static class TotalLowering
{
    public static LoopKernel Of(FusionGroup group, IReadOnlyList<Total> totals, Dim blocks)
    {
        var arguments = new ArgumentList();
        var columns = group.InnerAxes.Aggregate(Dim.One, (n, a) => n * group.Domain[a]);
        var (slots, types) = (new List<Slot>(), new List<DType>());
        int Place(object buffer, DType type, Dim perBlock)
        {
            slots.Add(new(type, arguments.Address(buffer, Dim.Zero), [arguments.Number(perBlock * type.Size), new(type.Size)]));
            return slots.Count - 1;
        }
        Body loop = new(), after = new();
        var accumulations = ImmutableArray.CreateBuilder<Accumulation>();
        var stores = ImmutableArray.CreateBuilder<(int, Value)>();
        foreach (var total in totals)
        {
            var (node, op) = (total.Reduction, (Reduction)total.Reduction.Op);
            var (identity, merge) = (new Body(), new Body());
            var first = op.Identity(identity, node.Apply.Inputs[0].DType);
            ImmutableArray<int> carried = [.. first.Select((_, i) => types.Count + i)];
            types.AddRange(first.Select(v => v.Type));
            ImmutableArray<Value> Carried(Body body, int from) => [.. first.Select((v, i) => body.Carried(v.Type, from + i))];
            var step = op.Merge(loop, Carried(loop, carried[0]), [.. total.Memory.Select(m => loop.Load(m.Type, Place(m.Buffer, m.Type, columns)))]);
            var merged = op.Merge(merge, Carried(merge, 0), Carried(merge, first.Length));
            accumulations.Add(new(carried, identity, first, step, merge, merged, op));
            stores.Add((Place(node, node.DType, Dim.Zero), op.Finish(after, Carried(after, carried[0]), node.DType)));
        }
        ImmutableArray<Stage> stages =
        [
            new(new(new(), [], []), new(loop, [], []), accumulations.ToImmutable()),
            new(new(after, [], stores.ToImmutable()), null, []),
        ];
        var nest = new LoopNest($"{group.Name}_totals", [.. slots], [], [arguments.Number(blocks)], arguments.Number(columns), false,
            [], [], [.. types], stages);
        return new(nest, arguments.ToImmutable(), columns, LoopSchedule.GrainOfLanes(blocks), columns * blocks, []);
    }
}
