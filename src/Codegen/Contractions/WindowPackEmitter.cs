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
    /// <param name="several">Writes several rows that are neighbours along the innermost axis, where there are so many; null for none.</param>
    protected void EachRow(ParameterExpression[] at, Expression target, RowCopy copy, (int Rows, RowCopy Copy)? several = null) =>
        If(LessThan(FirstRow, LastRow), () => Walk(at, target, copy, several));

    /// <summary>Writes code that copies from the address of a row's column at offset 0 to an address.</summary>
    protected delegate void RowCopy(ParameterExpression from, ParameterExpression to);

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
                If(AndAlso(LessThanOrEqual(Add(row, Number(block.Rows)), LastRow),
                    LessThanOrEqual(Add(place[^1], Number(block.Rows)), Of(source.Rows[^1].Extent))),
                    () => Copied(block.Rows, block.Copy), () => Copied(1, copy));
            else
                Copied(1, copy);
        });
    }

    /// <summary>Moves coordinates and an offset or address along an axis, at most to its end, with a carry into the next outer one there.</summary>
    protected void Next(ParameterExpression[] at, ParameterExpression offset, IReadOnlyList<AxisPart> parts, int axis, int by = 1)
    {
        if (axis < 0)
            return;
        Step(at[axis], Number(by));
        Step(offset, Times(Number(by), Of(parts[axis].Stride)));
        Carry(at, offset, parts, axis);
    }

    /// <summary>Carries into the next outer axis where one has ended.</summary>
    protected void Carry(ParameterExpression[] at, ParameterExpression offset, IReadOnlyList<AxisPart> parts, int axis)
    {
        var (extent, stride) = (Of(parts[axis].Extent), Of(parts[axis].Stride));
        If(Equal(at[axis], extent), () =>
        {
            Set(at[axis], Number(0));
            Set(offset, Minus(offset, Times(extent, stride)));
            Next(at, offset, parts, axis - 1);
        });
    }

    /// <summary>The coordinates of a flat position, as locals.</summary>
    protected ParameterExpression[] Coordinates(Expression flat, IReadOnlyList<AxisPart> parts)
    {
        var at = new ParameterExpression[parts.Count];
        for (int a = at.Length - 1; a > 0; a--)
        {
            at[a] = Let(Modulo(flat, Of(parts[a].Extent)));
            flat = Divide(flat, Of(parts[a].Extent));
        }
        if (at.Length > 0)
            at[0] = Let(flat);
        return at;
    }

    /// <summary>The offset of coordinates.</summary>
    protected Expression Sum(IEnumerable<Expression> at, IReadOnlyList<AxisPart> parts) =>
        Moved(Number(0), at, parts.Select(p => p.Stride));
}
