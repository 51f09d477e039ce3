using System.Collections.Immutable;
using Adjoint.Kernels;

namespace Adjoint.Codegen;

/// <summary>
/// A reduction over everything as two kernels: accumulators of each block of the lane loop,
/// which threads share, and then all blocks joined and the result finished. Blocks depend on
/// nothing but the extent, so bits do not depend on threads; and long sums keep more digits.
/// </summary>
internal static class LaneBlocks
{
    /// <summary>Elements per block: enough that joining its accumulators is little beside them, a multiple of the virtual lanes.</summary>
    public const long Length = 1 << 14;

    /// <summary>The two kernels; just the one given, where it is no reduction over everything, or one of few elements.</summary>
    public static ImmutableArray<LoopKernel> Of(LoopKernel kernel)
    {
        var nest = kernel.Nest;
        return nest is { Outer: [], Blocks: null, LaneIsInner: true, Lane: { } lane,
            Stages: [{ Accumulations.IsEmpty: false }, { Loop: null }] }
            && (!lane.IsConstant || lane.Constant > Length) ? Split(kernel, lane) : [kernel];
    }

    private static ImmutableArray<LoopKernel> Split(LoopKernel kernel, Amount lane)
    {
        var (nest, first) = (kernel.Nest, kernel.Nest.Stages[0]);
        var count = Dim.FloorDivide((lane.IsConstant ? Dim.Of(lane.Constant)
            : ((NumberArgument)kernel.Arguments[lane.Word]).Value) + (Length - 1), Length);
        var arguments = new ArgumentList(kernel.Arguments);
        var (blocks, none) = (arguments.Number(count), new Amount(0));
        var (parts, store) = (new List<Slot>(), new Body());
        var stores = ImmutableArray.CreateBuilder<(int, Value)>();
        foreach (int c in first.Accumulations.SelectMany(a => a.Carried))
        {
            var type = nest.CarriedTypes[c];
            stores.Add((nest.Slots.Length + parts.Count, store.Carried(type, c)));
            parts.Add(new(type, arguments.Address(new Temporary(count * type.Size), Dim.Zero), [new(type.Size)]));
        }
        var slots = nest.Slots.Select(s => s with { Strides = [none, .. s.Strides] })
            .Concat(parts.Select(p => p with { Strides = [.. p.Strides, .. nest.Inner.Select(_ => none), none] }));
        var each = nest with
        {
            Slots = [.. slots], Outer = [blocks], LaneBlock = Length, Position = [.. nest.Position.Select(p => p < 0 ? p : p + 1)],
            Stages = [first with { Before = first.Before with { Stores = [] } }, new(new(store, [], stores.ToImmutable()), null, [])],
        };
        var (loop, next) = (new Body(), nest.Slots.Length);
        ImmutableArray<Value> Loaded(Accumulation a) => [.. a.Carried.Select(c => loop.Load(nest.CarriedTypes[c], next++))];
        ImmutableArray<Accumulation> joins = [.. first.Accumulations.Select(a => a with
        {
            Step = a.Op.Merge(loop, [.. a.Carried.Select(c => loop.Carried(nest.CarriedTypes[c], c))], Loaded(a)),
        })];
        var whole = nest with
        {
            Name = $"{nest.Name}_whole", Slots = [.. nest.Slots.Select(s => s with { Strides = [none] }), .. parts],
                Inner = [], Lane = blocks,
            Position = [.. nest.Position.Select(_ => -1)], Stages = [new(first.Before, new(loop, [], []), joins), nest.Stages[1]],
        };
        var all = arguments.ToImmutable();
        return
        [
            kernel with { Nest = each, Arguments = all, Range = count, Grain = 1 },
            kernel with { Nest = whole, Arguments = all, Elements = count },
        ];
    }
}
