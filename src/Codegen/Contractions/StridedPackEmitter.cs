using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Packs a matrix that lies in memory with any strides.</summary>
internal sealed class StridedPackEmitter : PackEmitter
{
    private readonly MatrixAccess source;
    private readonly Expression rowStride, columnStride;

    public StridedPackEmitter(PanelPacking packing, MatrixAccess source, VectorWidth width, KernelWriter? kernel)
        : base(packing, Lanes.For(width, packing.Type.Size), kernel) =>
        (this.source, rowStride, columnStride) = (source, Of(source.Row), Of(source.Column));

    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var from = Let(Plus(Moved(Word(source.Word), at, source.Batch), Times(column, columnStride)));
        var to = Let(target);
        var row = Let(FirstRow);
        Step(from, Times(FirstRow, rowStride));
        Step(to, Times(FirstRow, Number(RowBytes)));
        if (width is null && IsTransposed)
            While(LessThanOrEqual(row, Subtract(LastRow, Number(Square))), () => Squares(row, from, to));
        While(LessThan(row, LastRow), () =>
        {
            for (int c = 0; c < Packing.Columns; c += Lanes.Count)
                Copy(from, to, c, width);
            Step(from, rowStride);
            Step(to, Number(RowBytes));
            Step(row, Number(1));
        });
    }

    // Elements of k lie side by side: a few rows at a time are read as columns.
    private bool IsTransposed => Packing.Columns % Square == 0 && Lanes.Count > 1 && rowStride is ConstantExpression { Value: long bytes } && bytes == Size;

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
        int whole = Math.Min(Lanes.Count, Packing.Columns - c);
        bool isFull = whole == Lanes.Count;
        var count = width is not null ? Call(typeof(Math), nameof(Math.Clamp), null, Subtract(width, Number(c)), Number(0), Number(whole))
            : isFull ? null : Number(whole);
        var value = Read(Plus(source, Times(Number(c), columnStride)), count);
        var address = Plus(target, Number((long)c * Size));
        Code.Add(isFull ? Lanes.Store(Packing.Type, address, value) : Lanes.StorePartial(Packing.Type, address, value, Number(whole)));
    }

    private Expression Read(Expression address, Expression? count) =>
        columnStride is not ConstantExpression { Value: long bytes } || bytes != Size
            ? Lanes.LoadStrided(Packing.Type, address, columnStride, count)
            : count is null ? Lanes.Load(Packing.Type, address) : Lanes.LoadPartial(Packing.Type, address, count);
}
