using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>A reduction in blocks while its group is lowered.</summary>
/// <param name="Reduction">The node.</param>
/// <param name="Kept">The domain axes that its result varies along.</param>
/// <param name="IsAlongRows">Whether it runs along the rows of a product,
/// in blocks of columns; else down columns, in blocks of rows.</param>
/// <param name="Slots">Where its accumulators are.</param>
/// <param name="Memory">Their memory.</param>
internal sealed record Total(Node Reduction, ImmutableArray<int> Kept, bool IsAlongRows, ImmutableArray<int> Slots,
    ImmutableArray<(Temporary Buffer, DType Type)> Memory);

/// <summary>How accumulators of blocks lie in memory: [kept, blocks, columns].</summary>
/// <param name="Kept">Results, or rows of results.</param>
/// <param name="Blocks">Blocks that make up each.</param>
/// <param name="Columns">Accumulators per block.</param>
/// <param name="JoinsColumns">Whether all accumulators of a block belong to one result; else each is a column's.</param>
internal sealed record Partials(Dim Kept, Dim Blocks, Dim Columns, bool JoinsColumns);

/// <summary>Joins the accumulators of all blocks, in their order, and finishes the results: a kernel over columns, or over rows.</summary>
internal static class TotalLowering
{
    /// <summary>A kernel for all totals whose accumulators lie alike.</summary>
    public static IEnumerable<LoopKernel> Of(string group, IEnumerable<Total> totals, Func<Total, Partials> partials) =>
        totals.GroupBy(partials).Select(alike => Of(group, alike, alike.Key));

    private static LoopKernel Of(string group, IEnumerable<Total> totals, Partials p)
    {
        var arguments = new ArgumentList();
        var (slots, types) = (new List<Slot>(), new List<DType>());
        var block = p.Blocks * p.Columns;
        Dim[] outer = p.Kept == Dim.One ? [] : [p.Kept], inner = p.JoinsColumns ? [] : [p.Blocks];
        var lane = p.JoinsColumns ? block : p.Columns;
        int Place(object buffer, DType type, params Dim[] strides)
        {
            var used = strides[(1 - outer.Length)..];
            slots.Add(new(type, arguments.Address(buffer, Dim.Zero), arguments.Numbers(used.Select(s => s * type.Size))));
            return slots.Count - 1;
        }
        int Part((Temporary Buffer, DType Type) memory) => p.JoinsColumns ? Place(memory.Buffer, memory.Type, block, Dim.One)
            : Place(memory.Buffer, memory.Type, block, p.Columns, Dim.One);
        int Result(Node node) => p.JoinsColumns ? Place(node, node.DType, Dim.One, Dim.Zero)
            : Place(node, node.DType, p.Columns, Dim.Zero, Dim.One);
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
            var step = op.Merge(loop, Carried(loop, carried[0]), [.. total.Memory.Select(m => loop.Load(m.Type, Part(m)))]);
            var merged = op.Merge(merge, Carried(merge, 0), Carried(merge, first.Length));
            accumulations.Add(new(carried, identity, first, step, merge, merged, op));
            stores.Add((Result(node), op.Finish(after, Carried(after, carried[0]), node.DType)));
        }
        ImmutableArray<Stage> stages =
        [
            new(new(new(), [], []), new(loop, [], []), accumulations.ToImmutable()),
            new(new(after, [], stores.ToImmutable()), null, []),
        ];
        var nest = new LoopNest($"{group}_totals", [.. slots], arguments.Numbers(outer), arguments.Numbers(inner), arguments.Number(lane),
            p.JoinsColumns, [], [], [.. types], stages);
        bool overLanes = outer.Length == 0 && !p.JoinsColumns;
        return new(nest, arguments.ToImmutable(), overLanes ? lane : p.Kept,
            overLanes ? LoopSchedule.GrainOfLanes(p.Blocks) : LoopSchedule.GrainOfRows(p.Kept, p.Kept * block), p.Kept * block, []);
    }
}
