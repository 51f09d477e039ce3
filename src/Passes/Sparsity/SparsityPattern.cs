using System.Collections.Immutable;
using Adjoint.Passes;

namespace Adjoint;

/// <summary>Which elements of a matrix may differ from zero, by rows: the structure of compressed sparse rows. Immutable.</summary>
public sealed class SparsityPattern
{
    private SparsityPattern(int columns, ImmutableArray<int> rowStarts, ImmutableArray<int> columnIndices) =>
        (Columns, RowStarts, ColumnIndices) = (columns, rowStarts, columnIndices);

    /// <summary>Number of rows.</summary>
    public int Rows => RowStarts.Length - 1;

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Number of elements that may differ from zero.</summary>
    public int Count => ColumnIndices.Length;

    /// <summary>Where each row starts in <see cref="ColumnIndices"/>, and at the end their number: one more than there are rows.</summary>
    public ImmutableArray<int> RowStarts { get; }

    /// <summary>The column of each element, row by row, ascending in each row.</summary>
    public ImmutableArray<int> ColumnIndices { get; }

    /// <summary>The columns of a row.</summary>
    public ReadOnlySpan<int> Row(int row) => ColumnIndices.AsSpan()[RowStarts[row]..RowStarts[row + 1]];

    /// <summary>Whether an element may differ from zero.</summary>
    public bool Contains(int row, int column) => Row(row).BinarySearch(column) >= 0;

    /// <summary>A pattern from the columns of each row, in any order; columns listed twice count once.</summary>
    /// <exception cref="ArgumentException">A column is negative or not below <paramref name="columns"/>.</exception>
    public static SparsityPattern FromRows(int columns, IEnumerable<IEnumerable<int>> rows)
    {
        var (starts, indices) = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<int>());
        starts.Add(0);
        foreach (var row in rows)
        {
            int[] sorted = [.. row.Distinct().Order()];
            if (sorted.Length > 0 && (sorted[0] < 0 || sorted[^1] >= columns))
                throw new ArgumentException($"row {starts.Count - 1} has a column {(sorted[0] < 0 ? sorted[0] : sorted[^1])}; there are {columns}.");
            indices.AddRange(sorted);
            starts.Add(indices.Count);
        }
        return new(columns, starts.ToImmutable(), indices.ToImmutable());
    }

    /// <summary>Every element.</summary>
    public static SparsityPattern Dense(int rows, int columns) =>
        FromRows(columns, Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns)));

    /// <summary>
    /// Dense blocks along the diagonal: row b·rows + i depends on columns
    /// b·columns to (b + 1)·columns, as a batch of functions does.
    /// </summary>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    public static SparsityPattern BlockDiagonal(int blocks, int rows, int columns) => FromRows(blocks * columns,
        Enumerable.Range(0, blocks * rows).Select(r => Enumerable.Range(r / rows * columns, columns)));

    /// <summary>
    /// The pattern of the Jacobian of y with respect to several nodes side by side, found from the graph: a superset of what differs from
    /// zero at any point.
    /// </summary>
    /// <param name="y">Floats; its elements, row-major, are the rows.</param>
    /// <param name="x">Floats; their elements, row-major and one node after the other, are the columns.</param>
    /// <param name="known">Values of inputs that positions of gathers and
    /// scatters follow from; without them those depend on everything.</param>
    /// <exception cref="GraphException">An extent is no number, or y or x holds no floats.</exception>
    public static SparsityPattern Of(Node y, ReadOnlySpan<Node> x, params ReadOnlySpan<(Node Input, HostTensor Value)> known)
    {
        foreach (var node in (Node[])[y, .. x])
            if (!node.Shape.IsStatic || !node.DType.IsFloat)
                throw GraphException.For("sparsity pattern", [y, .. x], y.Apply.Origin, $"{node} has no pattern",
                    "give float nodes whose extents are numbers");
        var values = known.ToArray().ToDictionary(k => k.Input, k => k.Value);
        var roots = Expanded([y, .. x]);
        int columns = roots[1..].Sum(n => Dependence.Count(n));
        var sets = DependenceSweep.Run(roots[0], roots.AsSpan()[1..], n => values.GetValueOrDefault(n));
        var (starts, indices) = (ImmutableArray.CreateBuilder<int>(sets.Length + 1), ImmutableArray.CreateBuilder<int>());
        starts.Add(0);
        foreach (var set in sets)
        {
            indices.AddRange(set.Elements);
            starts.Add(indices.Count);
        }
        return new(columns, starts.ToImmutable(), indices.ToImmutable());
    }

    /// <summary>Rows for columns.</summary>
    public SparsityPattern Transpose()
    {
        var rows = new List<int>[Columns];
        for (int c = 0; c < Columns; c++)
            rows[c] = [];
        for (int r = 0; r < Rows; r++)
            foreach (int c in Row(r))
                rows[c].Add(r);
        return FromRows(Rows, rows);
    }

    /// <summary>The union with the transpose, for a square matrix: a symmetric pattern.</summary>
    /// <exception cref="InvalidOperationException">The matrix is not square.</exception>
    public SparsityPattern Symmetric()
    {
        if (Rows != Columns)
            throw new InvalidOperationException($"a matrix of {Rows} rows and {Columns} columns cannot be symmetric.");
        var mirrored = Transpose();
        return FromRows(Columns, Enumerable.Range(0, Rows).Select(r => (int[])[.. Row(r), .. mirrored.Row(r)]));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Rows} x {Columns}, {Count} elements";

    private static Node[] Expanded(Node[] roots)
    {
        var leaves = Topology.Sort([.. roots]).Where(a => a.Op is Operations.InputOp).Select(a => a.Results[0]).ToArray();
        var f = Differentiate.Run(new(leaves, [.. roots.Select(r => (Output)r)]));
        return [.. f.Outputs.Select(o => o.Value)];
    }
}
