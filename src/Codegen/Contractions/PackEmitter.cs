using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Writes a packing kernel: registers along n, rows of a panel one after the other, a block of rows through all panels
/// before the next block. The pages that a block's rows lie in then stay at hand until every panel has had its part.
/// </summary>
internal sealed class PackEmitter : PanelWriter
{
    /// <summary>Rows per block: as many pages as the first-level translation buffer holds with room to spare.</summary>
    private const long RowBlock = 64;

    private readonly PanelPacking packing;
    private readonly Lanes lanes;
    private readonly Expression k, n, rowStride, columnStride;
    private readonly ParameterExpression firstRow, lastRow;   // of the block

    private PackEmitter(PanelPacking packing, VectorWidth width)
    {
        (this.packing, lanes) = (packing, Lanes.For(width, packing.Type.Size));
        (k, n) = (Of(packing.K), Of(packing.N));
        (rowStride, columnStride) = (Of(packing.Source.Row), Of(packing.Source.Column));
        (firstRow, lastRow) = (Long(), Long());
    }

    private int Size => packing.Type.Size;

    private int RowBytes => packing.Columns * Size;

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(PanelPacking packing, VectorWidth width)
    {
        var emitter = new PackEmitter(packing, width);
        return emitter.Write(packing.Name, emitter.Panels);
    }

    private void Panels()
    {
        var first = Let(FirstStored(packing.Packing, n, packing.Columns));
        var wanted = Let(FirstPacked(packing.Packing, Of(packing.M), n, packing.Columns));
        var stored = Let(packing.Packing is Packing.Edge ? Number(1) : Over(Plus(n, Number(packing.Columns - 1)), Number(packing.Columns)));
        var (unit, panel, width) = (Long(), Long(), Long());
        For(firstRow, Number(0), k, RowBlock, () =>
        {
            Set(lastRow, Least(k, Add(firstRow, Number(RowBlock))));
            For(unit, Begin, End, 1, () =>
            {
                Set(panel, Add(first, Modulo(unit, stored)));
                Set(width, Least(Subtract(n, Multiply(panel, Number(packing.Columns))), Number(packing.Columns)));
                If(AndAlso(GreaterThanOrEqual(panel, wanted), GreaterThan(width, Number(0))), () => Panel(unit, stored, panel, width));
            });
        });
    }

    private void Panel(Expression unit, Expression stored, Expression panel, Expression width)
    {
        var source = Let(Plus(Word(packing.Source.Word), Times(Multiply(panel, Number(packing.Columns)), columnStride)));
        var matrix = Let(Divide(unit, stored));
        for (int a = packing.Batch.Length - 1; a >= 0; a--)
        {
            Step(source, Times(Modulo(matrix, Of(packing.Batch[a])), Of(packing.Source.Batch[a])));
            Set(matrix, Divide(matrix, Of(packing.Batch[a])));
        }
        var target = Let(Add(Word(packing.Target), Multiply(unit, Times(k, Number(RowBytes)))));
        If(Equal(width, Number(packing.Columns)), () => Rows(source, target, null), () => Rows(source, target, width));
    }

    private void Rows(ParameterExpression source, ParameterExpression target, Expression? width)
    {
        var row = Let(firstRow);
        Step(source, Times(firstRow, rowStride));
        Step(target, Times(firstRow, Number(RowBytes)));
        if (width is null && IsTransposed)
            While(LessThanOrEqual(row, Subtract(lastRow, Number(Square))), () => Squares(row, source, target));
        While(LessThan(row, lastRow), () =>
        {
            for (int c = 0; c < packing.Columns; c += lanes.Count)
                Copy(source, target, c, width);
            Step(source, rowStride);
            Step(target, Number(RowBytes));
            Step(row, Number(1));
        });
    }

    // Elements of k lie side by side: a few rows at a time are read as columns.
    private bool IsTransposed => packing.Columns % Square == 0 && lanes.Count > 1 && rowStride is ConstantExpression { Value: long bytes } && bytes == Size;

    private int Square => 16 / Size;

    private void Squares(ParameterExpression row, ParameterExpression source, ParameterExpression target)
    {
        var (from, to, end) = (Let(source), Let(target), Let(Add(target, Number(RowBytes))));
        string copy = Size == 4 ? nameof(TransposedMemory.Copy4) : nameof(TransposedMemory.Copy8);
        While(LessThan(to, end), () =>
        {
            Code.Add(RegisterMethods.Call(typeof(TransposedMemory), copy, from, columnStride, to, Number(RowBytes)));
            Step(from, Times(columnStride, Number(Square)));
            Step(to, Number(16));
        });
        Step(source, Number(16));
        Step(target, Number((long)RowBytes * Square));
        Step(row, Number(Square));
    }

    // Lanes c and on of a row; past the last column they are zero, and nothing is read.
    private void Copy(Expression source, Expression target, int c, Expression? width)
    {
        int whole = Math.Min(lanes.Count, packing.Columns - c);
        bool isFull = whole == lanes.Count;
        var count = width is not null ? Call(typeof(Math), nameof(Math.Clamp), null, Subtract(width, Number(c)), Number(0), Number(whole))
            : isFull ? null : Number(whole);
        var value = Read(Plus(source, Times(Number(c), columnStride)), count);
        var address = Plus(target, Number((long)c * Size));
        Code.Add(isFull ? lanes.Store(packing.Type, address, value) : lanes.StorePartial(packing.Type, address, value, Number(whole)));
    }

    private Expression Read(Expression address, Expression? count) =>
        columnStride is not ConstantExpression { Value: long bytes } || bytes != Size
            ? lanes.LoadStrided(packing.Type, address, columnStride, count)
            : count is null ? lanes.Load(packing.Type, address) : lanes.LoadPartial(packing.Type, address, count);
}
