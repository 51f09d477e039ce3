using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Sums of products over the last axes of <paramref name="a"/> and the first ones of <paramref name="b"/>.
    /// </summary>
    /// <param name="a">A tensor of numbers.</param>
    /// <param name="b">Another one of the same type.</param>
    /// <param name="axes">How many axes; 0 gives the outer product.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There are not so many axes, or they differ in extent.</exception>
    public static Node TensorDot(Node a, Node b, int axes = 2,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        DotGeneral(a, b, [.. Enumerable.Range(0, axes).Select(i => i - axes)], [.. Enumerable.Range(0, axes)], null,
            null, file, line);

    /// <summary>
    /// Sums of products over the last axes of both, <c>y[i.., j..] = sum over p of a[i.., p] * b[j.., p]</c>.
    /// </summary>
    /// <exception cref="GraphException">An operand is a scalar, or the last axes differ.</exception>
    public static Node Inner(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        DotGeneral(a, b, [-1], [-1], null, null, file, line);

    /// <summary>All products, <c>y[i.., j..] = a[i..] * b[j..]</c>.</summary>
    public static Node Outer(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        DotGeneral(a, b, [], [], null, null, file, line);

    /// <summary>
    /// Kronecker product: each element of <paramref name="a"/> becomes a block, itself times <paramref name="b"/>. The
    /// shorter rank gets leading axes of extent 1.
    /// </summary>
    public static Node Kronecker(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        int rank = Math.Max(a.Rank, b.Rank);
        Dim[] Extents(Node x) => [.. Enumerable.Repeat(Dim.One, rank - x.Rank), .. x.Shape];
        Dim[] m = Extents(a), n = Extents(b);
        var blocks = Reshape(a, Shape.Of(m.SelectMany(d => (Dim[])[d, 1]))) * Reshape(b,
            Shape.Of(n.SelectMany(d => (Dim[])[1, d])));
        return Reshape(blocks, Shape.Of(m.Zip(n, (p, q) => p * q)));
    }

    /// <summary>
    /// Scaled matrix product and bias, <c>y = alpha * A B + beta * c</c>, A and B transposed where asked for: views, no
    /// copies.
    /// </summary>
    /// <param name="a">A matrix.</param>
    /// <param name="b">A matrix.</param>
    /// <param name="c">What is added, broadcast to the result: a scalar, row, column or matrix; nothing by
    /// default.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="beta">Factor of <paramref name="c"/>.</param>
    /// <param name="transposeA">Whether A is the transpose of <paramref name="a"/>.</param>
    /// <param name="transposeB">Whether B is the transpose of <paramref name="b"/>.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Something is no matrix, or shapes do not fit.</exception>
    public static Node Gemm(Node a, Node b, Node? c = null, double alpha = 1, double beta = 1, bool transposeA = false,
        bool transposeB = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (a.Rank != 2 || b.Rank != 2)
            throw GraphException.For("gemm", [a, b], origin, $"{a.Shape} and {b.Shape} are no matrices",
                "give two axes each; MatMul takes batches");
        var product = MatMul(transposeA ? Transpose(a) : a, transposeB ? Transpose(b) : b);
        var scaled = alpha == 1 ? product : product * alpha;
        return c is null || beta == 0 ? scaled : scaled + BroadcastTo(beta == 1 ? c : c * beta, product.Shape);
    }

    /// <summary>A linear layer, <c>y = x Wᵀ + b</c>: a row of weights per feature of the result.</summary>
    /// <param name="x">A tensor of shape <c>[.., inputs]</c>.</param>
    /// <param name="weight">A matrix of shape <c>[outputs, inputs]</c>.</param>
    /// <param name="bias">A vector of shape <c>[outputs]</c>; none by default.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes do not fit.</exception>
    public static Node Linear(Node x, Node weight, Node? bias = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (weight.Rank != 2)
            throw GraphException.For("linear", [x, weight], origin, $"weights of shape {weight.Shape} are no matrix",
                "give [outputs, inputs]");
        var y = MatMul(x, Transpose(weight));
        return bias is null ? y : y + bias;
    }
}
