using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes a scatter: per position registers along the columns of the range, or per element a scalar.</summary>
internal sealed class ScatterEmitter : KernelWriter
{
    private readonly ScatterLoops loops;
    private readonly Lanes lanes;
    private readonly Expression count, inner, cells;
    private readonly Expression[] extents;
    private ParameterExpression? rowFirst, rowEnd;   // the positions that are this range's, where those are split

    private ScatterEmitter(ScatterLoops loops, VectorWidth width)
    {
        this.loops = loops;
        bool single = loops.Inner is { IsConstant: true, Constant: 1 } || loops.IndexPerElement || loops.Type.Size < 4;
        lanes = Lanes.For(single ? VectorWidth.Scalar : width, loops.Type.Size);
        (extents, count, inner) = ([.. loops.Extents.Each.Select(Of)], Of(loops.Count), Of(loops.Inner));
        cells = extents.Aggregate(Number(1), Times);
    }

    private int Size => loops.Type.Size;

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(ScatterLoops loops, VectorWidth width)
    {
        var emitter = new ScatterEmitter(loops, width);
        return emitter.Write(loops.Name, emitter.Range);
    }

    // The units of one o lie side by side, so that a position is read once for all of them.
    private void Range()
    {
        var (first, last, outer, unit) = (Let(Begin), Long(), Long(), Long());
        var units = loops.SplitsRows ? Number(ScatterLoops.RowParts)
            : Let(Over(Plus(inner, Number(ScatterLoops.Columns - 1)), Number(ScatterLoops.Columns)));
        While(LessThan(first, End), () =>
        {
            Set(outer, Divide(first, units));
            Set(unit, Modulo(first, units));
            Set(last, Least(End, Multiply(Add(outer, Number(1)), units)));
            var end = Let(Add(unit, Subtract(last, first)));
            if (loops.SplitsRows)
            {
                (rowFirst, rowEnd) = (Let(Over(Multiply(cells, unit), units)), Let(Over(Multiply(cells, end), units)));
                Updates(outer, Number(0), Let(inner));
            }
            else
            {
                var column = Let(Multiply(unit, Number(ScatterLoops.Columns)));
                Updates(outer, column, Let(Subtract(Least(inner, Let(Multiply(end, Number(ScatterLoops.Columns)))), column)));
            }
            Set(first, last);
        });
    }

    private void Updates(Expression outer, Expression column, ParameterExpression columns)
    {
        var offset = Multiply(column, Number(Size));
        var target = Let(Add(Word(loops.Target), Add(Multiply(outer, Times(Times(cells, inner), Number(Size))), offset)));
        var updates = Let(Add(Word(loops.Updates), Add(Multiply(outer, Times(Times(count, inner), Number(Size))), offset)));
        var indices = Let(Add(Word(loops.Indices), FirstIndex(outer, column)));
        var i = Long();
        Set(i, Number(0));
        While(AndAlso(LessThan(i, count), Equal(Error, Constant(0))), () =>
        {
            if (loops.IndexPerElement)
                Elements(target, updates, indices, columns);
            else
                Row(target, updates, indices, columns);
            Step(updates, Times(inner, Number(Size)));
            Step(indices, Times(IndicesPerUpdate, Number(loops.IndexType.Size)));
            Step(i, Number(1));
        });
    }

    private Expression IndicesPerUpdate => loops.IndexPerElement ? inner : Number(loops.Tuple);

    private BinaryExpression FirstIndex(Expression outer, Expression column)
    {
        var own = loops.OwnIndices ? Multiply(outer, Times(count, IndicesPerUpdate)) : (Expression)Number(0);
        return Multiply(loops.IndexPerElement ? Add(own, column) : own, Number(loops.IndexType.Size));
    }

    // A tuple of indices as one row-major position; each is checked, the last one moves the whole row.
    private void Row(Expression target, Expression updates, Expression indices, Expression columns)
    {
        var row = Let(Number(0));
        Check(0);

        void Check(int k)
        {
            if (k == loops.Tuple)
            {
                IfOwned(row, () => Columns(Let(Add(target, Multiply(row, Times(inner, Number(Size))))), updates, columns));
                return;
            }
            var index = Let(Index(Add(indices, Number((long)k * loops.IndexType.Size))));
            IfInside(index, k, () =>
            {
                Set(row, Add(Multiply(row, extents[k]), index));
                Check(k + 1);
            });
        }
    }

    private void Elements(Expression target, Expression updates, Expression indices, Expression columns)
    {
        var (c, index) = (Long(), Long());
        Set(c, Number(0));
        While(AndAlso(LessThan(c, columns), Equal(Error, Constant(0))), () =>
        {
            Set(index, Index(Add(indices, Multiply(c, Number(loops.IndexType.Size)))));
            IfInside(index, 0, () => IfOwned(index, () =>
            {
                var to = At(Add(target, Multiply(index, Times(inner, Number(Size)))), c);
                Code.Add(lanes.Store(loops.Type, to, Met(lanes.Load(loops.Type, to), lanes.Load(loops.Type, At(updates, c)))));
            }));
            Step(c, Number(1));
        });
    }

    private void IfOwned(Expression row, Action then)
    {
        if (rowFirst is null)
            then();
        else
            If(LessThan(Convert(Subtract(row, rowFirst), typeof(ulong)), Convert(Subtract(rowEnd!, rowFirst), typeof(ulong))), then);
    }

    // Unsigned, a negative index is larger than any extent.
    private void IfInside(Expression index, int k, Action then) =>
        If(LessThan(Convert(index, typeof(ulong)), Convert(extents[k], typeof(ulong))), then, () => Set(Error, Constant(k + 1)));

    private Expression Index(Expression address)
    {
        var index = Memory.Read(loops.IndexType.ClrType, address);
        return loops.IndexType == DType.Int64 ? index : Convert(index, typeof(long));
    }

    private void Columns(Expression row, Expression from, Expression columns)
    {
        var c = Long();
        Set(c, Number(0));
        While(LessThanOrEqual(c, Subtract(columns, Number(lanes.Count))), () =>
        {
            Code.Add(lanes.Store(loops.Type, At(row, c), Met(lanes.Load(loops.Type, At(row, c)), lanes.Load(loops.Type, At(from, c)))));
            Step(c, Number(lanes.Count));
        });
        if (lanes.Count == 1)
            return;
        var left = Subtract(columns, c);
        If(LessThan(c, columns), () => Code.Add(lanes.StorePartial(loops.Type, At(row, c),
            Met(lanes.LoadPartial(loops.Type, At(row, c), left), lanes.LoadPartial(loops.Type, At(from, c), left)), left)));
    }

    private BinaryExpression At(Expression address, Expression element) => Add(address, Multiply(element, Number(Size)));

    private Expression Met(Expression element, Expression update) => Scatter.Instruction(loops.Mode) is { } opcode
        ? lanes.Instruction(new(opcode, loops.Type), loops.Type, element, update) : update;
}
