using System.Collections.Immutable;
using Adjoint.Passes;
using Adjoint.Runtime;

namespace Adjoint.Codegen;

/// <summary>
/// A contraction group as loops over batch, rows, columns and the summed axis: how operands and epilogue lie along
/// them, which axes are one, and which tile computes them.
/// </summary>
internal sealed class ContractionSchedule
{
    private readonly FusionGroup group;
    private readonly List<Loop> batch = [];
    private readonly List<int> batchAxes = [];

    /// <summary>Schedules a group that holds one product.</summary>
    public ContractionSchedule(FusionGroup group)
    {
        (this.group, Lowering) = (group, new GroupLowering(group));
        Epilogue = Lowering.Run()[0].Before;
        var product = group.Members.Single(x => x.Node.Op is Operations.Contraction).Node;
        Type = product.DType;
        var (x, y) = (product.Apply.Inputs[0], product.Apply.Inputs[1]);
        int rank = x.Rank, domain = 0;
        // Axes of the product, then k behind the domain's axes.
        int[] axes = [.. product.Shape.Select(d => d == Dim.One ? -1 : domain++), group.Domain.Length];
        int[] axesOfA = [.. axes[..(rank - 1)], axes[^1]], axesOfB = [.. axes[..(rank - 2)], axes[^1], axes[^2]];
        (A, B) = (OperandOf(x, axesOfA), OperandOf(y, axesOfB));
        var strides = new[] { A, B }.Concat(Lowering.Slots).Select(s => s.ByteStrides(group.Domain.Length + 1)).ToArray();
        (First, A) = InMemory(group.First is { } f ? new(f, k: rank - 1, columns: rank - 2) : null, A, strides[0], axesOfA);
        (Prologue, B) = InMemory(group.Prologue is { } p ? new(p, k: rank - 2, columns: rank - 1) : null, B, strides[1], axesOfB);
        Loop LoopOf(int axis, Dim extent) => new(axis, extent,
            [.. strides.Select(s => axis < 0 ? Dim.Zero : s[axis])]);
        for (int a = 0; a < rank - 2; a++)
            if (axes[a] >= 0)
            {
                batch.Add(LoopOf(axes[a], product.Shape[a]));
                batchAxes.Add(a);
            }
        (M, N) = (LoopOf(axes[^3], product.Shape[-2]), LoopOf(axes[^2], product.Shape[-1]));
        K = LoopOf(x.Shape[-1] == Dim.One ? -1 : axes[^1], x.Shape[-1]);
        if (Prologue is null && First is null)
            Merge();
        if (HasFewColumns)
            Turn();
        Tile = TileShape.For(M.Extent, N.Extent, K.Extent, Type.Size, VectorWidths.Best,
            IsDenseB || Prologue is not null || IsNearB ? TileShape.MostLines : TileShape.TransposedLines,
            Lowering.Totals.All(t => t.IsAlongRows) || IsOneBlock ? 0 : RowBlocks.Length, SumsRows ? ColumnBlocks.Length : 0,
            mostRows: HasFarRows ? TileShape.MostFarRows : TileShape.MostRows);
        if (Prologue is null)
            Tile = Tile.Narrowed(N.Extent, Type.Size);
        if (!HasTotals && Prologue is { IsCopy: true, Errors.IsEmpty: true } windows && batch.All(VariesB))
            ReadWindows(windows.Steps(rank - 1));
    }

    /// <summary>A loop: its domain axis (-1 for none), and bytes per step of a, b and each slot.</summary>
    internal sealed record Loop(int Axis, Dim Extent, ImmutableArray<Dim> Strides)
    {
        public Dim OfA => Strides[0];

        public Dim OfB => Strides[1];

        public Dim OfSlot(int slot) => Strides[2 + slot];

        /// <summary>The same loop where a and b have changed places.</summary>
        public Loop Turned => this with { Strides = [OfB, OfA, .. Strides.Skip(2)] };
    }

    public GroupLowering Lowering { get; }

    /// <summary>Code per element of the product.</summary>
    public Region Epilogue { get; }

    public DType Type { get; }

    /// <summary>The memory of a.</summary>
    public GroupLowering.SlotBuilder A { get; private set; }

    /// <summary>The memory of b, where it lies in memory.</summary>
    public GroupLowering.SlotBuilder B { get; private set; }

    /// <summary>What the product's first operand is copied from while it is packed; null where it is read from memory by strides.</summary>
    public OperandMap? First { get; }

    /// <summary>What b is made from while it is packed; null where it is read from memory by strides.</summary>
    public OperandMap? Prologue { get; }

    public IReadOnlyList<Loop> Batch => batch;

    /// <summary>How many products there are.</summary>
    public Dim Matrices => batch.Aggregate(Dim.One, (n, l) => n * l.Extent);

    /// <summary>Whether b differs along a batch loop.</summary>
    public bool VariesB(Loop loop) => MapOfB is { } map ? map.Varies(OperandAxis(loop)) : loop.OfB != Dim.Zero;

    /// <summary>What b is made from; where windows are rows, it is the product's first operand.</summary>
    public OperandMap? MapOfB => Lines is null ? Prologue : First;

    /// <summary>What a is made from; not windows, which are read where they lie.</summary>
    public OperandMap? MapOfA => Lines is null ? First : null;

    /// <summary>The operand's axis that a batch loop runs along; only where nothing was merged.</summary>
    public int OperandAxis(Loop loop) => batchAxes[batch.IndexOf(loop)];

    public Loop M { get; private set; }

    public Loop N { get; private set; }

    public Loop K { get; private set; }

    public TileShape Tile { get; private set; }

    public Dim RowTiles => Lines is { } line ? Dim.FloorDivide(M.Extent, line.Across) * line.Tiles(Tile.Rows)
        : Dim.FloorDivide(M.Extent + (Tile.Rows - 1), Tile.Rows);

    /// <summary>Whether reductions of the epilogue are taken while tiles are stored.</summary>
    public bool HasTotals => Lowering.Totals.Count > 0;

    /// <summary>Row tiles of a group, where there are totals: whole blocks of rows, so that one thread adds up each.</summary>
    public int GroupTiles
    {
        get
        {
            long rowBytes = K.Extent.TryConstant(out long k) ? k * Type.Size : 0;
            int perBlock = ((int)RowBlocks.Length + Tile.Rows - 1) / Tile.Rows, tiles = TiledProduct.GroupTilesOf(Tile.Rows * rowBytes);
            return (tiles + perBlock - 1) / perBlock * perBlock;
        }
    }

    /// <summary>Panels of a strip, where there are totals: whole blocks of columns likewise.</summary>
    public int StripPanels => SumsRows ? (int)ColumnBlocks.Length / Tile.Columns : 1;

    /// <summary>What threads share, where there are totals.</summary>
    public Dim Strips => Matrices * Dim.FloorDivide(RowTiles + (GroupTiles - 1), GroupTiles)
        * Dim.FloorDivide(Panels + (StripPanels - 1), StripPanels);

    /// <summary>Tiles of a strip that is full.</summary>
    public long TilesPerStrip => Most(RowTiles, GroupTiles) * Most(Panels, StripPanels);

    /// <summary>The blocks of rows that totals down columns are taken over.</summary>
    public RowBlocks RowsOfTotals(ArgumentList arguments) => new(arguments.Number(M.Extent), [.. Lowering.Totals.Where(t => !t.IsAlongRows)
        .SelectMany(t => t.Slots).Select(s => (s, arguments.Number(N.Extent * Lowering.Slots[s].Type.Size)))], Lowering.First);

    /// <summary>The blocks of columns that totals along rows are taken over.</summary>
    public ColumnBlocks ColumnsOfTotals =>
        new([.. Lowering.Totals.Where(t => t.IsAlongRows).SelectMany(t => t.Slots)], Lowering.FirstOfRow);

    /// <summary>How accumulators of a total lie in memory: one of all matrices takes them as they were merged.</summary>
    public Partials PartialsOf(Total total)
    {
        var (domain, columns) = (group.Domain, group.Domain[^1]);
        if (total.IsAlongRows)
            return new(Dim.Product(domain[..^1]), Dim.One, ColumnBlocks.Count(columns) * ColumnBlocks.Lanes, JoinsColumns: true);
        int outer = OuterOf(total);
        var matrices = outer == 0 ? Matrices : Dim.Product(domain[outer..^2]);
        return new(Dim.Product(domain[..outer]), matrices * RowBlocks.Count(M.Extent), columns, !total.Kept.Contains(domain.Length - 1));
    }

    private int OuterOf(Total total) => total.Kept.Count(a => a < group.Domain.Length - 1);

    private static long Most(Dim extent, long limit) => extent.TryConstant(out long known) ? Math.Clamp(known, 1, limit) : limit;

    /// <summary>How windows that b is lie where tiles read them in place; null where b is a matrix, or packed.</summary>
    public WindowPlane? Plane { get; private set; }

    /// <summary>Lines of windows where these, as rows of the turned product, are read where they lie; null elsewhere.</summary>
    public WindowLine? Lines { get; private set; }

    /// <summary>Whether a piece of the range begins with the offsets of windows along all of k.</summary>
    public bool FindsOffsets => (Plane is not null || Lines is not null) && !StretchesApart;

    /// <summary>Where windows lie that are read in place.</summary>
    public WindowPanels Windows(ArgumentList arguments) => (WindowPanels)Prologue!.Source(arguments, batchAxes);

    /// <summary>Extents of the batch axes of windows: the batch, or parts of it.</summary>
    public ImmutableArray<Amount> WindowBatch(ArgumentList arguments) => arguments.Numbers(batchAxes.SelectMany(Prologue!.Extents));

    public Dim Panels => Plane is { } plane ? Dim.FloorDivide(N.Extent, plane.Down * plane.Across) * plane.Panels(Tile.Columns)
        : Dim.FloorDivide(N.Extent + (Tile.Columns - 1), Tile.Columns);

    /// <summary>
    /// Products per element before the next tile's turn. Where few rows of a meet a large b, most of the time is reading b: rows of b a few
    /// at a time go through all panels, as long runs of memory in few pages; columns of b are runs of memory by themselves.
    /// </summary>
    public int Span => !StreamsB || (!IsDenseB && HasOneRowTile) ? TiledProduct.StretchOf(Type)
        : IsDenseB && HasFewRowTiles ? TiledProduct.StreamedRows : TiledProduct.DepthOf(Type);

    /// <summary>Products per element between visits to a tile's sums in memory.</summary>
    public int Slice => StreamsB && !IsDenseB && HasOneRowTile && !TurnsBlocks ? TiledProduct.StreamedColumns
        : Math.Min(Span, TiledProduct.DepthOf(Type));

    /// <summary>Whether partial sums of a tile wait for no other tile.</summary>
    public bool IsOneSpan => K.Extent.TryConstant(out long k) && k <= Span;

    /// <summary>Whether the product may take more than one kernel.</summary>
    public bool MayTakeStretchesApart { get; init; } = true;

    /// <summary>
    /// Whether stretches of k are computed apart and added up by a small kernel, which runs the epilogue: where tiles are too few for
    /// threads to share, as in gradients of small filters. To the same bits.
    /// </summary>
    public bool StretchesApart => MayTakeStretchesApart && !HasTotals
        && Span == TiledProduct.StretchOf(Type) && StepOrder.Guess(K.Extent) > Span && Tiles.TryConstant(out long tiles) && tiles < TiledProduct.FewTiles;

    /// <summary>Stretches of k: at least one, also of nothing.</summary>
    public Dim Stretches => Dim.FloorDivide(K.Extent + (Span - 1), Span)
        + (K.Extent.IsConstant ? Dim.Zero : Dim.One - Dim.FloorDivide(K.Extent * 2, K.Extent + 1));

    /// <summary>Tiles of all matrices.</summary>
    public Dim Tiles => Matrices * RowTiles * Panels;

    /// <summary>
    /// Whether tiles read a packed copy of a. Where k is its inner axis a tile's rows are few streams, in place, unless tiles visit them
    /// for a few steps of k at a time; elsewhere each step of k is in another line, or page.
    /// </summary>
    public bool PacksA => MapOfA is not null || (Lines is null && IsAtLeast(N.Extent, TiledProduct.WideColumns)
        && IsAtLeast(K.Extent, TiledProduct.DeepProducts)
        && (K.OfA != Dim.Of(Type.Size) || (StreamsB && HasFewRowTiles && !HasOneRowTile)));

    /// <summary>Which panels of b tiles read from packed copies.</summary>
    public Packing Packing
    {
        get
        {
            if (Plane is not null)
                return Packing.None;
            if (!IsMatrixB || IsConstantB || !IsDenseB || (StreamsB && !HasOneRowTile))
                return Packing.All;
            if (!M.Extent.TryConstant(out long rows))
                return Packing.WhenTall;
            if (rows >= TiledProduct.TallRows)
                return Packing.All;
            return N.Extent.TryConstant(out long columns) && columns % Tile.Columns == 0 ? Packing.None : Packing.Edge;
        }
    }

    /// <summary>
    /// Whether a panel of b is packed just before its tiles instead of all panels before the product: where no other matrix wants the same
    /// one, and it takes part in enough products for what making it again for the next rows costs, or there are no next rows.
    /// </summary>
    public bool PacksWithin => Packing is Packing.All && !IsConstantB && batch.All(VariesB) && (Lines is not null ? HasFewRowTiles
        : Prologue is null ? HasFewRows || StaysNear : Prologue.Errors.IsEmpty && (Prologue.IsCopy || HasFewRows));

    // Whether a panel stays in the first-level cache while all rows of a meet it, so that packing it there moves it once.
    private bool StaysNear => (K.Extent * (Tile.Columns * Type.Size)).TryConstant(out long panel) && panel <= TiledProduct.NearBytes
        && (M.Extent * K.Extent * Type.Size).TryConstant(out long rows) && rows <= TiledProduct.LargeBytes;

    private bool SumsRows => Lowering.Totals.Exists(t => t.IsAlongRows);

    // Whether all rows of a matrix are one block of them.
    private bool IsOneBlock => M.Extent.TryConstant(out long rows) && rows <= RowBlocks.Length;

    // Whether matrices have results of their own down their columns, so that rows of several must not meet in a block.
    private bool HasTotalsOfMatrices => Lowering.Totals.Exists(t => !t.IsAlongRows && OuterOf(t) > 0);

    private bool HasFewRows => !IsAtLeast(M.Extent, TiledProduct.TallRows);

    private bool HasOneRowTile => RowTiles == Dim.One;

    private bool HasFewRowTiles => !IsAtLeast(RowTiles, TiledProduct.SeveralTiles);

    // Whether b is packed once, before the first call. One row of a reads a b beyond all caches faster in place: several runs of memory at
    // a time instead of one.
    private bool IsConstantB => IsMatrixB && B.Buffer is Node { Op: Operations.Constant }
        && !(HasOneRowTile && IsDenseB && IsAtLeast(K.Extent * N.Extent * Type.Size, TiledProduct.UncachedBytes));

    // Whether b lies in memory as a matrix.
    private bool IsMatrixB => MapOfB is null;

    // Whether columns of b are neighbours in memory.
    private bool IsDenseB => N.OfB == Dim.Of(Type.Size);

    // Whether reading b takes much of the time, so that its order in memory rules the order of tiles.
    private bool StreamsB => Prologue is null && !IsConstantB && HasFewRows && Panels != Dim.One
        && (!IsDenseB || IsAtLeast(K.Extent * N.Extent * Type.Size, TiledProduct.LargeBytes));

    // Whether blocks of b are turned in registers, which needs no small pieces of it in the first-level cache.
    private bool TurnsBlocks => VectorWidths.Best is VectorWidth.Bits512 && Tile.LeavesRoomForBlock;

    // Whether b is small, and all its columns fit one tile: then they are read side by side, once.
    private bool IsNearB => !IsAtLeast(K.Extent * N.Extent * Type.Size, TiledProduct.LargeBytes)
        && !IsAtLeast(N.Extent * Type.Size, TileShape.MostLines * NativeBuffer.Alignment + 1);

    // Whether columns are so few that rows make fuller registers.
    private bool HasFewColumns => Prologue is null && !IsAtLeast(N.Extent, TiledProduct.FewColumns)
        && IsAtLeast(M.Extent, TiledProduct.ManyRows) && IsAtLeast(K.Extent, TiledProduct.LongRows);

    // Whether a tile of one cache line of columns reads rows of a that lie a page or more apart.
    private bool HasFarRows => MapOfA is null && !IsAtLeast(N.Extent * Type.Size, Memory.LineBytes + 1)
        && IsAtLeast(M.OfA, Memory.PageBytes);

    private static bool IsAtLeast(Dim extent, long limit) => !extent.TryConstant(out long known) || known >= limit;

    /// <summary>The loops of a tile's epilogue: batch, m, n.</summary>
    public IReadOnlyList<Loop> Loops => [.. batch, M, N];

    /// <summary>Which of these loops each domain axis is; -1 where it was merged away.</summary>
    public ImmutableArray<int> Positions(IReadOnlyList<Loop> loops)
    {
        var all = loops.ToList();
        return [.. Enumerable.Range(0, group.Domain.Length).Select(a => all.FindIndex(l => l.Axis == a))];
    }

    /// <summary>Memory of the epilogue as some loops walk through it.</summary>
    public ImmutableArray<Slot> Slots(ArgumentList arguments, IReadOnlyList<Loop> loops) =>
        [.. Lowering.Slots.Select((x, i) => new Slot(x.Type, arguments.Address(x.Buffer, x.ByteOffset()),
            arguments.Numbers(loops.Select(l => l.OfSlot(i)))))];

    // Where a map's steps are even, its operand is a matrix in memory after all; else strides do not say where elements lie.
    private static (OperandMap?, GroupLowering.SlotBuilder) InMemory(OperandMap? map, GroupLowering.SlotBuilder operand,
        Dim[] strides, int[] axes)
    {
        if (map is null)
            return (null, operand);
        Array.Fill(strides, Dim.Zero);
        if (map.EvenSteps() is not { } even)
            return (map, operand);
        foreach (var (axis, step) in axes.Zip(even).Where(s => s.First >= 0))
            strides[axis] = step;
        return (null, map.Memory);
    }

    private static GroupLowering.SlotBuilder OperandOf(Node node, int[] axes)
    {
        var access = new Access(node.Shape.Select((d, i) => d == Dim.One ? AxisAccess.Fixed : AxisAccess.Along(axes[i])));
        (node, access) = Storage.Resolve(node, access);
        return new(Storage.Owner(node), node.DType, access, node.Shape);
    }

    // Neighbouring axes that everything walks through in one stride are one; batches that share b are more rows.
    private void Merge()
    {
        for (int i = batch.Count - 2; i >= 0; i--)
            if (Continues(batch[i], batch[i + 1]))
            {
                batch[i] = Joined(batch[i], batch[i + 1]);
                batch.RemoveAt(i + 1);
            }
        if (batch.Count == 0 || batch[^1].OfB != Dim.Zero || HasTotalsOfMatrices)
            return;
        if (M.Extent == Dim.One)
            M = batch[^1];
        else if (Continues(batch[^1], M))
            M = Joined(batch[^1], M);
        else
            return;
        batch.RemoveAt(batch.Count - 1);
    }

    // Windows are packed, or read where they lie as columns of b or as rows of the turned product, whichever takes the fewest cycles.
    private void ReadWindows(IReadOnlyList<(Dim Extent, Dim Stride)> columns)
    {
        var (m, n, k, size, width) = (M.Extent, N.Extent, K.Extent, Type.Size, VectorWidths.Best);
        double least = Tile.Cycles(m, n, k, size, width) + WindowPlane.PackingCycles * TileShape.Registers(k, n, size, width);
        if (WindowPlane.Of(columns, size, m) is { } plane
            && TileShape.For(m, plane.Positions, k, size, width, TileShape.MostLines, areWindows: true) is var tile
            && tile.Columns <= plane.Positions)
            (Plane, Tile, least) = (plane, tile, tile.Cycles(m, plane.Positions, k, size, width, areWindows: true) * plane.Planes(n));
        foreach (var line in WindowLine.Of(columns))
            if (TileShape.ForLines(line, n, m, k, size, width) is var (lined, cycles) && cycles < least)
                (Plane, Lines, Tile, least) = (null, line, lined, cycles);
        if (Lines is not null)
            Turn();
    }

    // a b is the transpose of b' a', sum by sum: what were columns are rows now.
    private void Turn()
    {
        (A, B) = (B, A);
        (M, N, K) = (N.Turned, M.Turned, K.Turned);
        for (int i = 0; i < batch.Count; i++)
            batch[i] = batch[i].Turned;
    }

    private bool Continues(Loop outside, Loop inside) =>
        !Lowering.Indexed.Contains(outside.Axis) && !Lowering.Indexed.Contains(inside.Axis)
        && outside.Strides.Zip(inside.Strides).All(s => s.First == s.Second * inside.Extent);

    private static Loop Joined(Loop outside, Loop inside) => inside with { Extent = outside.Extent * inside.Extent };
}
