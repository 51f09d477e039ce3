using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// The upper triangle of matrices, <c>y[.., i, j] = x[.., i, j] where j - i ≥ offset, else 0</c>: chosen, not
    /// multiplied, so NaN below stays out.
    /// </summary>
    /// <param name="x">A tensor of at least two axes.</param>
    /// <param name="offset">Which diagonal is the lowest that stays: 0 the main one, positive ones above it. It may lie
    /// outside.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There are fewer than two axes.</exception>
    public static Node Triu(Node x, long offset = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Where(OnDiagonals("triu", x, offset, (column, row) => column >= row), x, ZerosLike(x));
    }

    /// <summary>
    /// The lower triangle of matrices, <c>y[.., i, j] = x[.., i, j] where j - i ≤ offset, else 0</c>.
    /// </summary>
    /// <param name="x">A tensor of at least two axes.</param>
    /// <param name="offset">Which diagonal is the highest that stays: 0 the main one, positive ones above it. It may
    /// lie outside.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There are fewer than two axes.</exception>
    public static Node Tril(Node x, long offset = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Where(OnDiagonals("tril", x, offset, (column, row) => column <= row), x, ZerosLike(x));
    }

    // A mask of the last two axes: how column j compares with row i + offset, in integers of the width of the elements.
    private static Node OnDiagonals(string name, Node x, long offset, Func<Node, Node, Node> compare)
    {
        DemandMatrices(name, x);
        return compare(Iota([x.Shape[-2], x.Shape[-1]], 1, DType.Int64),
            Iota([x.Shape[-2], x.Shape[-1]], 0, DType.Int64) + offset);
    }

    private static void DemandMatrices(string name, Node x)
    {
        if (x.Rank < 2)
            throw GraphException.For(name, [x], Origin.At("", 0), $"{x.Shape} has {x.Rank} axes",
                "give a matrix, or matrices along leading axes");
    }
}
