using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Losses that are 0 once a margin is kept. At the margin their slope is 0.</content>
public static partial class Ops
{
    /// <summary>Hinge loss of each element, <c>max(0, margin - t x)</c>, of scores x and signs t.</summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node Hinge(Node x, Node sign, double margin = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("hinge", x, sign, Origin.At(file, line), (a, t) => Relu(margin - t * a));

    /// <summary>Hinge loss of each distance x: x itself for sign 1, <c>max(0, margin - x)</c> for sign -1.</summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node HingeEmbedding(Node x, Node sign, double margin = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("hinge-embedding", x, sign, Origin.At(file, line), (a, t) => Where(t > 0, a, Relu(margin - a)));

    /// <summary>Ranking loss of each pair, <c>max(0, margin - t (a - b))</c>: a should rank above b for sign 1, below for -1.</summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node MarginRanking(Node a, Node b, Node sign, double margin = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        return Compared("margin-ranking", a - b, sign, origin, (difference, t) => Relu(margin - t * difference));
    }

    /// <summary>
    /// Cosine of the angle between vectors along an axis,
    /// <c>a·b / (‖a‖ ‖b‖)</c>; beside a zero vector it is 0 with slope 0.
    /// </summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node CosineSimilarity(Node a, Node b, int axis = -1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("cosine-similarity", a, b, Origin.At(file, line), (p, q) => Cosine(p, q, axis));

    /// <summary>Cosine loss of vectors along the last axis: <c>1 - cos</c> for sign 1, <c>max(0, cos - margin)</c> for sign -1.</summary>
    /// <param name="a">Vectors of shape [.., n].</param>
    /// <param name="b">Vectors of the same shape.</param>
    /// <param name="sign">A sign per pair, of shape [..].</param>
    /// <param name="margin">The cosine that unlike vectors may have.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node CosineEmbedding(Node a, Node b, Node sign, double margin = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("cosine-embedding", CosineSimilarity(a, b, -1, file, line), sign, Origin.At(file, line),
            (cosine, t) => Where(t > 0, 1 - cosine, Relu(cosine - margin)));

    /// <summary>
    /// Triplet loss, <c>max(0, ‖a - p‖ - ‖a - n‖ + margin)</c> of vectors
    /// along the last axis: an anchor, one like it, one unlike it.
    /// </summary>
    /// <remarks>
    /// V. Balntas et al., "Learning Local Feature Descriptors with
    /// Triplets", 2016. The length of a zero vector has slope 0.
    /// </remarks>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node TripletMargin(Node anchor, Node positive, Node negative, double margin = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Node Distance(Node to) => Compared("distance", anchor, to, origin, (a, b) => Norm2(a - b, [-1]));
        using var _ = Origin.Under(origin);
        return Relu(Distance(positive) - Distance(negative) + margin);
    }

    // The quotient never sees a length of 0, so that none of its slopes is infinite.
    private static Node Cosine(Node a, Node b, int axis)
    {
        Node lengths = Norm2(a, [axis]) * Norm2(b, [axis]), none = Equal(lengths, ZerosLike(lengths));
        return Where(none, ZerosLike(lengths), Sum(a * b, [axis]) / Where(none, OnesLike(lengths), lengths));
    }
}
