using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Packs a matrix that lies in memory with any strides.</summary>
internal sealed class StridedPackEmitter : PackEmitter
{
    private static readonly Lanes One = Lanes.For(VectorWidth.Scalar, 4);

    private readonly MatrixAccess source;
    private readonly Expression rowStride, columnStride;

    public StridedPackEmitter(PanelPacking packing, MatrixAccess source, VectorWidth width, KernelWriter? kernel)
        : base(packing, Lanes.For(width, packing.Type.Size), kernel) =>
        (this.source, rowStride, columnStride) = (source, Of(source.Row), Of(source.Column));

    // Elements of k lie side by side: registers of columns are filled from 16 bytes of each column.
    private bool IsTransposed => Lanes.Count > 1 && Packing.Columns % Together == 0 && source.Row == new Amount(Size);

    private int BlockRows => 16 / Size;

    // Columns per register there: as many as divide a panel.
    private int Together
    {
        get
        {
            int columns = Lanes.Count;
            while (columns > BlockRows && Packing.Columns % columns != 0)
                columns /= 2;
            return columns;
        }
    }

    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var from = Let(Plus(Moved(Word(source.Word), at, source.Batch), Times(column, columnStride)));
        var to = Let(target);
        Step(from, Times(FirstRow, rowStride));
        Step(to, Times(FirstRow, Number(RowBytes)));
        if (IsTransposed)
            Transposed(from, to, width);
        else
            EachRow(FirstRow, from, to, () =>
            {
                AskForNextPanel(from);
                for (int c = 0; c < Packing.Columns; c += Lanes.Count)
                {
                    int whole = Math.Min(Lanes.Count, Packing.Columns - c);
                    Copy(Plus(from, Times(Number(c), columnStride)), Plus(to, Number((long)c * Size)), Number(c), whole, width);
                }
            });
    }

    // The same row's part of it, where columns are neighbours: rows lie apart, where the processor does not foresee them.
    private void AskForNextPanel(Expression from)
    {
        if (source.Column == new Amount(Size))
            for (long line = 0; line < RowBytes; line += Memory.LineBytes)
                Code.Add(Memory.AskFar(Plus(from, Number(RowBytes + line))));
    }

    private void EachRow(Expression first, ParameterExpression from, ParameterExpression to, Action body)
    {
        var row = Let(first);
        While(LessThan(row, LastRow), () =>
        {
            body();
            Step(from, rowStride);
            Step(to, Number(RowBytes));
            Step(row, Number(1));
        });
    }

    // Blocks of a register's columns, one below the other, so that memory is read in runs; then those that fill no register; then what
    // is left at the bottom.
    private void Transposed(ParameterExpression from, ParameterExpression to, Expression? width)
    {
        int together = Together;
        var whole = width is null ? Number(Packing.Columns) : Let(Multiply(Divide(width, Number(together)), Number(together)));
        var rows = Let(Multiply(Divide(Subtract(LastRow, FirstRow), Number(BlockRows)), Number(BlockRows)));
        var bottom = Let(Add(to, Multiply(rows, Number(RowBytes))));
        var column = Long();
        For(column, Number(0), whole, together, () => Column(together));
        if (width is not null)
        {
            Clear(to, bottom, whole);
            for (int columns = together / 2; columns >= BlockRows; columns /= 2)
                If(GreaterThanOrEqual(Subtract(width, column), Number(columns)), () =>
                {
                    Column(columns);
                    Step(column, Number(columns));
                });
            While(LessThan(column, width), () =>
            {
                Column(1);
                Step(column, Number(1));
            });
        }
        Step(from, Multiply(rows, Number(Size)));
        Set(to, bottom);
        EachRow(Add(FirstRow, rows), from, to, () =>
            For(column, Number(0), Number(Packing.Columns), together, () =>
                Copy(Add(from, Multiply(column, columnStride)), Add(to, Multiply(column, Number(Size))), column, together, width)));

        // So many neighbouring columns from the top to the bottom.
        void Column(int columns)
        {
            using var scope = Pool.Scope();
            var source = Let(Plus(from, Multiply(column, columnStride)));
            var target = Let(Plus(to, Multiply(column, Number(Size))));
            var end = Let(Add(bottom, Multiply(column, Number(Size))));
            if (columns == 1)
                Blocks(1, () => Code.Add(One.Store(Packing.Type, target, One.Load(Packing.Type, source))), source, target, end);
            else
            {
                void Copied(int rows, string copy) => Blocks(rows, () => Code.Add(RegisterMethods.Call(typeof(TransposedMemory),
                    $"{copy}{Size}x{columns}", source, columnStride, target, Number(RowBytes))), source, target, end);
                if (columns * Size == Memory.LineBytes)
                    Copied(columns, "CopyLines");
                Copied(BlockRows, "Copy");
            }
        }
    }

    // Zeros from a column on to the panel's last, in all rows above the bottom.
    private void Clear(Expression to, Expression bottom, Expression first)
    {
        using var scope = Pool.Scope();
        var (at, column) = (Let(to), Long());
        While(LessThan(at, bottom), () =>
        {
            For(column, first, Number(Packing.Columns), Together, () =>
            {
                var (address, zero) = (Add(at, Multiply(column, Number(Size))), Lanes.Constant(Packing.Type, 0));
                Code.Add(Together == Lanes.Count ? Lanes.Store(Packing.Type, address, zero)
                    : Lanes.StorePartial(Packing.Type, address, zero, Number(Together)));
            });
            Step(at, Number(RowBytes));
        });
    }

    // So many rows of a column at a time, as long as there are as many.
    private void Blocks(int rows, Action copy, ParameterExpression source, ParameterExpression target, Expression end)
    {
        var last = Let(Subtract(end, Number((long)rows * RowBytes)));
        While(LessThanOrEqual(target, last), () =>
        {
            copy();
            Step(source, Number((long)rows * Size));
            Step(target, Number((long)rows * RowBytes));
        });
    }

    // So many lanes of a row from a column on; past the last column they are zero, and nothing is read.
    private void Copy(Expression from, Expression to, Expression column, int whole, Expression? width)
    {
        bool isFull = whole == Lanes.Count;
        var count = width is not null ? Call(typeof(Math), nameof(Math.Clamp), null, Subtract(width, column), Number(0), Number(whole))
            : isFull ? null : Number(whole);
        var value = Read(from, count);
        Code.Add(isFull ? Lanes.Store(Packing.Type, to, value) : Lanes.StorePartial(Packing.Type, to, value, Number(whole)));
    }

    private Expression Read(Expression address, Expression? count) =>
        columnStride is not ConstantExpression { Value: long bytes } || bytes != Size
            ? Lanes.LoadStrided(Packing.Type, address, columnStride, count)
            : count is null ? Lanes.Load(Packing.Type, address) : Lanes.LoadPartial(Packing.Type, address, count);
}
