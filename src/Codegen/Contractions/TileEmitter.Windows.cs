using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Windows read where they lie: a panel is a run of positions of a plane. A row of the matrix, one tap of one channel, is an offset from
/// there; the offsets of all rows wait in a table. Neighbouring taps read nearly the same memory, so the part of an image that
/// a panel needs is a fraction of the panel, and nothing is packed.
/// </content>
internal sealed partial class TileEmitter
{
    // Where offsets of rows wait; the plane, the panel's first position in it, and the first one that no panel before has stored.
    private readonly ParameterExpression rowOffsets, plane, position, fresh;

    private WindowPlane Plane => product.Windows!.Plane;

    // Offsets in bytes of rows [first, last) of the matrix, one after the other, run by run of the innermost axis.
    private void SetRowOffsets(Expression first, Expression last)
    {
        if ((product.Windows?.Source ?? product.Lines?.Source) is not { Rows: var parts })
            return;
        using var scope = Pool.Scope();
        AxisPart[] outer = [.. parts.SkipLast(1)];
        var (extent, stride) = parts is [.., var inner] ? (Of(inner.Extent), Of(inner.Stride)) : (k, Number(0));
        var at = IsZero(first) ? [.. parts.Select(_ => Let(Number(0)))] : Coordinates(first, parts);
        var row = parts.IsEmpty ? Let(first) : at[^1];
        var (left, entry, offset) = (Let(Minus(last, first)), Let(rowOffsets), Let(Sum(at.SkipLast(1), outer)));
        While(GreaterThan(left, Number(0)), () =>
        {
            var (count, moved) = (Let(Least(left, Subtract(extent, row))), Let(Plus(offset, Times(row, stride))));
            For(row, Number(0), count, 1, () =>
            {
                Code.Add(Memory.Write(entry, moved));
                Step(entry, Number(sizeof(long)));
                Step(moved, stride);
            });
            Step(left, Negate(count));
            Set(row, Number(0));
            Next(at, offset, outer, outer.Length - 1);
        });
    }

    private Expression FirstWindow(WindowPanels source, IReadOnlyList<AxisPart> matrices) =>
        Plus(Word(source.Word), Sum(Coordinates(matrix, matrices), matrices));

    private void SetWindowPanel(WindowsInPlace windows)
    {
        using var scope = Pool.Scope();
        var perPlane = Number(Plane.Panels(product.Tile.Columns));
        Set(plane, windows.Planes.Count == 0 ? Number(0) : Over(panel, perPlane));
        Set(fresh, Times(Minus(panel, Times(plane, perPlane)), Number(product.Tile.Columns)));
        Set(position, Least(fresh, Number(Plane.Positions - product.Tile.Columns)));
        Set(bPanel, Plus(Plus(bMatrix, Sum(Coordinates(plane, windows.Planes), windows.Planes)), Times(position, Number(Size))));
    }

    private Walk WindowRows(Place at)
    {
        var (columns, address) = (Let(Plus(bPanel, Times(at.C, Number(Size)))), Long());
        return Offsets(offset => Set(address, Add(columns, offset)), address);
    }

    // Through the table of offsets from a block's first one on.
    private Walk Offsets(Action<Expression> enter, ParameterExpression at)
    {
        var first = product.Apart is null ? BlockFirst : Minus(BlockFirst, spanFirst);
        var entry = Let(Plus(rowOffsets, Times(first, Number(sizeof(long)))));
        return new(at, () => enter(Memory.Read(typeof(long), entry)), () => Step(entry, Number(sizeof(long))));
    }

    // A finished tile through memory on the stack: run by run of windows in a row, register by register, all rows of the tile.
    private void FinishWindows(Place at, RegisterTile sums)
    {
        using var scope = Pool.Scope();
        var memory = Pool.Rent(typeof(TileMemory));
        var start = Let(TileMemory.AddressOf(memory));
        int width = vectors * lanes.Count;
        foreach (var (r, v) in Registers())
            Code.Add(lanes.Store(product.Type, Plus(start, Number(((long)r * width + (long)v * lanes.Count) * Size)), sums[r, v]));
        var first = Let(Plus(position, at.C));
        var last = Let(Plus(first, Number(width)));
        Step(start, Times(Negate(first), Number(Size)));   // where position 0 would lie
        Set(first, Most(first, fresh));
        var down = Let(Divide(first, Number(Plane.Pitch)));
        var across = Let(Subtract(first, Multiply(down, Number(Plane.Pitch))));
        var column = Let(Plus(Plus(Times(plane, Number(Plane.Down * Plane.Across)),
            Multiply(down, Number(Plane.Across))), Least(across, Number(Plane.Across))));
        While(LessThan(first, last), () =>
        {
            var left = Let(Least(Subtract(Number(Plane.Across), across), Subtract(last, first)));
            var from = Let(Add(start, Multiply(first, Number(Size))));
            Step(first, Subtract(Number(Plane.Pitch), across));
            Set(across, Number(0));
            While(GreaterThan(left, Number(0)), () =>
            {
                FinishRows(at, from, column, Let(Least(left, Number(lanes.Count))), width);
                Step(from, Number((long)lanes.Count * Size));
                Step(left, Number(-lanes.Count));
            });
        });
    }

    private void FinishRows(Place at, ParameterExpression from, ParameterExpression column, ParameterExpression count, int width)
    {
        using var scope = Pool.Scope();
        var cursors = product.Slots.Select((s, i) => Let(Plus(slotMatrices[i],
            Plus(Times(at.Row, Of(s.Strides[MatrixLoops])), Times(column, Of(s.Strides[MatrixLoops + 1])))))).ToArray();
        var (source, sum) = (Let(from), Pool.Rent(lanes.RegisterType(product.Type)));
        void Row(Expression inTile)
        {
            Set(sum, lanes.Load(product.Type, source));
            Element(epilogue, new(cursors, Plus(at.Row, inTile), column, Number(0), lanes.Count == 1 ? null : count, sum, []));
            Step(source, Number((long)width * Size));
            NextRow(cursors);
        }
        var row = Long();
        if (IsWholeRows && epilogue.Cost * rows <= UnrolledCost)
            for (int r = 0; r < rows; r++)
                Row(Number(r));
        else
            For(row, Number(0), Let(Least(at.RowsLeft, Number(rows))), 1, () => Row(row));
        Step(column, count);
    }
}
