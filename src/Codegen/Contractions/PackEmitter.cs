using System.Linq.Expressions;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Writes a packing kernel: registers along n, rows of a panel one after the other, a block of rows through all panels
/// before the next block. The pages that a block's rows lie in then stay at hand until every panel has had its part.
/// </summary>
internal abstract class PackEmitter : PanelWriter
{
    /// <summary>Rows per block: as many pages as the first-level translation buffer holds with room to spare.</summary>
    private const long RowBlock = 64;

    private readonly Expression k, n;

    protected PackEmitter(PanelPacking packing, Lanes lanes)
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
        PackEmitter emitter = packing.Source switch
        {
            StridedPanels strided => new StridedPackEmitter(packing, strided.Matrix, width),
            WindowPanels windows => new WindowPackEmitter(packing, windows, width),
            MappedPanels map => new MapPackEmitter(packing, map, width),
            _ => throw new NotSupportedException($"{packing.Source.GetType().Name} has no packing."),
        };
        return emitter.Write(packing.Name, emitter.Panels);
    }

    /// <summary>Writes the block's rows of a panel.</summary>
    /// <param name="at">Coordinates along the batch axes.</param>
    /// <param name="column">First column of the panel.</param>
    /// <param name="target">Address of the panel's row 0.</param>
    /// <param name="width">How many columns there are, where the panel is not full; lanes past them become zero or hold anything finite.</param>
    protected abstract void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width);

    private void Panels()
    {
        var first = Let(FirstStored(Packing.Packing, n, Packing.Columns));
        var wanted = Let(FirstPacked(Packing.Packing, Of(Packing.M), n, Packing.Columns));
        var stored = Let(Packing.Packing is Codegen.Packing.Edge ? Number(1) : Over(Plus(n, Number(Packing.Columns - 1)), Number(Packing.Columns)));
        var (unit, panel, width) = (Long(), Long(), Long());
        For(FirstRow, Number(0), k, RowBlock, () =>
        {
            Set(LastRow, Least(k, Add(FirstRow, Number(RowBlock))));
            For(unit, Begin, End, 1, () =>
            {
                Set(panel, Add(first, Modulo(unit, stored)));
                Set(width, Least(Subtract(n, Multiply(panel, Number(Packing.Columns))), Number(Packing.Columns)));
                If(AndAlso(GreaterThanOrEqual(panel, wanted), GreaterThan(width, Number(0))), () => Panel(unit, stored, panel, width));
            });
        });
    }

    private void Panel(Expression unit, Expression stored, Expression panel, Expression width)
    {
        var matrix = Let(Divide(unit, stored));
        var at = new ParameterExpression[Packing.Batch.Length];
        for (int a = at.Length - 1; a >= 0; a--)
        {
            at[a] = Let(Modulo(matrix, Of(Packing.Batch[a])));
            Set(matrix, Divide(matrix, Of(Packing.Batch[a])));
        }
        var column = Let(Multiply(panel, Number(Packing.Columns)));
        var target = Let(Add(Word(Packing.Target), Multiply(unit, Times(k, Number(RowBytes)))));
        If(Equal(width, Number(Packing.Columns)), () => Rows(at, column, target, null), () => Rows(at, column, target, width));
    }

    /// <summary>An address moved by coordinates.</summary>
    protected Expression Moved(Expression address, IEnumerable<Expression> at, IEnumerable<Amount> strides) =>
        at.Zip(strides).Aggregate(address, (sum, step) => Plus(sum, Times(step.First, Of(step.Second))));
}
