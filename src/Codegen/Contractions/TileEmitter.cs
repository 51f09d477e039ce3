using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Writes a matrix product as the expression tree of a kernel. The range is tiles: per batch, groups of row tiles, in
/// each group panels, in each panel the group's row tiles.
/// </summary>
/// <remarks>
/// A tile takes its blocks of k one after the other, so partial sums wait in the first-level cache (2 KiB). Meanwhile the
/// rows of a group (1 MiB of a: 256 rows of 1,024 floats) stay in the second-level cache, where each panel of b
/// ([1024, 32]: 128 KiB) serves all of them; b streams in once per group, at 4 bytes per 128 multiply-adds, each panel while
/// the one before it is at work. Only stretches of many blocks of k, whose rows would not fit, leave their sums in main
/// memory. After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008.
/// </remarks>
internal sealed partial class TileEmitter : PanelWriter
{
    private readonly TiledProduct product;
    private readonly Lanes lanes;
    private readonly int rows, vectors;                      // of the part of a tile that the registers hold
    private readonly Expression m, n, k, rowTiles, panels;
    private readonly EmittableRegion epilogue;
    private readonly EmittableRegion? first, firstOfRow;     // what totals are before any row, and those along rows before any column

    // Where the kernel stands: batch, its coordinates, panel, row tile, and the group of row tiles.
    private readonly ParameterExpression matrix, panel, rowTile, groupFirst, groupLast, tile;
    private readonly ParameterExpression[] coordinates;      // batch axes
    private readonly ParameterExpression spanFirst, spanLast, blockFirst, blockLast;   // of k
    private readonly ParameterExpression groupTiles, partials, partialMemory;
    private readonly ParameterExpression apart;              // bytes to the sums of the stretch of k at hand

    // Addresses: the current matrix of a, of b and of its packed copies; the panel of b and from one row of it to the next.
    private readonly ParameterExpression aMatrix, bMatrix, packedMatrix, bPanel, bStride;
    private readonly ParameterExpression[] slotMatrices;

    // Constants of the epilogue. The JIT would keep its own in registers all along, which sums of the product then lack.
    private readonly ParameterExpression constantMemory, constantsStart;
    private readonly ConstantTable? constants;

    // What packs panels here, where to, and whether the present one is yet to be packed.
    private readonly PackEmitter? packer;
    private readonly ParameterExpression near, isDue;
    private readonly ParameterExpression turned;             // what of a slice of k needs no packing ends here

    private TileEmitter(TiledProduct product, VectorWidth width)
    {
        this.product = product;
        epilogue = new(product.Epilogue, []);
        first = product.Totals is { Rows.First: { IsEmpty: false } noRow } ? new(noRow, []) : null;
        firstOfRow = product.Totals is { Columns.First: { IsEmpty: false } noColumn } ? new(noColumn, []) : null;
        lanes = LanesFor(width);
        (rows, vectors) = product.Tile.Fit(width, lanes.Count);
        (m, n, k) = (Of(product.M), Of(product.N), Of(product.K));
        rowTiles = product.Lines is { } lines ? lines.Lines.Aggregate(Number(TilesPerLine), (count, p) => Times(count, Of(p.Extent)))
            : TilesOf(m, product.Tile.Rows);
        panels = product.Windows is not { } windows ? TilesOf(n, product.Tile.Columns)
            : windows.Planes.Aggregate(Number(windows.Plane.Panels(product.Tile.Columns)), (count, p) => Times(count, Of(p.Extent)));
        (matrix, panel, rowTile, groupFirst, groupLast, tile) = (Long(), Long(), Long(), Long(), Long(), Long());
        coordinates = [.. product.Batch.Select(_ => Long())];
        (spanFirst, spanLast, blockFirst, blockLast, groupTiles) = (Long(), Long(), Long(), Long(), Long());
        (aMatrix, bMatrix, packedMatrix, bPanel, bStride) = (Long(), Long(), Long(), Long(), Long());
        (partials, partialMemory, apart) = (Long(), Pool.Rent(typeof(TileMemory)), Long());
        slotMatrices = [.. product.Slots.Select(_ => Long())];
        packer = product.Within is { } packing ? PackEmitter.For(packing, width, this) : null;
        (near, isDue, turned) = (Long(), Pool.Rent(typeof(bool)), Long());
        (rowOffsets, plane, position, fresh) = (Long(), Long(), Long(), Long());
        (line, window, place, due) = (Long(), Long(), Long(), Long());
        (constantMemory, constantsStart) = (Pool.Rent(typeof(ConstantMemory)), Long());
        var regions = new[] { epilogue, first, firstOfRow }.OfType<EmittableRegion>();
        bool haveRoom = regions.Sum(r => r.Body.Instructions.Count(i => i.Opcode is Opcode.Constant)) <= ConstantMemory.Places;
        constants = lanes.Count > 1 && haveRoom ? new(lanes, constantsStart, sharesPlaces: true) : null;
    }

    private int Size => product.Type.Size;

    // As wide as asked for, but no wider than a tile.
    private Lanes LanesFor(VectorWidth width)
    {
        var types = epilogue.Body.Instructions.Select(i => i.Type).Concat(product.Slots.Select(s => s.Type)).Append(product.Type).ToList();
        var widest = Lanes.For(width, types);
        while (widest.Count > product.Tile.Columns)
            widest = Lanes.For(--width, types);
        return widest;
    }

    private int PanelRowBytes => product.Tile.Columns * Size;

    private bool IsOneBlock => product.K.IsConstant && product.K.Constant <= product.Slice;

    // Whether a matrix is a tile: then there is nothing to count but matrices.
    private bool HasOneTile => HasOnePanel
        && product is { Windows: null, Lines: null, HasOneRowTile: true, M.Constant: > 0, N.Constant: > 0 };

    private bool HasOnePanel => product.N.IsConstant && product.N.Constant <= product.Tile.Columns;

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(TiledProduct product, VectorWidth width)
    {
        var emitter = new TileEmitter(product, width);
        return emitter.Write(product.Name, () =>
        {
            var range = emitter.Statements(emitter.Range);
            emitter.FillConstants();
            emitter.Code.AddRange(range);
        });
    }

    private void FillConstants()
    {
        if (constants is not { Bytes: > 0 })
            return;
        // At an address that it knew, the JIT would know what lies there.
        Set(constantsStart, Add(TileMemory.AddressOf(constantMemory), UnknownZero));
        Code.AddRange(constants.Fill());
    }

    private void Range()
    {
        SetMemoryOfThread();
        If(LessThan(Begin, End), () =>
        {
            var (first, end) = product.Totals is null ? (Begin, End) : (Let(FirstTile(Begin)), Let(FirstTile(End)));
            if (product.Apart is { } bytes)
            {
                Stretches(first, end, bytes);
            }
            else if (product.Partials < 0)
            {
                Set(spanFirst, Number(0));
                Set(spanLast, k);
                Tiles(first, end);
            }
            else
            {
                // Matrix by matrix, so that partial sums of one are still near when its next span of k comes.
                Cut(first, end, Let(Multiply(rowTiles, panels)), (from, to) =>
                    Spans(spanFirst, spanLast, Number(0), k, product.Span, () => Tiles(from, to)));
            }
        });
    }

    // All tiles for each stretch of k.
    private void Stretches(Expression first, Expression end, Amount bytes)
    {
        var tiles = Let(product.Batch.Aggregate(Multiply(rowTiles, panels) as Expression, (count, extent) => Times(count, Of(extent))));
        Cut(first, end, tiles, (from, to) =>
        {
            var stretch = Let(Divide(from, tiles));
            Set(spanFirst, Multiply(stretch, Number(product.Stretch)));
            Set(spanLast, Least(k, Add(spanFirst, Number(product.Stretch))));
            Set(apart, Times(stretch, Of(bytes)));
            SetRowOffsets(spanFirst, spanLast);
            var before = Let(Multiply(stretch, tiles));
            Tiles(Let(Subtract(from, before)), Let(Subtract(to, before)));
        });
    }

    // Cuts [from, to) at multiples of a length.
    private void Cut(Expression from, Expression to, Expression length, Action<Expression, Expression> body)
    {
        var (first, last) = (Let(from), Long());
        While(LessThan(first, to), () =>
        {
            Set(last, Least(to, Multiply(Add(Divide(first, length), Number(1)), length)));
            body(first, last);
            Set(first, last);
        });
    }

    // The panel at hand, and where rows of windows begin.
    private void SetMemoryOfThread()
    {
        if (product.RowsPacked == 0 && product.RowsWithOffsets == 0)
            return;
        Expression Bytes(long rows, long each) => rows == 0 ? Number(0) : Times(Least(k, Number(rows)), Number(each));
        var panel = Bytes(product.RowsPacked, PanelRowBytes);
        var offsets = Bytes(product.RowsWithOffsets, sizeof(long));
        Set(near, Call(typeof(ThreadMemory), nameof(ThreadMemory.Address), null, Plus(panel, offsets)));
        Set(rowOffsets, Plus(near, panel));
        if (product.Apart is null)
            SetRowOffsets(Number(0), k);
    }

    // The first tile of a strip: of some panels of a group of row tiles.
    private Expression FirstTile(Expression strip)
    {
        var (groupTiles, stripPanels) = (product.Totals!.GroupTiles, product.Totals.StripPanels);
        var stripsPerGroup = Let(TilesOf(panels, stripPanels));
        var strips = Let(Times(TilesOf(rowTiles, groupTiles), stripsPerGroup));
        var matrix = Let(Over(strip, strips));
        var rest = Let(Minus(strip, Times(matrix, strips)));
        var first = Let(Times(Over(rest, stripsPerGroup), Number(groupTiles)));
        var inGroup = Least(Number(groupTiles), Minus(rowTiles, first));
        var inPanels = Plus(Times(first, panels), Times(Times(Modulo(rest, stripsPerGroup), Number(stripPanels)), inGroup));
        return Plus(Times(matrix, Times(rowTiles, panels)), inPanels);
    }

    // Cuts [from, to) into spans; there is at least one, so that a product over no k is stored.
    private void Spans(ParameterExpression first, ParameterExpression last, Expression from, Expression to, long length, Action body)
    {
        var again = Pool.Rent(typeof(bool));
        Set(first, from);
        Set(again, Constant(true));
        While(again, () =>
        {
            Set(last, Least(to, Add(first, Number(length))));
            body();
            Set(first, last);
            Set(again, LessThan(first, to));
        });
        Pool.Return(again);
    }

    private void Tiles(Expression first, Expression last)
    {
        if (HasOneTile)
        {
            Set(panel, Number(0));
            Set(rowTile, Number(0));
            For(tile, first, last, 1, () =>
            {
                Set(matrix, tile);
                SetMatrix();
                SetPanel();
                PackDue();
                Tile();
            });
            return;
        }
        Set(groupTiles, GroupTiles());
        Start(first);
        Set(tile, first);
        While(LessThan(tile, last), () =>
        {
            PackDue();
            Tile();
            Step(tile, Number(1));
            Step(rowTile, Number(1));
            If(Equal(rowTile, groupLast), NextPanel);
        });
    }

    // Row tiles per group: all there are where they are few.
    private Expression GroupTiles()
    {
        if (product.Totals is { } totals)
            return Number(totals.GroupTiles);
        var bytes = Times(Number((long)product.Tile.Rows * Size), k);
        var fitting = Over(Number(TiledProduct.GroupBytes), Plus(bytes, Number(1)));
        return Least(Most(fitting, Number(TiledProduct.FewestGroupTiles)), Number(TiledProduct.MostGroupTiles));
    }

    // Finds the matrix, group, panel and row tile of a number.
    private void Start(Expression first)
    {
        var perMatrix = Times(rowTiles, panels);
        var rest = Let(first);
        Set(matrix, Over(rest, perMatrix));
        Set(rest, Subtract(rest, Multiply(matrix, perMatrix)));
        var perGroup = Let(Times(groupTiles, panels));
        Set(groupFirst, Multiply(Divide(rest, perGroup), groupTiles));
        Set(rest, Modulo(rest, perGroup));
        SetGroupLast();
        Set(panel, Divide(rest, Subtract(groupLast, groupFirst)));
        Set(rowTile, Add(groupFirst, Modulo(rest, Subtract(groupLast, groupFirst))));
        SetMatrix();
        SetPanel();
    }

    private void NextPanel()
    {
        Step(panel, Number(1));
        If(Equal(panel, panels), NextGroup);
        Set(rowTile, groupFirst);
        SetPanel();
    }

    private void NextGroup()
    {
        Set(panel, Number(0));
        Set(groupFirst, groupLast);
        If(Equal(groupFirst, rowTiles), () =>
        {
            Set(groupFirst, Number(0));
            if (product.Batch.Length == 0)
                return;
            Step(matrix, Number(1));
            SetMatrix();
        });
        SetGroupLast();
    }

    private void SetGroupLast() => Set(groupLast, Least(Plus(groupFirst, groupTiles), rowTiles));

    private void SetMatrix()
    {
        var flat = matrix as Expression;
        for (int a = coordinates.Length - 1; a > 0; a--)
        {
            Set(coordinates[a], Modulo(flat, Of(product.Batch[a])));
            flat = Divide(flat, Of(product.Batch[a]));
        }
        if (coordinates.Length > 0)
            Set(coordinates[0], flat);
        Set(aMatrix, product.Lines is { } lines ? FirstWindow(lines.Source, lines.Matrices) : InMatrix(product.A!.Word, product.A.Batch));
        if (product.B is { } b)
            Set(bMatrix, InMatrix(b.Word, b.Batch));
        if (product.Windows is { } windows)
            Set(bMatrix, FirstWindow(windows.Source, windows.Matrices));
        if (product.Packed is { } packed)
            Set(packedMatrix, Minus(InMatrix(packed.Word, packed.Batch),
                Times(FirstStored(product.Packing, n, product.Tile.Columns), PanelBytes)));
        for (int s = 0; s < slotMatrices.Length; s++)
            Set(slotMatrices[s], InMatrix(product.Slots[s].Word, product.Slots[s].Strides));
        if (product.Apart is not null)
            Step(slotMatrices[0], apart);
    }

    private Expression InMatrix(int word, IReadOnlyList<Amount> strides)
    {
        Expression address = Word(word);
        for (int a = 0; a < coordinates.Length; a++)
            address = Plus(address, Times(coordinates[a], Of(strides[a])));
        return address;
    }

    private void PackDue()
    {
        if (packer is not null && !product.PacksSlices)
            If(isDue, () => Pack(spanFirst, spanLast));
    }

    // Rows of the panel.
    private void Pack(Expression first, Expression last)
    {
        Set(bPanel, Subtract(near, Times(first, Number(PanelRowBytes))));
        packer!.Panel(matrix, panel, first, last, bPanel);
        Set(isDue, Constant(false));
    }

    private void SetPanel()
    {
        if (product.Windows is { } windows)
        {
            SetWindowPanel(windows);
            return;
        }
        if (packer is not null)
        {
            Set(isDue, Constant(true));
            return;
        }
        void Packed()
        {
            Set(bPanel, Plus(packedMatrix, Times(panel, PanelBytes)));
            Set(bStride, Number(PanelRowBytes));
        }
        void InPlace()
        {
            Set(bPanel, Plus(bMatrix, Times(panel, Number(PanelRowBytes))));
            Set(bStride, Of(product.B!.Row));
        }
        var first = FirstPacked(product.Packing, m, n, product.Tile.Columns);
        if (IsZero(first))
            Packed();
        else if (product.Packed is null)
            InPlace();
        else
            If(LessThan(panel, first), InPlace, Packed);
    }

    // From one row of a panel to the next: a number where all panels are packed, and one register less in the inner loop.
    private Expression BStride => product.Packing is Packing.All ? Number(PanelRowBytes) : bStride;

    private Expression PanelBytes => Times(k, Number(PanelRowBytes));

    private static Expression TilesOf(Expression extent, int by) => Over(Plus(extent, Number(by - 1)), Number(by));
}
