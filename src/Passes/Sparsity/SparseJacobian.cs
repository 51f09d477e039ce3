using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Jacobians of which only the elements that may differ from zero are computed. Columns (or rows) that no row (column) shares travel in
/// one sweep, and all sweeps are one batched subgraph.
/// </summary>
/// <example><code>
/// SparseMatrix j = SparseJacobian.Of(residuals, [cameras, points], known: [(cameraOf, cameraIndices)]);
/// Executable f = new Computation([cameras, points, cameraOf], [residuals, j.Values]).Compile();   // j.Pattern says which is which
/// </code></example>
public static class SparseJacobian
{
    /// <summary>The Jacobian of y with respect to several nodes side by side, with the pattern found from the graph.</summary>
    /// <param name="y">Floats; its elements, row-major, are the rows.</param>
    /// <param name="x">Floats; their elements, row-major and one node after the other, are the columns.</param>
    /// <param name="mode">Forward (columns) or reverse (rows); by default whichever needs fewer sweeps.</param>
    /// <param name="known">Values of inputs that positions of gathers and
    /// scatters follow from; the result is right for these values only.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">An extent is no number, or y or x holds no floats.</exception>
    public static SparseMatrix Of(Node y, ReadOnlySpan<Node> x, DerivativeMode mode = DerivativeMode.Cheapest,
        ReadOnlySpan<(Node Input, HostTensor Value)> known = default, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Of(y, x, SparsityPattern.Of(y, x, known), mode, file, line);

    /// <summary>The same with a pattern that is known: blocks of a batch, a band.</summary>
    /// <param name="y">Floats; its elements, row-major, are the rows.</param>
    /// <param name="x">Floats; their elements, row-major and one node after the other, are the columns.</param>
    /// <param name="pattern">Must hold every element that differs from zero: one that it lacks would be added to another.</param>
    /// <param name="mode">Forward (columns) or reverse (rows); by default whichever needs fewer sweeps.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The pattern has other numbers of rows or
    /// columns, an extent is no number, or something is no float.</exception>
    public static SparseMatrix Of(Node y, ReadOnlySpan<Node> x, SparsityPattern pattern, DerivativeMode mode = DerivativeMode.Cheapest,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        Node[] wrt = [.. x];
        Demand(pattern, y, wrt, origin);
        var columns = mode == DerivativeMode.Reverse ? default : Colouring.OfColumns(pattern);
        var rows = mode == DerivativeMode.Forward ? default : Colouring.OfColumns(pattern.Transpose());
        bool forward = rows.IsDefault || (!columns.IsDefault && Colouring.Count(columns) <= Colouring.Count(rows));
        return forward ? Forward(y, wrt, pattern, columns) : Reverse(y, wrt, pattern, rows);
    }

    private static void Demand(SparsityPattern pattern, Node y, Node[] x, Origin origin)
    {
        var (rows, columns) = (y.Shape.ElementCount, x.Aggregate(Dim.Zero, (n, node) => n + node.Shape.ElementCount));
        if (rows != pattern.Rows || columns != pattern.Columns)
            throw GraphException.For("sparse jacobian", [y, .. x], origin,
                $"the pattern has {pattern.Rows} rows and {pattern.Columns} columns, the Jacobian {rows} and {columns}",
                "give a pattern of its size");
    }

    private static SparseMatrix Forward(Node y, Node[] x, SparsityPattern pattern, ImmutableArray<int> colours)
    {
        int sweeps = Colouring.Count(colours);
        var swept = sweeps == 0 ? null : Vmap.Map(t => [Gradient.Jvp([y], x, t)[0]], Compression.Seeds(x, colours))[0];
        return Compression.Gathered(swept, pattern, (r, c) => (long)colours[c] * pattern.Rows + r, y.DType, DerivativeMode.Forward, sweeps);
    }

    private static SparseMatrix Reverse(Node y, Node[] x, SparsityPattern pattern, ImmutableArray<int> colours)
    {
        int sweeps = Colouring.Count(colours);
        var swept = sweeps == 0 ? null : Compression.SideBySide(sweeps,
            Vmap.Map(ct => Gradient.Vjp([y], x, ct), Compression.Seeds([y], colours), outAxes: Axes.Of(new int[x.Length])));
        return Compression.Gathered(swept, pattern, (r, c) => (long)colours[r] * pattern.Columns + c, y.DType,
            DerivativeMode.Reverse, sweeps);
    }
}
