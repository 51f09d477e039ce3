using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Normal numbers of mean 0 and variance 1 that lie between bounds, by the inverse of their distribution. Far out on
    /// either side digits are kept, since a tail is measured from its own end.
    /// </summary>
    /// <remarks>Tails are known to 13 deviations in float32 and 37 in float64: of bounds that both lie farther out, the
    /// nearer is drawn.</remarks>
    /// <param name="key">Where they come from.</param>
    /// <param name="shape">The result's shape; at most 2³¹ - 1 elements.</param>
    /// <param name="low">The smallest number; -∞ for none.</param>
    /// <param name="high">The largest number; ∞ for none.</param>
    /// <param name="dtype">float32 by default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The bounds are crossed, the shape is too large, or the type no float.</exception>
    public static Node RandomTruncatedNormal(RandomKey key, Shape shape, double low = -2, double high = 2, DType? dtype = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var type = FloatOf(dtype);
        return low <= high
            ? Drawn("random-truncated-normal", key, Origin.At(file, line), k => Truncated(k, shape, Scalar(type, low), Scalar(type, high)))
            : throw new GraphException($"nothing lies between {low} and {high} ({Origin.At(file, line)}); give the lower bound first.");
    }

    /// <summary>The same with bounds that are data: slopes in them are those of the draw that the same random bits give.</summary>
    /// <remarks>Crossed bounds give the upper one.</remarks>
    /// <param name="key">Where they come from.</param>
    /// <param name="low">Floats; broadcasts.</param>
    /// <param name="high">Floats of the same type; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A tensor of the bounds' common shape.</returns>
    public static Node RandomTruncatedNormal(RandomKey key, Node low, Node high,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        var shape = (low + high).Shape;
        return Call.Of("random-truncated-normal", origin, [key.Words, low, high], a =>
            Truncated(RandomKey.From(a[0]), shape, a[1], a[2]));
    }

    // With u in (0, 1), above = 2 Q(z) lies between those of the bounds, and below = 2 - above likewise. Each keeps its
    // digits where it is the smaller one, which z is found from. Neither u nor 1 - u is 0, where z might be infinite.
    private static Node Truncated(RandomKey key, Shape shape, Node low, Node high)
    {
        var type = low.DType;
        Node u = Number(new PositiveUnit(type), key, shape, 0);
        Node rest = Maximum(1 - u, Math.ScaleB(1, type == DType.Float32 ? -26 : -55));
        Node Above(Node bound) => Erfc(bound * Math.Sqrt(0.5));
        Node lowest = Above(-low), farthest = Above(high);
        Node above = farthest + (Above(low) - farthest) * u, below = lowest + (Above(-high) - lowest) * rest;
        Node right = above <= below, tail = Where(right, above, below), vanished = Equal(tail, ZerosLike(tail));
        Node size = Math.Sqrt(2) * Erfcinv(Where(vanished, OnesLike(tail), tail));
        return Clamp(Where(vanished, Where(right, low, high), Where(right, size, -size)), low, high);
    }
}
