using System.Linq.Expressions;
using Adjoint.Kernels;
using Adjoint.Runtime;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

/// <summary>Writes a scatter-add: per position, registers along the columns of the range.</summary>
internal sealed class ScatterEmitter : KernelWriter
{
    private readonly ScatterLoops loops;
    private readonly Lanes lanes;
    private readonly Expression extent, count, inner;

    private ScatterEmitter(ScatterLoops loops, VectorWidth width)
    {
        this.loops = loops;
        lanes = Lanes.For(loops.Inner is { IsConstant: true, Constant: 1 } ? VectorWidth.Scalar : width, loops.Type.Size);
        (extent, count, inner) = (Of(loops.Extent), Of(loops.Count), Of(loops.Inner));
    }

    private int Size => loops.Type.Size;

    /// <summary>The kernel as a lambda, ready to compile.</summary>
    public static Expression<Kernel> Emit(ScatterLoops loops, VectorWidth width)
    {
        var emitter = new ScatterEmitter(loops, width);
        return emitter.Write(loops.Name, emitter.Range);
    }

    // The blocks of one o lie side by side, so a position is read once for all of them.
    private void Range()
    {
        var (first, last, outer, column, end) = (Let(Begin), Long(), Long(), Long(), Long());
        var blocks = Let(Over(Plus(inner, Number(ScatterLoops.Columns - 1)), Number(ScatterLoops.Columns)));
        While(LessThan(first, End), () =>
        {
            Set(outer, Divide(first, blocks));
            Set(last, Least(End, Multiply(Add(outer, Number(1)), blocks)));
            Set(column, Multiply(Modulo(first, blocks), Number(ScatterLoops.Columns)));
            Set(end, Least(inner, Add(column, Multiply(Subtract(last, first), Number(ScatterLoops.Columns)))));
            Positions(outer, column, Let(Subtract(end, column)));
            Set(first, last);
        });
    }

    private void Positions(Expression outer, Expression column, Expression columns)
    {
        var offset = Multiply(column, Number(Size));
        var target = Let(Add(Word(loops.Target), Add(Multiply(outer, Times(Times(extent, inner), Number(Size))), offset)));
        var updates = Let(Add(Word(loops.Updates), Add(Multiply(outer, Times(Times(count, inner), Number(Size))), offset)));
        var (i, index) = (Long(), Long());
        Set(i, Number(0));
        While(AndAlso(LessThan(i, count), Equal(Error, Constant(0))), () =>
        {
            Set(index, Position(i));
            // Unsigned, a negative position is larger than any extent.
            If(LessThan(Convert(index, typeof(ulong)), Convert(extent, typeof(ulong))),
                () => AddRow(Add(target, Multiply(index, Times(inner, Number(Size)))), updates, columns),
                () => Set(Error, Constant(1)));
            Step(updates, Times(inner, Number(Size)));
            Step(i, Number(1));
        });
    }

    private Expression Position(Expression i)
    {
        var position = Memory.Read(loops.IndexType.ClrType, Add(Word(loops.Indices), Multiply(i, Number(loops.IndexType.Size))));
        return loops.IndexType == DType.Int64 ? position : Convert(position, typeof(long));
    }

    private void AddRow(Expression to, Expression from, Expression columns)
    {
        var (c, row) = (Long(), Let(to));
        Set(c, Number(0));
        While(LessThanOrEqual(c, Subtract(columns, Number(lanes.Count))), () =>
        {
            Code.Add(lanes.Store(loops.Type, At(row, c), Sum(lanes.Load(loops.Type, At(row, c)), lanes.Load(loops.Type, At(from, c)))));
            Step(c, Number(lanes.Count));
        });
        if (lanes.Count == 1)
            return;
        var left = Subtract(columns, c);
        If(LessThan(c, columns), () => Code.Add(lanes.StorePartial(loops.Type, At(row, c),
            Sum(lanes.LoadPartial(loops.Type, At(row, c), left), lanes.LoadPartial(loops.Type, At(from, c), left)), left)));
    }

    private BinaryExpression At(Expression address, Expression element) => Add(address, Multiply(element, Number(Size)));

    private Expression Sum(Expression x, Expression y) => lanes.Instruction(new(Opcode.Add, loops.Type), loops.Type, x, y);
}
