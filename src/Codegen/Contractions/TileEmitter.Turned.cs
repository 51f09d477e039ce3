using System.Linq.Expressions;
using System.Runtime.Intrinsics;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <content>
/// Few rows of a before a b whose columns are runs of memory: blocks of it, one cache line of each column of a register, are turned in
/// registers on their way to the sums. Only what is left of whole blocks is packed.
/// </content>
internal sealed partial class TileEmitter
{
    /// <summary>How far ahead the lines of a block are asked for: long runs of memory they are, but many at once.</summary>
    private const long BytesAhead = 256;

    private bool TurnsBlocks =>
        product is { PacksSlices: true, Within.Source: StridedPanels, A: not null, B: { } b } && b.Row == new Amount(Size)
        && !IsUnrolled && lanes.Count * Size == Memory.LineBytes && (rows, vectors * lanes.Count) == (product.Tile.Rows, product.Tile.Columns)
        && product.Tile.LeavesRoomForBlock;

    // Whether nothing is left of whole blocks.
    private bool TurnsAll => TurnsBlocks && product is { N.IsConstant: true, K.IsConstant: true }
        && product.N.Constant % product.Tile.Columns == 0 && product.K.Constant % lanes.Count == 0 && product.Slice % lanes.Count == 0;

    // Whole blocks of a slice need no packing where the panel is full: what is left is little, and copied by a call.
    private void CopyRest(Expression first, Expression last)
    {
        if (TurnsAll)
        {
            Set(turned, last);
            return;
        }
        var columns = Let(Least(Minus(n, TileColumn), Number(product.Tile.Columns)));
        var whole = Minus(last, Modulo(Minus(last, first), Number(lanes.Count)));
        Set(turned, Condition(Equal(columns, Number(product.Tile.Columns)), whole, first));
        Set(bPanel, Subtract(near, Multiply(turned, Number(PanelRowBytes))));
        If(LessThan(turned, last), () =>
        {
            var rest = Let(Subtract(last, turned));
            var (row, end) = (Let(near), Let(Add(near, Multiply(rest, Number(PanelRowBytes)))));
            While(LessThan(row, end), () =>
            {
                Code.Add(lanes.Store(product.Type, row, lanes.Constant(product.Type, 0)));
                Step(row, Number(Memory.LineBytes));
            });
            Code.Add(Call(typeof(TransposedMemory), $"Matrix{Size}", null, FirstColumn(turned), Of(product.B!.Column), near,
                Number(PanelRowBytes), columns, rest));
        });
    }

    // Where the panel's first column goes on from a row.
    private Expression FirstColumn(Expression row) =>
        Plus(Plus(bMatrix, Times(TileColumn, Of(product.B!.Column))), Times(row, Number(Size)));

    // A register's columns after the other: the fewer runs of memory at once, the better the processor foresees them.
    private void AccumulateTurned(RegisterTile sums, Expression[] a, ParameterExpression ofA)
    {
        var first = Let(FirstColumn(BlockFirst));
        var length = Let(Times(Subtract(turned, BlockFirst), Number(Size)));
        var (source, end) = (Long(), Long());
        for (int v = 0; v < vectors; v++)
        {
            Set(source, Plus(first, Times(Number(v * lanes.Count), Of(product.B!.Column))));
            Set(end, Add(source, length));
            Set(ofA, Number(0));
            While(LessThan(source, end), () =>
            {
                Block(sums, v, source, r => Plus(a[r], ofA));
                Step(source, Number(Memory.LineBytes));
                Step(ofA, Times(Number(lanes.Count), Of(product.A!.Column)));
            });
        }
    }

    // Quarters of a register come from every so many columns: what is left to exchange is within 128 bits.
    private void Block(RegisterTile sums, int v, Expression source, Func<int, Expression> a)
    {
        using var scope = Pool.Scope();
        var (integer, apart, quarters) = (Size == 4 ? typeof(int) : typeof(long), 16 / Size, Memory.LineBytes / 16);
        Expression Column(long c) => Plus(source, Times(Number(c), Of(product.B!.Column)));
        var lines = new ParameterExpression[apart, quarters];
        for (int c = 0; c < apart; c++)
            for (int q = 0; q < quarters; q++)
                lines[c, q] = Let(RegisterMethods.Generic(typeof(TransposedMemory), nameof(TransposedMemory.Quarters), [integer],
                    Plus(Column(c), Number(16L * q)), Times(Number(apart), Of(product.B!.Column))));
        for (int c = 0; c < lanes.Count; c++)
            Code.Add(Memory.Ask(Plus(Column(c), Number(BytesAhead))));
        for (int q = 0; q < quarters; q++)
        {
            var exchanged = Exchanged([.. Enumerable.Range(0, apart).Select(c => lines[c, q])]);
            for (int i = 0; i < apart; i++)
            {
                var step = Times(Number(q * apart + i), Of(product.A!.Column));
                Code.AddRange(sums.MultiplyAdd(v, r => Plus(a(r), step), RegisterMethods.Generic(typeof(Vector512), nameof(Vector512.As),
                    [integer, product.Type.ClrType], exchanged[i])));
            }
        }
    }

    // Element i of each of two or four columns, in every 128 bits. By instructions: helpers that are inlined use up what a method may have.
    private Expression[] Exchanged(Expression[] columns)
    {
        Expression Low(Expression x, Expression y) => HardwareMethods.TryCall("UnpackLow", x, y)
            ?? RegisterMethods.Call(typeof(TransposedMemory), nameof(TransposedMemory.Low), x, y);
        Expression High(Expression x, Expression y) => HardwareMethods.TryCall("UnpackHigh", x, y)
            ?? RegisterMethods.Call(typeof(TransposedMemory), nameof(TransposedMemory.High), x, y);
        if (columns is [var first, var second])
            return [Low(first, second), High(first, second)];
        var (a, b, c, d) = (columns[0], columns[1], columns[2], columns[3]);
        var (acLow, acHigh, bdLow, bdHigh) = (Let(Low(a, c)), Let(High(a, c)), Let(Low(b, d)), Let(High(b, d)));
        return [Low(acLow, bdLow), High(acLow, bdLow), Low(acHigh, bdHigh), High(acHigh, bdHigh)];
    }
}
