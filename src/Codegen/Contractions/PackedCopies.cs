namespace Adjoint.Codegen;

/// <summary>
/// Copies of an operand of a product in the order in which tiles read it: [batch axes along which it differs]
/// [panels][k][columns], dense. A column of a is a row of the product.
/// </summary>
/// <param name="Schedule">The product.</param>
/// <param name="Batch">The batch loops along which the operand differs.</param>
/// <param name="Extents">Extents of the batch axes of packing: the loops, or parts of them.</param>
/// <param name="Source">Where elements come from.</param>
/// <param name="Along">The loop over columns.</param>
/// <param name="Columns">Width of a panel.</param>
/// <param name="Packing">Which panels are copied.</param>
internal sealed record PackedCopies(ContractionSchedule Schedule, IReadOnlyList<ContractionSchedule.Loop> Batch, IEnumerable<Dim> Extents,
    Func<ArgumentList, PanelSource> Source, ContractionSchedule.Loop Along, int Columns, Packing Packing)
{
    private Temporary? memory;

    /// <summary>Rows of a, a tile's at a time.</summary>
    public static PackedCopies OfA(ContractionSchedule s) => s.MapOfA is { } map ? OfMap(s, map, s.M, s.Tile.Rows, Packing.All)
        : OfMemory(s, s.A, l => l.OfA, s.M, s.Tile.Rows, Packing.All);

    /// <summary>Columns of b, a tile's at a time.</summary>
    public static PackedCopies OfB(ContractionSchedule s) => s.MapOfB is { } map ? OfMap(s, map, s.N, s.Tile.Columns, s.Packing)
        : OfMemory(s, s.B, l => l.OfB, s.N, s.Tile.Columns, s.Packing);

    private static PackedCopies OfMap(ContractionSchedule s, OperandMap map, ContractionSchedule.Loop along, int columns, Packing packing)
    {
        var batch = s.Batch.Where(l => map.Varies(s.OperandAxis(l))).ToList();
        var axes = batch.ConvertAll(s.OperandAxis);
        return new(s, batch, axes.SelectMany(map.Extents), arguments => map.Source(arguments, axes).Merged, along, columns, packing);
    }

    private static PackedCopies OfMemory(ContractionSchedule s, GroupLowering.SlotBuilder memory,
        Func<ContractionSchedule.Loop, Dim> strideOf, ContractionSchedule.Loop along, int columns, Packing packing)
    {
        var batch = s.Batch.Where(l => strideOf(l) != Dim.Zero).ToList();
        return new(s, batch, batch.Select(l => l.Extent),
            arguments => new StridedPanels(arguments.Matrix(memory, batch.Select(strideOf), strideOf(s.K),
                strideOf(along))), along, columns, packing);
    }

    /// <summary>Panels per matrix that have memory.</summary>
    public Dim Stored => Packing is Packing.Edge ? Dim.One : Dim.FloorDivide(Along.Extent + (Columns - 1), Columns);

    public Dim PanelBytes => Schedule.K.Extent * (Columns * Schedule.Type.Size);

    public Dim Matrices => Product(Batch);

    private Temporary Memory => memory ??= new(Matrices * Stored * PanelBytes);

    /// <summary>The copies as panels beside the operand itself.</summary>
    public PackedPanels Panels(ArgumentList arguments) =>
        new(arguments.Address(Memory, Dim.Zero), arguments.Numbers(Schedule.Batch.Select(BatchStride)));

    /// <summary>The copies in place of the operand, as the elements of a panel follow each other.</summary>
    public MatrixAccess Whole(ArgumentList arguments) => new(arguments.Address(Memory, Dim.Zero),
        arguments.Numbers(Schedule.Batch.Select(BatchStride)), new(Schedule.Type.Size), new(Columns * Schedule.Type.Size));

    /// <summary>The kernel that makes them.</summary>
    public PanelPacking Kernel(string name, ArgumentList arguments) =>
        Into($"{name}_pack", arguments) with { Target = arguments.Address(Memory, Dim.Zero) };

    /// <summary>A panel at a time, inside the kernel of the product.</summary>
    public PanelPacking Within(ArgumentList arguments) => Into("within", arguments);

    private PanelPacking Into(string name, ArgumentList arguments) => new(name, Schedule.Type, Columns, Packing,
        arguments.Numbers(Extents), arguments.Number(Packing is Packing.WhenTall ? Schedule.M.Extent : Dim.One),
        arguments.Number(Schedule.K.Extent), arguments.Number(Along.Extent), Source(arguments), -1);

    private Dim BatchStride(ContractionSchedule.Loop loop) => IndexOf(loop) is >= 0 and var i
        ? Product(Batch.Skip(i + 1)) * Stored * PanelBytes : Dim.Zero;

    private int IndexOf(ContractionSchedule.Loop loop) => Batch.ToList().IndexOf(loop);

    private static Dim Product(IEnumerable<ContractionSchedule.Loop> loops) => loops.Aggregate(Dim.One, (n, l) => n * l.Extent);
}

/// <summary>Groups of arguments.</summary>
internal static class ContractionArguments
{
    extension(ArgumentList arguments)
    {
        public System.Collections.Immutable.ImmutableArray<Amount> Numbers(IEnumerable<Dim> values) => [.. values.Select(arguments.Number)];

        public MatrixAccess Matrix(GroupLowering.SlotBuilder memory, IEnumerable<Dim> batch, Dim row, Dim column) =>
            new(arguments.Address(memory.Buffer, memory.ByteOffset()), arguments.Numbers(batch), arguments.Number(row),
                arguments.Number(column));
    }
}
