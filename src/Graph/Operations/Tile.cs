using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// The whole tensor several times along each axis, <c>y[i] = x[i mod n]</c>: a b a b. Its adjoint sums over the
    /// copies.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="repeats">Per axis: how often; 0 gives an empty tensor.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is not one number of repeats per axis.</exception>
    public static Node Tile(Node x, Shape repeats, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (repeats.Rank != x.Rank)
            throw GraphException.For("tile", [x], origin, $"{x.Shape} has {x.Rank} axes, {repeats} has {repeats.Rank} numbers",
                "give one number of repeats per axis");
        return Copies(x, repeats, Enumerable.Repeat(true, x.Rank));
    }

    /// <summary>
    /// Each element several times along an axis, <c>y[i] = x[i / times]</c>: a a b b. Its adjoint sums over the copies.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="times">How often each element comes.</param>
    /// <param name="axis">The axis that gets longer; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis.</exception>
    public static Node Repeat(Node x, Dim times, int axis,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        axis = AxisOf("repeat", x, axis, x.Rank, origin);
        return Copies(x, Shape.Of(x.Shape.Select((_, a) => a == axis ? times : 1)),
            x.Shape.Select((_, a) => a != axis));
    }

    // Every axis as a pair of copies and elements, the copies outside or inside; where there is one copy, no pair.
    private static Node Copies(Node x, Shape repeats, IEnumerable<bool> outside)
    {
        List<Dim> ones = [], pairs = [], joined = [];
        foreach (var (n, times, isOutside) in x.Shape.Zip(repeats, outside))
        {
            joined.Add(n * times);
            ones.AddRange(times == Dim.One ? [n] : isOutside ? [1, n] : [n, 1]);
            pairs.AddRange(times == Dim.One ? [n] : isOutside ? [times, n] : [n, times]);
        }
        return Reshape(BroadcastTo(Reshape(x, Shape.Of(ones)), Shape.Of(pairs)), Shape.Of(joined));
    }
}
