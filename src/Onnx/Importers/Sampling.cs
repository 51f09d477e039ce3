using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Reading images between their pixels, at positions that are computed.</summary>
internal static class Sampling
{
    /// <summary>
    /// Pixels of images [n, c, spatial..] at whole positions, one tensor [n, p] per spatial axis; positions outside are
    /// cut to the edge.
    /// </summary>
    /// <returns>[n, c, p].</returns>
    public static Node Pixels(Node images, ReadOnlySpan<Node> positions)
    {
        var (n, c, count) = (images.Shape[0], images.Shape[1], Layout.Count(images.Shape.Skip(2)));
        Node flat = Ops.Iota(positions[0].Shape, 0, DType.Int64);
        for (int a = 0; a < positions.Length; a++)
        {
            Node last = Ops.Extent(images.Shape[2 + a] - 1, DType.Int64);
            flat = flat * Ops.Extent(images.Shape[2 + a], DType.Int64)
                + Ops.Clamp(Ops.Convert(positions[a], DType.Int64), Ops.Scalar(DType.Int64, 0), last);
        }
        var rows = Ops.Reshape(Ops.Transpose(Ops.Reshape(images, [n, c, count]), [0, 2, 1]), [n * count, c]);
        return Ops.Transpose(Ops.Gather(rows, flat), [0, 2, 1]);
    }

    /// <summary>Weighted sums over all combinations of neighbours, one per axis.</summary>
    /// <param name="neighbours">Per axis and neighbour: its position as a float, and its weight, both [n, p].</param>
    /// <param name="read">From positions per axis to pixels [n, c, p].</param>
    public static Node Combined(IReadOnlyList<(Node Position, Node Weight)[]> neighbours, Func<Node[], Node> read)
    {
        Node? sum = null;
        foreach (var combination in Combinations(neighbours))
        {
            Node weight = combination.Select(c => c.Weight).Aggregate((a, b) => a * b);
            Node part = read([.. combination.Select(c => c.Position)]) * Ops.ExpandDims(weight, 1);
            sum = sum is null ? part : sum + part;
        }
        return sum!;
    }

    /// <summary>The two neighbours of a position and their weights: linear interpolation.</summary>
    public static (Node Position, Node Weight)[] Linear(Node at) =>
        Ops.Floor(at) is var below && at - below is var ratio ? [(below, 1 - ratio), (below + 1, ratio)] : [];

    /// <summary>The four neighbours of a position and their weights: cubic interpolation, a = -0.75.</summary>
    public static (Node Position, Node Weight)[] Cubic(Node at)
    {
        const double a = -0.75;
        Node below = Ops.Floor(at), r = at - below;
        Node Near(Node d) => ((a + 2) * d - (a + 3)) * d * d + 1;
        Node Far(Node d) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
        return [(below - 1, Far(r + 1)), (below, Near(r)), (below + 1, Near(1 - r)), (below + 2, Far(2 - r))];
    }

    /// <summary>1 where a whole position lies on an axis, else 0.</summary>
    public static Node Inside(Node position, Dim extent) =>
        Ops.And(position >= 0, position <= Ops.Extent(extent - 1, position.DType)) is var inside
            ? Ops.Convert(inside, position.DType) : position;

    private static IEnumerable<ImmutableArray<(Node Position,
        Node Weight)>> Combinations(IEnumerable<(Node, Node)[]> neighbours) =>
        neighbours.Aggregate(new[] { ImmutableArray<(Node, Node)>.Empty }.AsEnumerable(), (sofar, axis) =>
            sofar.SelectMany(c => axis.Select(n => c.Add(n))));
}
