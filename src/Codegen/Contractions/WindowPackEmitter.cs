using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Packs a matrix whose rows and columns run along several axes of memory: convolutions as matrix products, without a
/// matrix of windows. An element lies at the sum of an offset of its row and one of its column.
/// </summary>
internal abstract class WindowPackEmitter(PanelPacking packing, WindowPanels source, VectorWidth width, KernelWriter? kernel)
    : PackEmitter(packing, Lanes.For(width, packing.Type.Size), kernel)
{
    /// <summary>What is packed.</summary>
    protected WindowPanels Source => source;

    /// <summary>Writes the block's rows, the address of each counted on from the one before.</summary>
    /// <param name="at">Coordinates along the batch axes.</param>
    /// <param name="target">Address of the panel's row 0.</param>
    /// <param name="copy">Writes a row: from the address of its column at offset 0, to an address.</param>
    /// <param name="several">Writes several rows that are neighbours along
    /// the innermost axis, where there are so many; null for none.</param>
    protected void EachRow(ParameterExpression[] at, Expression target, RowCopy copy, (int Rows, RowCopy Copy)? several = null) =>
        If(LessThan(FirstRow, LastRow), () => Walk(at, target, copy, several));

    /// <summary>Writes code that copies from the address of a row's column at offset 0 to an address.</summary>
    protected delegate void RowCopy(ParameterExpression from, ParameterExpression to);

    // Whether several rows fit into the run of neighbours; where fewer are left, some steps back, so that a few are written once more.
    private BinaryExpression EndsWithRun(ParameterExpression row, ParameterExpression place, int rows, out ParameterExpression back)
    {
        var left = Let(Least(Subtract(LastRow, row), Subtract(Of(source.Rows[^1].Extent), place)));
        back = Let(Most(Subtract(Number(rows), left), Number(0)));
        return AndAlso(LessThanOrEqual(back, place), LessThanOrEqual(back, Subtract(row, FirstRow)));
    }

    private void Walk(ParameterExpression[] at, Expression target, RowCopy copy, (int Rows, RowCopy Copy)? several)
    {
        var place = Coordinates(FirstRow, source.Rows);
        var from = Let(Plus(Moved(Word(source.Word), at, source.Batch), Sum(place, source.Rows)));
        var (to, row) = (Let(Add(target, Multiply(FirstRow, Number(RowBytes)))), Let(FirstRow));
        void Copied(int rows, RowCopy copy)
        {
            copy(from, to);
            Step(row, Number(rows));
            Step(to, Number((long)rows * RowBytes));
            Next(place, from, source.Rows, place.Length - 1, rows);
        }
        While(LessThan(row, LastRow), () =>
        {
            if (several is { } block)
                If(EndsWithRun(row, place[^1], block.Rows, out var back), () =>
                {
                    Step(row, Negate(back));
                    Step(to, Multiply(back, Number(-RowBytes)));
                    Step(place[^1], Negate(back));
                    Step(from, Negate(Multiply(back, Of(source.Rows[^1].Stride))));
                    Copied(block.Rows, block.Copy);
                }, () => Copied(1, copy));
            else
                Copied(1, copy);
        });
    }
}
