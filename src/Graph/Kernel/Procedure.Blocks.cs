namespace Adjoint.Kernels;

/// <content>Steps on whole matrices, which code generation tiles as it does products of tensors.</content>
public sealed partial class Procedure
{
    /// <summary>
    /// The product of two matrices: <c>c[i, j] = sum over p &lt; k of a[i, p] b[p, j]</c> for i below m and j below n, or that
    /// added to what c holds. Each element is one chain of fused multiply-adds in the order of p, from 0 or from c.
    /// </summary>
    /// <param name="c">[m, n], rows of neighbouring elements; it shares none with the operands.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n], rows of neighbouring elements.</param>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Products per element.</param>
    /// <param name="adds">Whether c is added to.</param>
    /// <exception cref="NotSupportedException">Rows of b or c are not dense, or this stands inside a lane loop.</exception>
    public void Multiply(Block c, Block a, Block b, Formula m, Formula n, Formula k, bool adds = false)
    {
        if (!IsOne(b.Column) || !IsOne(c.Column))
            throw new NotSupportedException("products take the second operand and give the result in rows of neighbouring elements; transpose first.");
        steps.Add(new MultiplyBlocks(At(c), At(a), At(b), Whole(m), Whole(n), Whole(k), adds));
    }

    /// <summary>Copies a matrix with rows and columns exchanged: <c>to[j, i] = from[i, j]</c>.</summary>
    /// <param name="to">[n, m], rows of neighbouring elements.</param>
    /// <param name="from">[m, n], rows of neighbouring elements; it shares none with the target.</param>
    /// <param name="m">Rows of the source.</param>
    /// <param name="n">Columns of the source.</param>
    /// <exception cref="NotSupportedException">Rows are not dense, or this stands inside a lane loop.</exception>
    public void Transpose(Block to, Block from, Formula m, Formula n)
    {
        if (!IsOne(to.Column) || !IsOne(from.Column))
            throw new NotSupportedException("matrices are transposed between rows of neighbouring elements.");
        steps.Add(new TransposeBlock(At(to), At(from), Whole(m), Whole(n)));
    }

    /// <summary>
    /// Asks for rows that come later, so that they are near by then. Nothing is read: they may lie outside of their memory.
    /// </summary>
    /// <param name="rows">[m, n], rows of neighbouring elements.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Elements of a row.</param>
    /// <exception cref="NotSupportedException">This stands inside a lane loop.</exception>
    public void Ask(Block rows, Formula m, Formula n) => steps.Add(new AskRows(At(rows), Whole(m), Whole(n)));

    private MatrixAt At(Block x) => lane >= 0 ? throw new NotSupportedException("a step on matrices stands inside a lane loop.")
        : new(x.Cells.Number, Whole(x.First), Whole(x.Row), Whole(x.Column));
}
