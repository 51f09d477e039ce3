using System.Linq.Expressions;
using Adjoint.Kernels;
using static System.Linq.Expressions.Expression;

namespace Adjoint.Codegen;

internal sealed partial class TileEmitter
{
    /// <summary>Vector instructions of an epilogue that is written out for every register of a tile.</summary>
    private const int UnrolledCost = 100;

    /// <summary>Vector instructions that a partial store adds.</summary>
    private const int PartialCost = 3;

    /// <summary>Above this many vector instructions one copy serves full and partial registers.</summary>
    private const int SingleCopyCost = 48;

    private int MatrixLoops => coordinates.Length;

    // A full tile from registers where that is little code; else through memory on the stack, register by register.
    private void Finish(Place at, RegisterTile sums)
    {
        if (epilogue.Roots.Count == 0)
            return;
        if (product.Windows is not null)
        {
            FinishWindows(at, sums);
            return;
        }
        using var scope = Pool.Scope();
        var cursors = product.Slots.Select((s, i) => Let(Plus(slotMatrices[i],
            Plus(Times(at.Row, Of(s.Strides[MatrixLoops])), Times(at.Column, Of(s.Strides[MatrixLoops + 1])))))).ToArray();
        int whole = vectors * lanes.Count, copies = rows * vectors, perCopy = epilogue.Cost + epilogue.Stores.Sum(s => IsDense(s.Slot) ? 1 : lanes.Count);
        var full = product.N.IsConstant && product.N.Constant % whole == 0 ? Constant(true)
            : product.N.IsConstant && product.N.Constant < whole ? Constant(false) : (Expression)GreaterThanOrEqual(at.ColumnsLeft, Number(whole));
        bool isUnrolled = perCopy * copies <= UnrolledCost || copies == 1;
        bool isPartialUnrolled = (perCopy + PartialCost) * copies <= UnrolledCost && product.N.IsConstant;
        if (isUnrolled || epilogue.Cost <= SingleCopyCost)
            If(full, () => Finished(at, sums, cursors, isUnrolled, isPartial: false), () => Finished(at, sums, cursors, isPartialUnrolled, isPartial: true));
        else
            Looped(at, sums, cursors, isPartial: full is not ConstantExpression { Value: true });
    }

    // Whether a row's elements are neighbours; elsewhere each is stored on its own.
    private bool IsDense(int slot) => product.Slots[slot].Strides[MatrixLoops + 1] == new Amount(product.Slots[slot].Type.Size);

    private void Finished(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isUnrolled, bool isPartial)
    {
        if (isUnrolled)
            Unrolled(at, sums, cursors, isPartial);
        else
            Looped(at, sums, cursors, isPartial);
    }

    private void Unrolled(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isPartial)
    {
        var counts = Enumerable.Range(0, vectors).Select(v => isPartial ? Let(Within(Minus(at.ColumnsLeft, Number((long)v * lanes.Count)))) : null).ToArray();
        for (int r = 0; r < rows; r++)
        {
            int row = r;
            If(r == 0 || IsWholeRows ? Constant(true) : LessThan(Number(r), at.RowsLeft), () =>
            {
                for (int v = 0; v < vectors; v++)
                    Element(new(cursors, Plus(at.Row, Number(row)), at.Column, Number((long)v * lanes.Count), counts[v], sums[row, v]));
                NextRow(cursors);
            });
        }
    }

    private Expression Within(Expression count) => Most(Least(count, Number(lanes.Count)), Number(0));

    private void Looped(Place at, RegisterTile sums, ParameterExpression[] cursors, bool isPartial)
    {
        using var scope = Pool.Scope();
        int rowBytes = vectors * lanes.Count * Size;
        var memory = Pool.Rent(typeof(TileMemory));
        var start = Let(TileMemory.AddressOf(memory));
        foreach (var (r, v) in Registers())
            Code.Add(lanes.Store(product.Type, Plus(start, Number((long)r * rowBytes + (long)v * lanes.Count * Size)), sums[r, v]));
        var (row, lane, count) = (Long(), Long(), isPartial && lanes.Count > 1 ? Long() : null);
        var columns = isPartial ? Least(at.ColumnsLeft, Number(vectors * lanes.Count)) : Number(vectors * lanes.Count);
        var sum = Pool.Rent(lanes.RegisterType(product.Type));
        For(row, Number(0), Least(at.RowsLeft, Number(rows)), 1, () =>
        {
            For(lane, Number(0), columns, lanes.Count, () =>
            {
                if (count is not null)
                    Set(count, Least(Subtract(at.ColumnsLeft, lane), Number(lanes.Count)));
                Set(sum, lanes.Load(product.Type, Add(start, Multiply(lane, Number(Size)))));
                Element(new(cursors, Plus(at.Row, row), at.Column, lane, count, sum));
            });
            Step(start, Number(rowBytes));
            NextRow(cursors);
        });
    }

    private void NextRow(ParameterExpression[] cursors)
    {
        for (int s = 0; s < cursors.Length; s++)
            Step(cursors[s], Of(product.Slots[s].Strides[MatrixLoops]));
    }

    /// <summary>One register of a finished tile.</summary>
    /// <param name="Cursors">Per slot: its address at the row and the part's first column.</param>
    /// <param name="Row">Row of the product.</param>
    /// <param name="Column">First column of the part.</param>
    /// <param name="Lane">Columns from there to the first lane.</param>
    /// <param name="Count">Lanes in use; null for all.</param>
    /// <param name="Sum">The product's elements.</param>
    private sealed record Site(ParameterExpression[] Cursors, Expression Row, Expression Column, Expression Lane, Expression? Count, Expression Sum);

    private void Element(Site site)
    {
        using var scope = Pool.Scope();
        var emitter = new BodyEmitter(epilogue.Body, lanes, Pool, (i, offsets) => Leaf(i, offsets, site)) { Error = Error, Count = site.Count };
        var values = emitter.Emit(epilogue.Roots, Code);
        for (int s = 0; s < values.Count; s++)
            Store(epilogue.Stores[s].Slot, values[s], site);
    }

    private Expression Leaf(Instruction i, Expression? offsets, Site site) => i.Opcode switch
    {
        Opcode.Carried => site.Sum,
        Opcode.Load => Load((int)i.Immediate, site),
        Opcode.Gather => lanes.Gather(i.Type, Word(product.Slots[(int)i.Immediate].Word), offsets!, site.Count),
        Opcode.Parameter => lanes.Broadcast(i.Type, Scalar(Of(product.Parameters[(int)i.Immediate]), i.Type)),
        _ => Index(product.Position[(int)i.Immediate], i.Type, site),
    };

    private Expression Index(int loop, DType type, Site site) => loop == MatrixLoops + 1
        ? lanes.Sequence(type, Scalar(Plus(site.Column, site.Lane), type))
        : lanes.Broadcast(type, Scalar(loop == MatrixLoops ? site.Row : coordinates[loop], type));

    private Expression Load(int slot, Site site)
    {
        var (type, stride) = (product.Slots[slot].Type, product.Slots[slot].Strides[MatrixLoops + 1]);
        return LoadLanes(lanes, type, Plus(site.Cursors[slot], Times(site.Lane, Of(stride))), stride, site.Count);
    }

    private void Store(int slot, Expression value, Site site)
    {
        var (type, stride) = (product.Slots[slot].Type, product.Slots[slot].Strides[MatrixLoops + 1]);
        Code.Add(StoreLanes(lanes, type, Plus(site.Cursors[slot], Times(site.Lane, Of(stride))), stride, value, site.Count));
    }
}
