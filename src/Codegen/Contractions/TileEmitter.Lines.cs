using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Windows as rows of the product, whose columns are the results of each window: a tile is so many neighbours in a line of windows. The
/// elements that windows share are broadcast from the same few cache lines, and what a register holds is results, so that neither
/// the length of lines nor strides between windows leave lanes empty. A finished tile is turned, as results lie in memory along lines.
/// </content>
internal sealed partial class TileEmitter
{
    // The line, and the address of the tile's first window; its place in the line, and the first one that no tile before has stored.
    private readonly ParameterExpression line, window, place, due;

    private long TilesPerLine => product.Lines!.Line.Tiles(product.Tile.Rows);

    private void SetLine(WindowLines lines)
    {
        using var scope = Pool.Scope();
        Set(line, Over(rowTile, Number(TilesPerLine)));
        Set(due, Times(Minus(rowTile, Times(line, Number(TilesPerLine))), Number(product.Tile.Rows)));
        Set(place, Least(due, Number(lines.Line.Across - product.Tile.Rows)));
        Set(window, Plus(Plus(aMatrix, Sum(Coordinates(line, lines.Lines), lines.Lines)), Times(place, Of(lines.Along[^1].Stride))));
    }

    private Expression LineRow => Plus(Times(line, Number(product.Lines!.Line.Across)), place);

    // Windows of a line are known distances apart, most often, which are parts of addresses.
    private Expression[] WindowAddresses(Place at, WindowLines lines)
    {
        var along = lines.Along;
        bool isEven = along.Count == 1;
        var first = isEven ? Let(Plus(window, Times(at.R, Of(along[0].Stride)))) : window;
        return [.. Enumerable.Range(0, rows).Select(r => AlongLine(isEven ? Number(r) : Plus(at.R, Number(r)), along) is var distance
            && distance is ConstantExpression ? Plus(first, distance) : Let(Plus(first, distance)))];
    }

    private Expression AlongLine(Expression windows, IReadOnlyList<AxisPart> along)
    {
        var distance = Number(0) as Expression;
        for (int a = along.Count - 1; a >= 0; a--)
        {
            var outer = a == 0 ? Number(0) : Over(windows, Of(along[a].Extent));
            distance = Plus(distance, Times(Minus(windows, Times(outer, Of(along[a].Extent))), Of(along[a].Stride)));
            windows = outer;
        }
        return distance;
    }

    private Walk WindowColumns()
    {
        var offset = Long();
        return Offsets(value => Set(offset, value), offset);
    }

    // Columns of a finished tile become rows in memory on the stack; then lanes run along the line, all columns of the tile.
    private void FinishLines(Place at, RegisterTile sums)
    {
        using var scope = Pool.Scope();
        int width = vectors * lanes.Count * Size;
        var (memory, turned) = (Pool.Rent(typeof(TileMemory)), Pool.Rent(typeof(TileMemory)));
        var (start, target) = (Let(TileMemory.AddressOf(memory)), Let(TileMemory.AddressOf(turned)));
        foreach (var (r, v) in Registers())
            Code.Add(lanes.Store(product.Type, Plus(start, Number((long)r * width + (long)v * lanes.Count * Size)), sums[r, v]));
        long pitch = Turned(start, target, width);
        // Rows before are stored already, where the last tile of a line has moved back.
        var first = Let(TilesMeet ? Number(0) : Most(Number(0), Minus(Minus(due, place), at.R)));
        var cursors = product.Slots.Select((s, i) => Let(Plus(slotMatrices[i], Plus(
            Times(Plus(at.Row, first), Of(s.Strides[MatrixLoops])), Times(at.Column, Of(s.Strides[MatrixLoops + 1])))))).ToArray();
        var columns = Let(Least(at.ColumnsLeft, Number(vectors * lanes.Count)));
        if (TilesMeet && rows <= lanes.Count)
        {
            FinishLine(at, first, columns, Number(rows), target, pitch, cursors);
            return;
        }
        Step(target, Multiply(first, Number(lanes.Count == 1 ? width : Size)));
        var left = Let(Subtract(Number(rows), first));
        While(GreaterThan(left, Number(0)), () =>
        {
            var count = Let(Least(left, Number(lanes.Count)));
            FinishLine(at, first, columns, lanes.Count == 1 ? null : count, target, pitch, cursors);
            Step(left, Negate(count));
            Step(first, count);
            Step(target, Multiply(count, Number(lanes.Count == 1 ? width : Size)));
            for (int s = 0; s < cursors.Length; s++)
                Step(cursors[s], Multiply(count, Of(product.Slots[s].Strides[MatrixLoops])));
        });
    }

    // Whether no window is in two tiles of a line.
    private bool TilesMeet => lanes.Count > 1 && product.Lines!.Line.Across % product.Tile.Rows == 0;

    // All columns of the tile for some windows of the line, from a first one on.
    private void FinishLine(Place at, Expression first, Expression columns, Expression? count, ParameterExpression turned, long pitch,
        ParameterExpression[] cursors)
    {
        var (column, source, ends) = (Long(), Let(turned), cursors.Select(c => Let(c)).ToArray());
        var sum = Pool.Rent(lanes.RegisterType(product.Type));
        For(column, Number(0), columns, 1, () =>
        {
            Set(sum, count is null ? lanes.Load(product.Type, source) : lanes.LoadPartial(product.Type, source, count));
            Element(epilogue, new(ends, Plus(at.Row, first), Plus(at.Column, column), Number(0), count, sum, []));
            Step(source, Number(pitch));
            for (int s = 0; s < ends.Length; s++)
                Step(ends[s], Of(product.Slots[s].Strides[MatrixLoops + 1]));
        });
    }

    // Writes the tile with rows as columns and gives the bytes from one to the next. Without lanes there is nothing to turn.
    private long Turned(ParameterExpression source, ParameterExpression target, int width)
    {
        if (lanes.Count == 1)
        {
            Set(target, source);
            return Size;
        }
        int square = 16 / Size, together = square;
        while (together < rows && together < lanes.Count)
            together *= 2;
        long pitch = (rows + together - 1) / together * together * Size;
        for (int r = 0; r < rows; r += together)
        {
            var (from, to) = (Let(Plus(source, Number((long)r * width))), Let(Plus(target, Number((long)r * Size))));
            For(Long(), Number(0), Number(vectors * lanes.Count), square, () =>
            {
                Code.Add(RegisterMethods.Call(typeof(TransposedMemory), $"Copy{Size}x{together}", from, Number(width), to, Number(pitch)));
                Step(from, Number(16));
                Step(to, Number(square * pitch));
            });
        }
        return pitch;
    }
}
