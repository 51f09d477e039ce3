using System.Linq.Expressions;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Packs a matrix whose rows and columns run along several axes of memory: convolutions as matrix products, without a
/// matrix of windows. An element lies at the sum of an offset of its row and one of its column; those of a panel's columns wait in a table.
/// </summary>
internal sealed class WindowPackEmitter : PackEmitter
{
    private readonly WindowPanels source;
    private readonly ParameterExpression table;

    public WindowPackEmitter(PanelPacking packing, WindowPanels source, VectorWidth width) : base(packing, Lanes.For(width, packing.Type.Size)) =>
        (this.source, table) = (source, Pool.Rent(typeof(TileMemory)));

    private Amount InnerStride => source.Columns.IsEmpty ? default : source.Columns[^1].Stride;

    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var matrix = Let(Moved(Word(source.Word), at, source.Batch));
        var offsets = Let(TileMemory.AddressOf(table));
        Offsets(offsets, column, width ?? Number(Packing.Columns));
        var isEven = width is null ? Blocks().Select(c => Let(IsEven(offsets, c))).ToArray() : [];
        var row = Long();
        var (from, to) = (Long(), Let(Add(target, Multiply(FirstRow, Number(RowBytes)))));
        For(row, FirstRow, LastRow, 1, () =>
        {
            Set(from, Plus(matrix, OffsetOf(row, source.Rows)));
            if (width is not null)
                Code.Add(Scattered(to, from, offsets, width, Number(Packing.Columns)));
            else
                foreach (var (block, c) in Blocks().Index())
                    If(isEven[block], () => Code.Add(Row(from, to, offsets, c)),
                        () => Code.Add(Scattered(Plus(to, Number((long)c * Size)), from, At(offsets, c), Number(Whole(c)), Number(Whole(c)))));
            Step(to, Number(RowBytes));
        });
    }

    private IEnumerable<int> Blocks() => Enumerable.Range(0, (Packing.Columns + Lanes.Count - 1) / Lanes.Count).Select(b => b * Lanes.Count);

    private int Whole(int c) => Math.Min(Lanes.Count, Packing.Columns - c);

    // Byte offsets of a panel's columns: counted on, with a carry into the next outer axis where one ends.
    private void Offsets(ParameterExpression offsets, Expression column, Expression count)
    {
        var at = Coordinates(column, source.Columns);
        var (i, offset) = (Long(), Let(Sum(at, source.Columns)));
        For(i, Number(0), count, 1, () =>
        {
            Code.Add(Memory.Write(Add(offsets, Multiply(i, Number(8))), offset));
            Next(at, offset, at.Length - 1);
        });
    }

    private void Next(ParameterExpression[] at, ParameterExpression offset, int axis)
    {
        if (axis < 0)
            return;
        var (extent, stride) = (Of(source.Columns[axis].Extent), Of(source.Columns[axis].Stride));
        Step(at[axis], Number(1));
        Step(offset, stride);
        If(Equal(at[axis], extent), () =>
        {
            Set(at[axis], Number(0));
            Set(offset, Minus(offset, Times(extent, stride)));
            Next(at, offset, axis - 1);
        });
    }

    private Expression OffsetOf(Expression flat, IReadOnlyList<AxisPart> parts) => Sum(Coordinates(flat, parts), parts);

    private Expression Sum(IEnumerable<Expression> at, IReadOnlyList<AxisPart> parts) => Moved(Number(0), at, parts.Select(p => p.Stride));

    private ParameterExpression[] Coordinates(Expression flat, IReadOnlyList<AxisPart> parts)
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

    private static Expression At(Expression offsets, int c) => Plus(offsets, Number(8L * c));

    // Whether a register's columns are an inner stride apart, so that one load takes them.
    private Expression IsEven(Expression offsets, int c) => Whole(c) < Lanes.Count ? Constant(false)
        : Call(typeof(TableMemory), nameof(TableMemory.IsEven), null, At(offsets, c), Number(Lanes.Count), Of(InnerStride));

    private Expression Row(Expression from, Expression to, Expression offsets, int c)
    {
        var address = Add(from, Memory.Read(typeof(long), At(offsets, c)));
        var value = InnerStride.IsConstant && InnerStride.Constant == Size ? Lanes.Load(Packing.Type, address)
            : Lanes.LoadStrided(Packing.Type, address, Of(InnerStride));
        return Lanes.Store(Packing.Type, Plus(to, Number((long)c * Size)), value);
    }

    private MethodCallExpression Scattered(Expression to, Expression from, Expression offsets, Expression count, Expression whole) => Call(
        typeof(TableMemory), Size == 4 ? nameof(TableMemory.Copy4) : nameof(TableMemory.Copy8), null, to, from, offsets, count, whole);
}
