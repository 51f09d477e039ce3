using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

internal sealed partial class TileEmitter
{
    /// <summary>Vector instructions of an epilogue that is written out for every register of a tile.</summary>
    private const int UnrolledCost = 144;

    /// <summary>Vector instructions that a partial store adds.</summary>
    private const int PartialCost = 3;

    /// <summary>Above this many vector instructions one copy serves full and partial registers.</summary>
    private const int SingleCopyCost = 48;

    /// <summary>Products per element of a tile that take as long as asking for memory.</summary>
    private const long LeastProducts = 32;

    private int MatrixLoops => coordinates.Length;

    // The loop that lanes of an epilogue run along: columns, or rows that are neighbours in a line.
    private int LaneLoop => product.Lines is null ? MatrixLoops + 1 : MatrixLoops;

    // A full tile from registers where that is little code; else through memory on the stack, register by register.
    private void Finish(Place at, RegisterTile sums)
    {
        if (epilogue.Roots.Count == 0)
            return;
        if (product.Windows is not null)
        {
            FinishWindows(at, sums);
            return;
        }
        if (product.Lines is not null)
        {
            FinishLines(at, sums);
            return;
        }
        using var scope = Pool.Scope();
        var cursors = product.Slots.Select((_, i) => Let(FirstOf(i, at))).ToArray();
        int whole = vectors * lanes.Count, copies = rows * vectors;
        // Sums down columns are neither loaded nor stored while registers stand for them.
        int perCopy = epilogue.Cost + epilogue.Stores.Sum(s => IsDense(s.Slot) ? 1 : lanes.Count)
            - 2 * (product.Totals?.Rows.Partials.Length ?? 0);
        var full = product.N.IsConstant && product.N.Constant % whole == 0 ? Constant(true)
            : product.N.IsConstant && product.N.Constant < whole ? Constant(false)
            : (Expression)GreaterThanOrEqual(at.ColumnsLeft, Number(whole));
        bool isUnrolled = perCopy * copies <= UnrolledCost || copies == 1;
        bool isPartialUnrolled = (perCopy + PartialCost) * copies <= UnrolledCost && product.N.IsConstant;
        if (isUnrolled || epilogue.Cost <= SingleCopyCost)
            If(full, () => Finished(at, sums, cursors, isUnrolled, isPartial: false),
                () => Finished(at, sums, cursors, isPartialUnrolled, isPartial: true));
        else
            Looped(at, sums, cursors, isPartial: full is not ConstantExpression { Value: true });
    }

    // Asks for the cache lines that the epilogue reads and writes, which arrive while sums are accumulated.
    private void Prefetch(Place at)
    {
        int[] far = [.. Enumerable.Range(0, product.Slots.Length).Where(IsFar)];
        if (far.Length == 0 || product.Windows is not null || product.Lines is not null)
            return;
        using var scope = Pool.Scope();
        var then = at with { Row = Plus(at.Row, Number(TilesAhead * product.Tile.Rows)) };
        var cursors = far.Select(s => Let(FirstOf(s, then))).ToArray();
        For(Long(), Number(0), Number(rows), 1, () =>
        {
            foreach (var (slot, cursor) in far.Zip(cursors))
            {
                for (int line = 0; line < vectors * lanes.Count * product.Slots[slot].Type.Size; line += Memory.LineBytes)
                    Code.Add(Memory.Ask(Plus(cursor, Number(line))));
                Step(cursor, Of(product.Slots[slot].Strides[MatrixLoops]));
            }
        });
    }

    // Where a tile takes less time than its rows need to arrive, those of a later one are asked for.
    private long TilesAhead =>
        product.K is { IsConstant: true, Constant: < LeastProducts and var k } ? (LeastProducts - 1) / Math.Max(k, 1) : 0;

    // Whether a slot's rows lie in memory, too many for near caches.
    private bool IsFar(int slot)
    {
        static long Known(Amount extent) => extent.IsConstant ? extent.Constant : long.MaxValue;
        return IsDense(slot) && !IsOfRow(slot) && product.Slots[slot].Strides[MatrixLoops] != new Amount(0)
            && product.Batch.Append(product.M).Append(product.N)
            .Aggregate((double)product.Slots[slot].Type.Size, (bytes, d) => bytes * Known(d))
                >= TiledProduct.LargeBytes;
    }

    // Where the epilogue's first element of a slot lies.
    private Expression FirstOf(int slot, Place at) => Plus(OfBlock(slot, at), Plus(
        Times(at.Row, Of(product.Slots[slot].Strides[MatrixLoops])), Times(at.Column, Of(product.Slots[slot].Strides[MatrixLoops + 1]))));

    // Where a slot's matrix begins; of totals, the accumulators of the block of rows, or of columns, that a place is in.
    private Expression OfBlock(int slot, Place at)
    {
        if (IsOfRow(slot))
            return Plus(slotMatrices[slot],
                Times(Over(at.Column, Number(ColumnBlocks.Length)), Number(ColumnBlocks.Lanes * product.Slots[slot].Type.Size)));
        if (product.Totals?.Rows is not { } blocks || !blocks.Partials.Any(p => p.Slot == slot))
            return slotMatrices[slot];
        var block = Plus(Times(matrix, TilesOf(m, (int)RowBlocks.Length)), Over(at.Row, Number(RowBlocks.Length)));
        return Plus(slotMatrices[slot], Times(block, Of(blocks.StrideOf(slot))));
    }

    // Whether a slot is the accumulators of a row.
    private bool IsOfRow(int slot) => product.Totals?.Columns.Slots.Contains(slot) ?? false;

    // Whether a row's elements are neighbours; elsewhere each is stored on its own.
    private bool IsDense(int slot) =>
        IsOfRow(slot) || product.Slots[slot].Strides[MatrixLoops + 1] == new Amount(product.Slots[slot].Type.Size);

    private void Finished(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isUnrolled, bool isPartial)
    {
        if (isUnrolled)
            Unrolled(at, sums, cursors, isPartial);
        else
            Looped(at, sums, cursors, isPartial);
    }

    private void Unrolled(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isPartial)
    {
        ParameterExpression? CountOf(int v) => isPartial ? Let(Within(Minus(at.ColumnsLeft, Number((long)v * lanes.Count)))) : null;
        var counts = Enumerable.Range(0, vectors).Select(CountOf).ToArray();
        var accumulators = counts.Select(_ => Accumulators()).ToArray();
        Site At(int row, int v) => new(cursors, Plus(at.Row, Number(row)), at.Column, Number((long)v * lanes.Count),
            counts[v], sums[row, v],
            accumulators[v]);
        BeginRows(at, cursors);
        Each(v => BeginTotals(At(0, v)));
        for (int r = 0; r < rows; r++)
        {
            int row = r;
            If(r == 0 || IsWholeRows ? Constant(true) : LessThan(Number(r), at.RowsLeft), () =>
            {
                Each(v => Element(epilogue, At(row, v)));
                NextRow(cursors);
            });
        }
        Each(v => EndTotals(At(0, v)));
    }

    private void Each(Action<int> vector)
    {
        for (int v = 0; v < vectors; v++)
            vector(v);
    }

    private Expression Within(Expression count) => Most(Least(count, Number(lanes.Count)), Number(0));

    private void Looped(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isPartial)
    {
        using var scope = Pool.Scope();
        int rowBytes = vectors * lanes.Count * Size;
        var memory = Pool.Rent(typeof(TileMemory));
        var start = Let(TileMemory.AddressOf(memory));
        foreach (var (r, v) in Registers())
            Code.Add(lanes.Store(product.Type, Plus(start, Number((long)r * rowBytes + (long)v * lanes.Count * Size)), sums[r, v]));
        var (row, lane, count) = (Long(), Long(), isPartial && lanes.Count > 1 ? Long() : null);
        var columns = isPartial ? Least(at.ColumnsLeft, Number(vectors * lanes.Count)) : Number(vectors * lanes.Count);
        var sum = Pool.Rent(lanes.RegisterType(product.Type));
        var site = new Site(cursors, Plus(at.Row, row), at.Column, lane, count, sum, []);
        void EachLane(Action element) => For(lane, Number(0), columns, lanes.Count, () =>
        {
            if (count is not null)
                Set(count, Least(Subtract(at.ColumnsLeft, lane), Number(lanes.Count)));
            element();
        });
        BeginRows(at, cursors);
        if (first is not null)
            If(Begins(at.Row, RowBlocks.Length), () => EachLane(() => Element(first, site)));
        For(row, Number(0), Least(at.RowsLeft, Number(rows)), 1, () =>
        {
            EachLane(() =>
            {
                Set(sum, lanes.Load(product.Type, Add(start, Multiply(lane, Number(Size)))));
                Element(epilogue, site);
            });
            Step(start, Number(rowBytes));
            NextRow(cursors);
        });
    }

    private void NextRow(ParameterExpression[] cursors)
    {
        for (int s = 0; s < cursors.Length; s++)
            Step(cursors[s], Of(product.Slots[s].Strides[MatrixLoops]));
    }

    /// <summary>One register of a finished tile.</summary>
    /// <param name="Cursors">Per slot: its address at the row and the part's first column.</param>
    /// <param name="Row">Row of the product; the first one where lanes run along rows.</param>
    /// <param name="Column">First column of the part; the one at hand where lanes run along rows.</param>
    /// <param name="Lane">Steps from there to the first lane.</param>
    /// <param name="Count">Lanes in use; null for all.</param>
    /// <param name="Sum">The product's elements.</param>
    /// <param name="Accumulators">Slots that registers stand for while the rows of a tile go by.</param>
    private sealed record Site(ParameterExpression[] Cursors, Expression Row, Expression Column, Expression Lane, Expression? Count,
        Expression Sum, Dictionary<int, ParameterExpression> Accumulators);

    private void Element(EmittableRegion region, Site site)
    {
        using var scope = Pool.Scope();
        LeafCode leaf = (i, position) => Leaf(i, position, site);
        var emitter = new BodyEmitter(region.Body, lanes, Pool, leaf)
        {
            Error = Error, Count = site.Count, EveryConstant = constants is null ? null : constants.Use,
        };
        var values = emitter.Emit(region.Roots, Code);
        for (int s = 0; s < values.Count; s++)
            Store(region.Stores[s].Slot, values[s], site);
    }

    private Dictionary<int, ParameterExpression> Accumulators() => product.Totals is not { Rows.Partials: var partials } ? []
        : partials.ToDictionary(p => p.Slot, p => Pool.Rent(lanes.RegisterType(product.Slots[p.Slot].Type)));

    private static BinaryExpression Begins(Expression at, long block) => Equal(Modulo(at, Number(block)), Number(0));

    // Where a block of columns begins, so do the sums of its rows.
    private void BeginRows(Place at, ParameterExpression[] cursors)
    {
        if (firstOfRow is null)
            return;
        If(Begins(at.Column, ColumnBlocks.Length), () =>
        {
            using var scope = Pool.Scope();
            var (row, lane, starts) = (Long(), Long(), cursors.Select(c => Let(c)).ToArray());
            For(row, Number(0), Least(at.RowsLeft, Number(rows)), 1, () =>
            {
                For(lane, Number(0), Number(ColumnBlocks.Lanes), lanes.Count,
                    () => Element(firstOfRow, new(starts, Plus(at.Row, row), Number(0), lane, null, Empty(), [])));
                NextRow(starts);
            });
        });
    }

    // What a tile adds to: its block's sums so far.
    private void BeginTotals(Site site)
    {
        if (first is null)
            return;
        If(Begins(site.Row, RowBlocks.Length), () => Element(first, site), () =>
        {
            foreach (var (slot, register) in site.Accumulators)
                Set(register, Load(slot, site));
        });
    }

    private void EndTotals(Site site)
    {
        foreach (var (slot, register) in site.Accumulators)
            Store(slot, register, site with { Accumulators = [] });
    }

    private Expression Leaf(Instruction i, GatherPosition? position, Site site) => i.Opcode switch
    {
        Opcode.Carried => site.Sum,
        Opcode.Load => site.Accumulators.GetValueOrDefault((int)i.Immediate) ?? Load((int)i.Immediate, site),
        Opcode.Gather => position!.Gather(lanes, i.Type, Word(product.Slots[(int)i.Immediate].Word), site.Count),
        Opcode.Parameter => lanes.Broadcast(i.Type, Scalar(Of(product.Parameters[(int)i.Immediate]), i.Type)),
        _ => Index(product.Position[(int)i.Immediate], i.Type, site),
    };

    private Expression Index(int loop, DType type, Site site)
    {
        var at = loop == MatrixLoops ? site.Row : loop == MatrixLoops + 1 ? site.Column : coordinates[loop];
        return loop == LaneLoop ? lanes.Sequence(type, Scalar(Plus(at, site.Lane), type)) : lanes.Broadcast(type, Scalar(at, type));
    }

    private Expression Load(int slot, Site site)
    {
        var (address, stride) = FirstLane(slot, site);
        return LoadLanes(lanes, product.Slots[slot].Type, address, stride, site.Count);
    }

    // Columns go round the accumulators of their row.
    private (Expression Address, Amount Stride) FirstLane(int slot, Site site)
    {
        var (stride, lane) = IsOfRow(slot)
            ? (new Amount(product.Slots[slot].Type.Size), And(Plus(site.Column, site.Lane), Number(ColumnBlocks.Lanes - 1)))
            : (product.Slots[slot].Strides[LaneLoop], site.Lane);
        return (Plus(site.Cursors[slot], Times(lane, Of(stride))), stride);
    }

    private void Store(int slot, Expression value, Site site)
    {
        if (site.Accumulators.TryGetValue(slot, out var register))
        {
            Set(register, value);
            return;
        }
        var (address, stride) = FirstLane(slot, site);
        Code.Add(StoreLanes(lanes, product.Slots[slot].Type, address, stride, value, site.Count));
    }
}
