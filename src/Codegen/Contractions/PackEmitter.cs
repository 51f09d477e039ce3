using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Writes a packing kernel: registers along n, rows of a panel one after the other, a block of rows through all panels
/// before the next block. The pages that a block's rows lie in then stay at hand until every panel has had its part. Threads
/// share blocks and panels.
/// </summary>
internal abstract class PackEmitter : PanelWriter
{
    // Rows per block: as many pages as the first-level translation buffer holds with room to spare.
    private const long RowBlock = 64;

    private readonly Expression k, n;

    protected PackEmitter(PanelPacking packing, Lanes lanes, KernelWriter? kernel) : base(kernel)
    {
        (Packing, Lanes) = (packing, lanes);
        (k, n) = (Of(packing.K), Of(packing.N));
        (FirstRow, LastRow) = (Long(), Long());
    }

    protected PanelPacking Packing { get; }

    protected Lanes Lanes { get; }

    protected int Size => Packing.Type.Size;

    protected int RowBytes => Packing.Columns * Size;

    /// <summary>First row of the block.</summary>
    protected ParameterExpression FirstRow { get; }

    /// <summary>One past the last row of the block.</summary>
    protected ParameterExpression LastRow { get; }

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(PanelPacking packing, VectorWidth width)
    {
        var emitter = For(packing, width);
        return emitter.Write(packing.Name, emitter.Panels);
    }

    /// <summary>Blocks of so many rows.</summary>
    public static Dim Blocks(Dim rows) => Dim.FloorDivide(rows + (RowBlock - 1), RowBlock);

    /// <summary>Packing as a kernel of its own, or inside the kernel of another writer.</summary>
    public static PackEmitter For(PanelPacking packing, VectorWidth width, KernelWriter? kernel = null) => packing.Source switch
    {
        StridedPanels strided => new StridedPackEmitter(packing, strided.Matrix, width, kernel),
        WindowPanels windows when RunPackEmitter.Suits(packing, windows, width) => new RunPackEmitter(packing, windows, width, kernel),
        WindowPanels windows => new TablePackEmitter(packing, windows, width, kernel),
        MappedPanels map => new MapPackEmitter(packing, map, width, kernel),
        _ => throw new NotSupportedException($"{packing.Source.GetType().Name} has no packing."),
    };

    /// <summary>Writes rows of one panel, of which row 0 lies, or would lie, at an address.</summary>
    /// <param name="matrix">Which of the matrices along the batch axes.</param>
    /// <param name="panel">Which panel.</param>
    /// <param name="first">First row.</param>
    /// <param name="last">One past the last row.</param>
    /// <param name="target">Address of row 0.</param>
    public void Panel(Expression matrix, Expression panel, Expression first, Expression last, Expression target)
    {
        using var scope = Pool.Scope();
        Set(FirstRow, first);
        Set(LastRow, last);
        Copy(Let(matrix), panel, Let(Least(Minus(n, Times(panel, Number(Packing.Columns))), Number(Packing.Columns))), Let(target));
    }

    /// <summary>Whether one code serves full panels and others.</summary>
    protected virtual bool CountsColumns => false;

    /// <summary>Writes the block's rows of a panel.</summary>
    /// <param name="at">Coordinates along the batch axes.</param>
    /// <param name="column">First column of the panel.</param>
    /// <param name="target">Address of the panel's row 0.</param>
    /// <param name="width">How many columns there are, where the panel is not
    /// full; lanes past them become zero or hold anything finite.</param>
    protected abstract void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width);

    private void Panels()
    {
        var first = Let(FirstStored(Packing.Packing, n, Packing.Columns));
        var wanted = Let(FirstPacked(Packing.Packing, Of(Packing.M), n, Packing.Columns));
        var stored = Let(Packing.Packing is Codegen.Packing.Edge ? Number(1)
            : Over(Plus(n, Number(Packing.Columns - 1)), Number(Packing.Columns)));
        var units = Let(Packing.Batch.Aggregate<Amount, Expression>(stored, (count, extent) => Times(count, Of(extent))));
        var (part, panel, width) = (Let(Begin), Long(), Long());
        If(LessThan(part, End), () =>
        {
            var unit = Let(Modulo(part, units));
            Set(FirstRow, Multiply(Divide(part, units), Number(RowBlock)));
            Set(LastRow, Least(k, Add(FirstRow, Number(RowBlock))));
            While(LessThan(part, End), () =>
            {
                Set(panel, Add(first, Modulo(unit, stored)));
                Set(width, Least(Subtract(n, Multiply(panel, Number(Packing.Columns))), Number(Packing.Columns)));
                If(AndAlso(GreaterThanOrEqual(panel, wanted), GreaterThan(width, Number(0))), () => Copy(
                    Let(Divide(unit, stored)), panel, width, Let(Add(Word(Packing.Target), Multiply(unit, Times(k, Number(RowBytes)))))));
                Step(part, Number(1));
                Step(unit, Number(1));
                If(Equal(unit, units), () =>
                {
                    Set(unit, Number(0));
                    Set(FirstRow, LastRow);
                    Set(LastRow, Least(k, Add(FirstRow, Number(RowBlock))));
                });
            });
        });
    }

    private void Copy(ParameterExpression matrix, Expression panel, Expression width, ParameterExpression target)
    {
        var at = new ParameterExpression[Packing.Batch.Length];
        for (int a = at.Length - 1; a >= 0; a--)
        {
            at[a] = Let(Modulo(matrix, Of(Packing.Batch[a])));
            Set(matrix, Divide(matrix, Of(Packing.Batch[a])));
        }
        var column = Let(Multiply(panel, Number(Packing.Columns)));
        if (CountsColumns)
            Rows(at, column, target, width);
        else
            If(Equal(width, Number(Packing.Columns)),
                () => Rows(at, column, target, null), () => Rows(at, column, target, width));
    }
}
