using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint.Codegen;

/// <summary>A matrix product and its epilogue as kernel plans: packed copies of b where they are needed, then the tiles.</summary>
internal static class ContractionLowering
{
    // 4-byte multiply-adds at about the speed of 512-bit registers.
    private const double NanosecondsPerMultiplyAdd = 0.01;

    // What is worth a thread: about 2 microseconds.
    private const long GrainOfMultiplyAdds = 200_000;

    /// <summary>The kernels of a group, in the order in which they run.</summary>
    public static ImmutableArray<KernelPlan> Of(FusionGroup group)
    {
        var s = new ContractionSchedule(group);
        if (s.Packing is Packing.None)
            return [Product(group, s, null)];
        var stored = s.Packing is Packing.Edge ? Dim.One : s.Panels;
        var copies = new PackedCopies(s, stored);
        return [Pack(group, s, copies), Product(group, s, copies)];
    }

    // [batch axes along which b differs][panels][k][columns of a tile], dense.
    private sealed record PackedCopies(ContractionSchedule Schedule, Dim Panels)
    {
        public IEnumerable<ContractionSchedule.Loop> Batch => Schedule.Batch.Where(l => l.OfB != Dim.Zero);

        public Dim Matrices => Product(Batch.Select(l => l.Extent));

        public Dim MatrixBytes => Panels * Schedule.K.Extent * (Schedule.Tile.Columns * Schedule.Type.Size);

        public Temporary Memory => memory ??= new(Matrices * MatrixBytes);

        private Temporary? memory;

        /// <summary>Bytes per step of each batch axis of the product.</summary>
        public IEnumerable<Dim> Strides()
        {
            var loops = Batch.ToList();
            return Schedule.Batch.Select(l => l.OfB == Dim.Zero ? Dim.Zero
                : Product(loops.Skip(loops.IndexOf(l) + 1).Select(x => x.Extent)) * MatrixBytes);
        }
    }

    private static KernelPlan Product(FusionGroup group, ContractionSchedule s, PackedCopies? copies)
    {
        var arguments = new ArgumentList();
        ImmutableArray<Amount> Numbers(IEnumerable<Dim> dims) => [.. dims.Select(arguments.Number)];
        MatrixAccess Matrix(GroupLowering.SlotBuilder slot, IEnumerable<Dim> batch, Dim row, Dim column) =>
            new(arguments.Address(slot.Buffer, slot.ByteOffset()), Numbers(batch), arguments.Number(row), arguments.Number(column));
        var tiles = Product(s.Batch.Select(l => l.Extent)) * s.RowTiles * s.Panels;
        var loops = s.Batch.Append(s.M).Append(s.N).ToList();
        var product = new TiledProduct(group.Name, s.Type, s.Tile, Numbers(s.Batch.Select(l => l.Extent)),
            arguments.Number(s.M.Extent), arguments.Number(s.N.Extent), arguments.Number(s.K.Extent),
            Matrix(s.A, s.Batch.Select(l => l.OfA), s.M.OfA, s.K.OfA), Matrix(s.B, s.Batch.Select(l => l.OfB), s.K.OfB, s.N.OfB),
            s.Packing, copies is null ? null : new(arguments.Address(copies.Memory, Dim.Zero), Numbers(copies.Strides())),
            s.IsOneBlock ? -1 : arguments.Address(new Temporary(tiles * (s.Tile.Rows * s.Tile.Columns * s.Type.Size)), Dim.Zero),
            [.. s.Lowering.Slots.Select((x, i) => new Slot(x.Type, arguments.Address(x.Buffer, x.ByteOffset()),
                Numbers(loops.Select(l => l.OfSlot(i)))))],
            s.Positions(), Numbers(s.Lowering.Parameters), s.Epilogue);
        return new(group.Name, product.Key, width => TileEmitter.Emit(product, width), arguments.ToImmutable(), tiles, GrainOf(s),
            Product(group.Domain) * s.K.Extent, NanosecondsPerMultiplyAdd * s.Type.Size / 4, s.Lowering.Errors, product.ToString);
    }

    private static KernelPlan Pack(FusionGroup group, ContractionSchedule s, PackedCopies copies)
    {
        var arguments = new ArgumentList();
        ImmutableArray<Amount> Numbers(IEnumerable<Dim> dims) => [.. dims.Select(arguments.Number)];
        var packing = new PanelPacking($"{group.Name}_pack", s.Type, s.Tile.Columns, s.Packing, Numbers(copies.Batch.Select(l => l.Extent)),
            arguments.Number(s.M.Extent), arguments.Number(s.K.Extent), arguments.Number(s.N.Extent),
            new(arguments.Address(s.B.Buffer, s.B.ByteOffset()), Numbers(copies.Batch.Select(l => l.OfB)),
                arguments.Number(s.K.OfB), arguments.Number(s.N.OfB)),
            arguments.Address(copies.Memory, Dim.Zero));
        return new(packing.Name, packing.Key, width => PackEmitter.Emit(packing, width), arguments.ToImmutable(),
            copies.Matrices * copies.Panels, 1, copies.Matrices * s.K.Extent * s.N.Extent,
            0.1 * s.Type.Size / 4, [], packing.ToString);
    }

    private static Dim Product(IEnumerable<Dim> extents) => extents.Aggregate(Dim.One, (n, d) => n * d);

    private static long GrainOf(ContractionSchedule s) => s.K.Extent.TryConstant(out long k)
        ? Math.Max(1, GrainOfMultiplyAdds / (s.Tile.Rows * s.Tile.Columns * Math.Max(k, 1))) : 1;
}
