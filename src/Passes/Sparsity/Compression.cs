using System.Collections.Immutable;

namespace Adjoint;

/// <summary>From colours to the vectors that are swept, and from what was swept to the elements of a matrix.</summary>
internal static class Compression
{
    /// <summary>
    /// Per node and colour the sum of the unit vectors of that colour:
    /// [colours, .. shape]. Made where it is read, never stored.
    /// </summary>
    public static Node[] Seeds(Node[] nodes, ImmutableArray<int> colours)
    {
        int first = 0, sweeps = Colouring.Count(colours);
        return Array.ConvertAll(nodes, node =>
        {
            int count = Dependence.Count(node);
            var own = HostTensor.From(colours.AsSpan(first, count).ToArray(), Dependence.Extents(node));
            first += count;
            Shape shape = [sweeps, .. node.Shape];
            var mine = Ops.Equal(Ops.Iota(shape, 0, DType.Int32), Ops.BroadcastTo(Ops.Constant(own), shape));
            return Ops.Convert(mine, node.DType);
        });
    }

    /// <summary>Results of sweeps, one node after the other: [colours, elements of all].</summary>
    public static Node SideBySide(int sweeps, Node[] swept) => swept.Length == 1 ? swept[0]
        : Ops.Concat([.. swept.Select(s => Ops.Reshape(s, [sweeps, Shape.Of(s.Shape.Skip(1)).ElementCount]))], 1);

    /// <summary>The elements of a pattern, from where sweeps have left them.</summary>
    /// <param name="swept">Results of the sweeps; null where there is none.</param>
    /// <param name="pattern">Which elements.</param>
    /// <param name="position">From row and column to the flat position in <paramref name="swept"/>.</param>
    /// <param name="type">Element type.</param>
    /// <param name="mode">Which way was swept.</param>
    /// <param name="sweeps">How often.</param>
    public static SparseMatrix Gathered(
        Node? swept, SparsityPattern pattern, Func<int, int, long> position, DType type, DerivativeMode mode, int sweeps)
    {
        if (swept is null || pattern.Count == 0)
            return new(pattern, Ops.Fill([pattern.Count], Ops.Scalar(type, 0)), mode, 0);
        var positions = new long[pattern.Count];
        for (int r = 0; r < pattern.Rows; r++)
            for (int k = pattern.RowStarts[r]; k < pattern.RowStarts[r + 1]; k++)
                positions[k] = position(r, pattern.ColumnIndices[k]);
        return new(pattern, Ops.Gather(Ops.Reshape(swept, [swept.Shape.ElementCount]), Ops.Constant(positions)), mode, sweeps);
    }
}
