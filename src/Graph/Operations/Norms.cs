using System.Runtime.CompilerServices;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>Sum of squares over axes, <c>sum(x²)</c>; of nothing, 0.</summary>
    /// <param name="x">A tensor of numbers.</param>
    /// <param name="axes">Axes to sum over, negative ones counting from the end; all by default.</param>
    /// <param name="keepDims">Whether these axes stay with extent 1.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node SumOfSquares(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Square(x), axes, keepDims);
    }

    /// <summary>Sum of absolute values over axes, <c>sum(|x|)</c>; its slope at an element 0 is 0.</summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node Norm1(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Abs(x), axes, keepDims);
    }

    /// <summary>
    /// Euclidean length over axes, <c>√sum(x²)</c>; its slope at the zero vector is 0.
    /// Where squares would overflow or vanish, elements are scaled by the largest first.
    /// </summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node Norm2(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        var scale = ScaleOfSquares(x, axes);
        var root = RootOrZero(SumOfSquares(x / scale, axes, keepDims));
        return root * Reshape(scale, root.Shape);
    }

    /// <summary>
    /// p-norm over axes, <c>(sum(|x|^p))^(1/p)</c>, of elements scaled by the largest; for p = ∞ the largest absolute
    /// value.
    /// </summary>
    /// <remarks>The slope is 0 at the zero vector and, by convention, along elements that are 0, also where p &lt; 1.
    /// Of p = ∞, ties share it.</remarks>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="p">The exponent, larger than 0.</param>
    /// <param name="axes">Axes to sum over, negative ones counting from the end; all by default.</param>
    /// <param name="keepDims">Whether these axes stay with extent 1.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException"><paramref name="p"/> is not positive.</exception>
    public static Node Norm(Node x, double p, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (!(p > 0))
            throw GraphException.For("norm", [x], origin, $"the exponent is {p}", "use a positive one, or infinity");
        return p == 1 ? Norm1(x, axes, keepDims) : p == 2 ? Norm2(x, axes, keepDims) : double.IsPositiveInfinity(p)
            ? Max(Abs(x), axes, keepDims)
            : PowerNorm(x, p, axes, keepDims);
    }

    /// <summary>Logarithm of a sum over axes, <c>log(sum(x))</c>; of a negative sum NaN, of nothing -∞.</summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node LogSum(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Log(Sum(x, axes, keepDims));
    }

    /// <summary>
    /// How many elements along axes are not zero, as int64; NaN counts, and of truth values those that are true.
    /// </summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node CountNonZero(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Convert(NotEqual(x, ZerosLike(x)), DType.Int64), axes, keepDims);
    }

    private static Node PowerNorm(Node x, double p, Axes? axes, bool keepDims)
    {
        var largest = StopGradient(Max(Abs(x), axes, keepDims: true));
        var scale = Where(And(largest > 0, IsFinite(largest)), largest, OnesLike(largest));
        Node zero = Equal(x, ZerosLike(x)), ratio = Where(zero, OnesLike(x), Abs(x)) / scale;
        var sum = Sum(Where(zero, ZerosLike(x), Pow(ratio, p)), axes, keepDims);
        var nothing = Equal(sum, ZerosLike(sum));
        return Where(nothing, sum, Pow(Where(nothing, OnesLike(sum), sum), 1 / p)) * Reshape(scale, sum.Shape);
    }

    // 1, but where the squares of the largest elements leave the middle of the type's range, the largest. To derivatives it
    // is a constant: it cancels in the value.
    private static Node ScaleOfSquares(Node x, Axes? axes)
    {
        double range = Math.ScaleB(1, x.DType == DType.Float32 ? 50 : 480);
        var largest = StopGradient(Max(Abs(x), axes, keepDims: true));
        var extreme = Or(largest > range, And(largest > 0, largest < 1 / range));
        return Where(And(extreme, IsFinite(largest)), largest, OnesLike(largest));
    }

    // √s with slope 0 at 0: the root never sees the zero, so that no infinite slope arises in any mode, at any order.
    private static Node RootOrZero(Node s)
    {
        var zero = Equal(s, ZerosLike(s));
        return Where(zero, ZerosLike(s), Sqrt(Where(zero, OnesLike(s), s)));
    }
}
