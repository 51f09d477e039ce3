using System.Linq.Expressions;
using System.Runtime.Intrinsics.X86;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>
/// Packs windows of any strides: the offsets of a panel's columns wait in a table. Columns past the last one repeat it. Where rows are
/// neighbours in memory, as in gradients with respect to filters, small squares are turned.
/// </summary>
internal sealed class TablePackEmitter : WindowPackEmitter
{
    private readonly ParameterExpression table;

    public TablePackEmitter(PanelPacking packing, WindowPanels source, VectorWidth width, KernelWriter? kernel)
        : base(packing, source, width, kernel) => table = Pool.Rent(typeof(TileMemory));

    private Amount InnerStride => Source.Columns.IsEmpty ? default : Source.Columns[^1].Stride;

    private int Square => 16 / Size;

    private bool IsTransposed => Lanes.Count > 1 && Packing.Columns % Square == 0 && Size is 4 or 8
        && !Source.Rows.IsEmpty && Source.Rows[^1].Stride is { IsConstant: true } stride && stride.Constant == Size;

    private bool IsWide => Lanes.Count == TransposedMemory.WideColumns && Avx512F.IsSupported && Size == 4
        && Packing.Columns % Lanes.Count == 0;

    protected override bool CountsColumns => true;

    protected override void Rows(ParameterExpression[] at, ParameterExpression column, ParameterExpression target, Expression? width)
    {
        var offsets = Let(TileMemory.AddressOf(table));
        Offsets(offsets, column, width!);
        var isEven = Blocks().Select(c => Let(IsEven(offsets, c))).ToArray();
        EachRow(at, target, (from, to) =>
        {
            foreach (var (block, c) in Blocks().Index())
                If(isEven[block], () => Code.Add(Row(from, to, offsets, c)),
                    () => Code.Add(Scattered(Plus(to, Number((long)c * Size)), from, At(offsets, c), Number(Whole(c)), Number(Whole(c)))));
        }, IsTransposed ? (Square, (from, to) => Squares(from, to, offsets)) : null);
    }

    // As many rows as columns at a time.
    private void Squares(ParameterExpression from, ParameterExpression to, ParameterExpression offsets)
    {
        if (IsWide)
        {
            for (int c = 0; c < Packing.Columns; c += Lanes.Count)
                Code.Add(RegisterMethods.Call(typeof(TransposedMemory), nameof(TransposedMemory.Join4x16),
                    from, At(offsets, c), Plus(to, Number((long)c * Size)), Number(RowBytes)));
            return;
        }
        var (entry, target, end) = (Let(offsets), Let(to), Let(Add(to, Number(RowBytes))));
        While(LessThan(target, end), () =>
        {
            var columns = Enumerable.Range(0, Square).Select(c => (Expression)Add(from, Memory.Read(typeof(long), At(entry, c))));
            Code.Add(RegisterMethods.Call(typeof(TransposedMemory),
                Size == 4 ? nameof(TransposedMemory.Join4) : nameof(TransposedMemory.Join8),
                [.. columns, target, Number(RowBytes)]));
            Step(entry, Number(8L * Square));
            Step(target, Number(16));
        });
    }

    private IEnumerable<int> Blocks() =>
        Enumerable.Range(0, (Packing.Columns + Lanes.Count - 1) / Lanes.Count).Select(b => b * Lanes.Count);

    private int Whole(int c) => Math.Min(Lanes.Count, Packing.Columns - c);

    // Byte offsets of a panel's columns.
    private void Offsets(ParameterExpression offsets, Expression column, Expression count)
    {
        var at = Coordinates(column, Source.Columns);
        var (i, offset) = (Long(), Let(Sum(at, Source.Columns)));
        For(i, Number(0), Number(Packing.Columns), 1, () =>
        {
            Code.Add(Memory.Write(Add(offsets, Multiply(i, Number(8))), offset));
            If(LessThan(Add(i, Number(1)), count), () => Next(at, offset, Source.Columns, at.Length - 1));
        });
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
