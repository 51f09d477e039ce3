using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Coordinates of a grid: each vector spread along an axis of its own, <c>y[k][i0, i1, ..] = x[k][i_k]</c>. Views,
    /// nothing is copied.
    /// </summary>
    /// <param name="x">Vectors.</param>
    /// <param name="swapFirst">Whether the first two vectors run along each other's axes: Cartesian order "xy" instead
    /// of "ij".</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor per vector, all of one shape.</returns>
    /// <exception cref="GraphException">Something is no vector.</exception>
    public static Node[] MeshGrid(ReadOnlySpan<Node> x, bool swapFirst = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        Node[] vectors = x.ToArray();
        if (Array.Find(vectors, v => v.Rank != 1) is { } other)
            throw GraphException.For("mesh-grid", [.. vectors], origin, $"{other} has {other.Rank} axes",
                "give vectors");
        int Axis(int k) => swapFirst && k < 2 && vectors.Length > 1 ? 1 - k : k;
        var shape = Shape.Of(Enumerable.Range(0, vectors.Length).Select(a => vectors[Axis(a)].Shape[0]));
        return [.. vectors.Select((v, k) => BroadcastTo(Reshape(v,
            Shape.Of(shape.Select((n, a) => a == Axis(k) ? n : 1))), shape))];
    }
}
