using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>A matrix whose structure is known when the graph is built and whose elements are a node: compressed sparse rows.</summary>
/// <param name="Pattern">Which elements there are; row starts and column indices never change.</param>
/// <param name="Values">The elements in the pattern's order, of shape [<c>Pattern.Count</c>].</param>
/// <param name="Mode">Which way derivatives were swept.</param>
/// <param name="Sweeps">How many sweeps, in one batch, give all elements: the number of colours.</param>
public sealed record SparseMatrix(SparsityPattern Pattern, Node Values, DerivativeMode Mode, int Sweeps)
{
    /// <summary>The matrix with all its zeros, of shape [rows, columns].</summary>
    public Node ToDense([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        var zeros = Ops.Fill([(long)Pattern.Rows * Pattern.Columns], Ops.Scalar(Values.DType, 0));
        var positions = Elements().Select(e => (long)e.Row * Pattern.Columns + e.Column).ToArray();
        return Ops.Reshape(Ops.ScatterAdd(zeros, Ops.Constant(positions), Values), [Pattern.Rows, Pattern.Columns]);
    }

    /// <summary>The product with a vector: <c>y[i] = sum over j of a[i, j] x[j]</c>.</summary>
    /// <exception cref="GraphException">The vector has another length or type.</exception>
    public Node Times(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Added(Values * Ops.Gather(x, Columns), Rows, Pattern.Rows);
    }

    /// <summary>The transposed product: <c>y[j] = sum over i of a[i, j] x[i]</c>.</summary>
    /// <exception cref="GraphException">The vector has another length or type.</exception>
    public Node TransposedTimes(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Added(Values * Ops.Gather(x, Rows), Columns, Pattern.Columns);
    }

    private Node Columns => Ops.Constant(Pattern.ColumnIndices.ToArray());

    private Node Rows => Ops.Constant(Elements().Select(e => e.Row).ToArray());

    private Node Added(Node terms, Node to, int count) =>
        Ops.ScatterAdd(Ops.Fill([count], Ops.Scalar(Values.DType, 0)), to, terms);

    private IEnumerable<(int Row, int Column)> Elements()
    {
        for (int r = 0; r < Pattern.Rows; r++)
            for (int k = Pattern.RowStarts[r]; k < Pattern.RowStarts[r + 1]; k++)
                yield return (r, Pattern.ColumnIndices[k]);
    }
}
