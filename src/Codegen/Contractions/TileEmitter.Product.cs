using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

internal sealed partial class TileEmitter
{
    /// <summary>Vector instructions of a product whose steps are all written out.</summary>
    private const long UnrolledSteps = 160;

    /// <summary>Rows of a panel from which on tiles ask for the next one.</summary>
    private const long LongPanel = 256;

    private Expression TileRow => HasOneTile ? Number(0) : Times(rowTile, Number(product.Tile.Rows));

    private Expression TileColumn => HasOneTile ? Number(0) : Times(panel, Number(product.Tile.Columns));

    // One part on the widest registers; on narrower ones the tile is walked through in parts that fit.
    private void Tile()
    {
        using var scope = Pool.Scope();
        if (product.Lines is { } lines)
            SetLine(lines);
        var (row, column) = (Let(product.Lines is null ? TileRow : LineRow), Let(TileColumn));
        var rowsLeft = Let(product.Lines is null ? Least(Minus(m, row), Number(product.Tile.Rows)) : Number(product.Tile.Rows));
        var columnsLeft = Let(product.Windows is null ? Least(Minus(n, column), Number(product.Tile.Columns))
            : Number(product.Tile.Columns));
        void AllParts() => Parts(product.Tile.Rows, rows, rowsLeft, r =>
            Parts(product.Tile.Columns, vectors * lanes.Count, columnsLeft, c =>
                Part(new(Plus(row, r), Plus(column, c), Minus(rowsLeft, r), Minus(columnsLeft, c), r, c))));
        if (IsOneBlock)
        {
            Set(blockFirst, Number(0));
            Set(blockLast, k);
            PackSlice(Number(0), k);
            AllParts();
        }
        else
        {
            Set(partials, PartialsOfTile());
            Spans(blockFirst, blockLast, spanFirst, spanLast, product.Slice, () =>
            {
                PackSlice(blockFirst, blockLast);
                AllParts();
            });
        }
    }

    private void PackSlice(Expression first, Expression last)
    {
        if (TurnsBlocks)
            CopyRest(first, last);
        else if (product.PacksSlices)
            Pack(first, last);
    }

    // Where partial sums of a tile's stretch wait, [rows, columns]: on the stack, or in main memory where other tiles have their turn.
    private Expression PartialsOfTile()
    {
        var near = TileMemory.AddressOf(partialMemory);
        return product.Partials < 0 || !product.WaitsWithin ? near : Condition(LessThanOrEqual(k, Number(product.Span)), near, FarOfTile);
    }

    private Expression FarOfTile => Plus(Word(product.Partials), Times(tile, Number(product.WaitingBytes)));

    // Where those of whole stretches wait.
    private Expression TotalsOfTile => Plus(FarOfTile, Number(product.WaitsWithin ? product.SumsOfStretch : 0));

    private void Parts(int whole, int part, Expression left, Action<Expression> body)
    {
        if (whole == part)
        {
            body(Number(0));
            return;
        }
        var first = Long();
        For(first, Number(0), left, part, () => body(first));
    }

    /// <summary>
    /// Accumulators of one register file: where they lie in the
    /// product, how far it goes on, and where they lie in the tile.
    /// </summary>
    private sealed record Place(
        Expression Row, Expression Column, Expression RowsLeft, Expression ColumnsLeft, Expression R, Expression C);

    private void Part(Place at)
    {
        var sums = new RegisterTile(lanes, product.Type, rows, vectors, Pool);
        if (IsOneBlock)
        {
            Prefetch(at);
            Clear(sums);
            Accumulate(at, sums);
            Finish(at, sums);
            return;
        }
        // Sums of whole blocks wait here and, where blocks are cut, the present block's so far behind them.
        var partial = Let(Plus(partials, Plus(Times(at.R, Number(PanelRowBytes)), Times(at.C, Number(Size)))));
        var chain = Plus(partial, Number(product.TileBytes));
        If(Equal(blockLast, LastOfTile), () => Prefetch(at));
        If(IsBlockEdge(blockFirst), () => Clear(sums), () => Code.AddRange(sums.Fill((r, v) => Partial(chain, r, v))));
        Accumulate(at, sums);
        If(IsBlockEdge(blockLast), () =>
        {
            If(GreaterThanOrEqual(InStretch(blockFirst), Number(product.Depth)), () => AddPartials(partial, sums));
            if (product.IsOneStretch)
                If(LessThan(blockLast, LastOfTile), () => StorePartials(partial, sums), () => Finish(at, sums));
            else
                If(AndAlso(LessThan(blockLast, k), NotEqual(InStretch(blockLast), Number(0))), () => StorePartials(partial, sums),
                    () => EndStretch(at, sums));
        }, () => StorePartials(chain, sums));
    }

    // Stretches of a tile are added in order.
    private void EndStretch(Place at, RegisterTile sums)
    {
        var total = Let(Plus(TotalsOfTile, Plus(Times(at.R, Number(PanelRowBytes)), Times(at.C, Number(Size)))));
        If(GreaterThanOrEqual(blockFirst, Number(product.Stretch)), () => AddPartials(total, sums));
        If(LessThan(blockLast, k), () => StorePartials(total, sums), () => Finish(at, sums));
    }

    // Where the tile's sums end.
    private Expression LastOfTile => product.Apart is null ? k : spanLast;

    // From the beginning of its stretch to a place in k.
    private Expression InStretch(Expression place) => product.Apart is not null ? Minus(place, spanFirst)
        : product.IsOneStretch ? place : Modulo(place, Number(product.Stretch));

    // Whether a block of k begins or ends at a cut.
    private Expression IsBlockEdge(Expression cut) => product.CutsBlocks
        ? OrElse(Equal(cut, k), Equal(Modulo(cut, Number(product.Depth)), Number(0))) : Constant(true);

    private void Clear(RegisterTile sums) => Code.AddRange(sums.Fill((_, _) => lanes.Constant(product.Type, 0)));

    private IEnumerable<(int R, int V)> Registers() =>
        from r in Enumerable.Range(0, rows) from v in Enumerable.Range(0, vectors) select (r, v);

    private Expression PartialAddress(Expression partial, int r, int v) =>
        Plus(partial, Number((long)r * PanelRowBytes + (long)v * lanes.Count * Size));

    private Expression Partial(Expression partial, int r, int v) => lanes.Load(product.Type, PartialAddress(partial, r, v));

    private void AddPartials(Expression partial, RegisterTile sums) => Code.AddRange(sums.Fill((r, v) =>
        lanes.Instruction(new(Opcode.Add, product.Type), product.Type, Partial(partial, r, v), sums[r, v])));

    private void StorePartials(Expression partial, RegisterTile sums)
    {
        foreach (var (r, v) in Registers())
            Code.Add(lanes.Store(product.Type, PartialAddress(partial, r, v), sums[r, v]));
    }

    // sums[r, v] += a[row + r, k] * b[k, column + v * lanes ...] for each k of a block, or of the part of one at hand.
    private void Accumulate(Place at, RegisterTile sums)
    {
        using var scope = Pool.Scope();
        var a = product.Lines is { } windows ? WindowAddresses(at, windows) : RowAddresses(at);
        if (IsUnrolled)
        {
            var first = Let(Plus(Plus(bPanel, Times(BlockFirst, BStride)), Times(at.C, Number(Size))));
            for (long i = 0; i < product.K.Constant; i++)
            {
                var (ofA, ofB) = (Times(Number(i), Of(product.A!.Column)), Times(Number(i), BStride));
                Code.AddRange(sums.MultiplyAdd(r => Moved(a[r], ofA),
                    v => lanes.Load(product.Type, Plus(Plus(first, ofB), Number((long)v * lanes.Count * Size)))));
            }
            return;
        }
        var k = product.Lines is null ? Columns(a[0]) : WindowColumns();
        if (TurnsBlocks)
            AccumulateTurned(sums, a, k.At);
        if (TurnsAll)
            return;
        var b = product.Windows is null ? PanelRows(at) : WindowRows(at);
        Walk[] walks = LooksAhead && !product.HasOneRowTile && !HasOnePanel ? [k, b, NextPanelRows()] : [k, b];
        var left = Let(Subtract(blockLast, TurnsBlocks ? turned : blockFirst));
        While(GreaterThan(left, Number(0)), () =>
        {
            Array.ForEach(walks, w => w.Enter());
            Code.AddRange(sums.MultiplyAdd(r => Moved(a[r], k.At),
                v => lanes.Load(product.Type, Plus(b.At, Number((long)v * lanes.Count * Size)))));
            Array.ForEach(walks, w => w.Leave());
            Step(left, Number(-1));
        });
    }

    // Whether all steps of k are written one after the other: small matrices, of which there are many.
    private bool IsUnrolled => HasOneTile && IsOneBlock && product.K.Constant * (rows * vectors + rows + vectors) <= UnrolledSteps;

    /// <summary>A walk over columns of a or rows of b from a block's first one on.</summary>
    /// <param name="At">Bytes from a row's first element to that of the column, or where the tile's columns of the row lie.</param>
    /// <param name="Enter">What comes before a step.</param>
    /// <param name="Leave">What comes after it.</param>
    private sealed record Walk(ParameterExpression At, Action Enter, Action Leave);

    // The next packed tile follows this one: step by step it is asked for, as far ahead as a tile is long.
    private Walk Columns(Expression first)
    {
        var offset = Let(Number(0));
        return new(offset, () =>
        {
            if (product.TileOfA is { } tile && !HasOneTile)
                Code.Add(Memory.Ask(Plus(Plus(first, offset), Of(tile))));
        }, () => Step(offset, Of(product.A!.Column)));
    }

    // Whether tiles ask for packed rows of the next panel: a panel of many pages, at each of which the processor's own foresight stops.
    private bool LooksAhead => product is { Packing: Packing.All, Packed: not null, Lines: null } && !HasOneTile
        && (!product.K.IsConstant || product.K.Constant >= LongPanel);

    // The next panel follows this one too: each tile of the group asks for a part of it.
    private Walk NextPanelRows()
    {
        var step = Let(Plus(Over(Number(PanelRowBytes), Subtract(groupLast, groupFirst)), Number(1)));
        var rowsBefore = Plus(Times(Subtract(rowTile, groupFirst), this.k), BlockFirst);
        var address = Let(Plus(Plus(bPanel, PanelBytes), Multiply(rowsBefore, step)));
        return new(address, () => Code.Add(Memory.AskFar(address)), () => Step(address, step));
    }

    private Walk PanelRows(Place at)
    {
        var address = Let(Plus(Plus(bPanel, Times(TurnsBlocks ? turned : BlockFirst, BStride)), Times(at.C, Number(Size))));
        return new(address, () =>
        {
            for (long line = 0; LooksAhead && product.HasOneRowTile && line < PanelRowBytes; line += Memory.LineBytes)
                Code.Add(Memory.Ask(Plus(address, Number(Memory.PageBytes + line))));
        }, () => Step(address, BStride));
    }

    // A number of bytes stays outermost, where the processor adds it for nothing.
    private static Expression Moved(Expression address, Expression offset) =>
        address is not BinaryExpression { NodeType: ExpressionType.Add, Right: ConstantExpression } sum ? Plus(address, offset)
        : offset is ConstantExpression ? Add(sum.Left, Plus(sum.Right, offset)) : Add(Add(sum.Left, offset), sum.Right);

    private Expression BlockFirst => IsOneBlock ? Number(0) : blockFirst;

    // Of packed tiles, or of rows in memory: those past the last one repeat it, and their sums go nowhere.
    private Expression[] RowAddresses(Place at)
    {
        var (row, column) = (Of(product.A!.Row), Of(product.A.Column));
        var tileStart = product.TileOfA is { } stride ? Times(rowTile, Of(stride)) : Times(TileRow, row);
        var first = Let(Plus(Plus(aMatrix, tileStart), Plus(Times(at.R, row), Times(BlockFirst, column))));
        var addresses = new Expression[rows];
        addresses[0] = first;
        for (int r = 1; r < rows; r++)
            addresses[r] = product.TileOfA is not null || (IsWholeRows && product.A.Row.IsConstant) ? Plus(first, Times(Number(r), row))
                : Let(Plus(addresses[r - 1], IsWholeRows ? row : Condition(LessThan(Number(r), at.RowsLeft), row, Number(0))));
        return addresses;
    }

    private bool IsWholeRows => product.M is { IsConstant: true } && product.M.Constant % product.Tile.Rows == 0;
}
