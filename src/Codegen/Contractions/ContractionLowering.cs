using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A matrix product and its epilogue as kernel plans: packed copies of operands where they are needed, then the tiles.</summary>
internal static class ContractionLowering
{
    // 4-byte multiply-adds at about the speed of 512-bit registers; moving a 4-byte element.
    private const double NanosecondsPerMultiplyAdd = 0.01, NanosecondsPerCopy = 0.1;

    // What is worth a thread: about 2 microseconds.
    private const long GrainOfMultiplyAdds = 200_000;

    // Tiles for which offsets of windows are worth finding anew, as each piece of a range does, if there are so many pieces nevertheless.
    private const long TilesOfOffsets = 8, FewestPieces = 16;

    /// <summary>The kernels of a group, in the order in which they run.</summary>
    /// <param name="group">The group.</param>
    /// <param name="inStretches">Whether long sums may be computed in stretches and joined by another kernel.</param>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group, bool inStretches = true)
    {
        var s = new ContractionSchedule(group) { MayTakeStretchesApart = inStretches };
        var a = s.PacksA ? PackedCopies.OfA(s) : null;
        var b = s.Packing is Packing.None ? null : PackedCopies.OfB(s);
        return s.StretchesApart ? [.. Packs(group, s, a, b), .. Stretched(group, s, a, b)]
            : [.. Packs(group, s, a, b), Product(group, s, a, b), .. Totals(group, s)];
    }

    private static IEnumerable<KernelPlan> Packs(FusionGroup group, ContractionSchedule s, PackedCopies? a, PackedCopies? b)
    {
        if (a is not null)
            yield return Pack(group, s, a, []);
        if (b is not null && !s.PacksWithin)
            yield return Pack(group, s, b, s.MapOfB?.Errors ?? [], s.MapOfB?.Cost ?? 1);
    }

    private static IEnumerable<KernelPlan> Totals(FusionGroup group, ContractionSchedule s) =>
        TotalLowering.Of(group.Name, s.Lowering.Totals, s.PartialsOf).SelectMany(k => LaneBlocks.Of(k)).Select(LoopLowering.Plan);

    private static KernelPlan Product(FusionGroup group, ContractionSchedule s, PackedCopies? a, PackedCopies? b)
    {
        var arguments = new ArgumentList();
        var product = Tiles(group.Name, s, a, b, arguments) with
        {
            Slots = s.Slots(arguments, s.Loops), Position = s.Positions(s.Loops), Parameters = arguments.Numbers(s.Lowering.Parameters),
            Epilogue = s.Epilogue,
            Totals = s.HasTotals ? new(s.RowsOfTotals(arguments), s.ColumnsOfTotals, s.GroupTiles, s.StripPanels) : null,
        };
        if (!s.IsOneSpan)
            product = product with { Partials = arguments.Address(new Temporary(s.Tiles * product.WaitingBytes), Dim.Zero) };
        return Plan(group, s, product, arguments, s.HasTotals ? s.Strips : s.Tiles, s.Lowering.Errors);
    }

    private static IEnumerable<KernelPlan> Stretched(FusionGroup group, ContractionSchedule s, PackedCopies? a, PackedCopies? b)
    {
        var (arguments, sums) = (new ArgumentList(), new StretchSums(s));
        var product = sums.Stored(Tiles(group.Name, s, a, b, arguments), arguments);
        yield return Plan(group, s, product, arguments, s.Tiles * s.Stretches, []);
        yield return LoopLowering.Plan(sums.Join($"{group.Name}_stretches"));
    }

    // All but what becomes of the sums.
    private static TiledProduct Tiles(string name, ContractionSchedule s, PackedCopies? a, PackedCopies? b, ArgumentList arguments) =>
        new(name, s.Type, s.Tile, s.Span, s.Slice, arguments.Numbers(s.Batch.Select(l => l.Extent)),
            arguments.Number(s.M.Extent), arguments.Number(s.N.Extent), arguments.Number(s.K.Extent),
            a?.Whole(arguments) ?? (s.Lines is null ? arguments.Matrix(s.A, s.Batch.Select(l => l.OfA), s.M.OfA, s.K.OfA) : null),
            a is null ? null : arguments.Number(a.PanelBytes),
            s.MapOfB is null ? arguments.Matrix(s.B, s.Batch.Select(l => l.OfB), s.K.OfB, s.N.OfB) : null,
            s.Packing,
            s.PacksWithin ? null : b?.Panels(arguments), s.PacksWithin ? b?.Within(arguments) : null,
            Partials: -1, Slots: [], Position: [], Parameters: [], Epilogue: new(new(), [], []))
        {
            Windows = s.Plane is { } plane ? new(s.Windows(arguments), s.WindowBatch(arguments), plane) : null,
            Lines = s.Lines is { } line ? new(s.Windows(arguments), s.WindowBatch(arguments), line) : null,
        };

    private static KernelPlan Plan(FusionGroup group, ContractionSchedule s, TiledProduct product, ArgumentList arguments, Dim range,
        ImmutableArray<string> errors)
    {
        var k = s.K.Extent;
        return new(group.Name, product.Key, width => TileEmitter.Emit(product, width), arguments.ToImmutable(), range, GrainOf(s),
            Dim.Product(group.Domain) * k, NanosecondsPerProduct(s), errors, product.ToString)
        {
            ThreadBytes = (_, bindings) => product.ThreadBytes(k.Evaluate(bindings)),
        };
    }

    // The multiply-adds of whole tiles, and every element of what lies in memory once: thin products take longer to read than to compute.
    private static double NanosecondsPerProduct(ContractionSchedule s)
    {
        double m = StepOrder.Guess(s.M.Extent), n = StepOrder.Guess(s.N.Extent), k = StepOrder.Guess(s.K.Extent);
        double inTiles = (double)StepOrder.Guess(s.Tiles) * s.Tile.Rows * s.Tile.Columns * k;
        double moved = StepOrder.Guess(s.Matrices) * ((s.Lines is null ? m * k : 0) + (s.MapOfB is null ? k * n : 0) + m * n);
        double products = Math.Max(1, StepOrder.Guess(s.Matrices) * m * n * k);
        return (NanosecondsPerMultiplyAdd * inTiles + NanosecondsPerCopy * moved) * s.Type.Size / 4 / products;
    }

    private static KernelPlan Pack(
        FusionGroup group, ContractionSchedule s, PackedCopies copies, ImmutableArray<string> errors, int cost = 1)
    {
        var arguments = new ArgumentList();
        var packing = copies.Kernel(group.Name, arguments);
        return new(packing.Name, packing.Key, width => PackEmitter.Emit(packing, width), arguments.ToImmutable(),
            copies.Matrices * copies.Stored * PackEmitter.Blocks(s.K.Extent), 1, copies.Matrices * s.K.Extent * copies.Along.Extent,
            cost * NanosecondsPerCopy * s.Type.Size / 4, errors, packing.ToString);
    }

    private static long GrainOf(ContractionSchedule s)
    {
        long work = s.K.Extent.TryConstant(out long k)
            ? GrainOfMultiplyAdds / (s.Tile.Rows * s.Tile.Columns * Math.Max(s.StretchesApart ? Math.Min(k, s.Span) : k, 1)) : 1;
        if (s.HasTotals)
            return Math.Max(1, work / s.TilesPerStrip);
        return Math.Max(work, s.FindsOffsets ? Math.Clamp(StepOrder.Guess(s.Tiles) / FewestPieces, 1, TilesOfOffsets) : 1);
    }
}
