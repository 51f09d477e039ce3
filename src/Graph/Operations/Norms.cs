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
    public static Node SumOfSquares(Node x, Axes? axes = null, bool keepDims = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Square(x), axes, keepDims);
    }

    /// <summary>Sum of absolute values over axes, <c>sum(|x|)</c>; its slope at an element 0 is 0.</summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node Norm1(Node x, Axes? axes = null, bool keepDims = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Abs(x), axes, keepDims);
    }

    /// <summary>Euclidean length over axes, <c>√sum(x²)</c>; its slope at the zero vector is 0. Squares beyond the type's range overflow.</summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node Norm2(Node x, Axes? axes = null, bool keepDims = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return RootOrZero(SumOfSquares(x, axes, keepDims));
    }

    /// <summary>How many elements along axes are not zero, as int64; NaN counts, and of truth values those that are true.</summary>
    /// <inheritdoc cref="SumOfSquares"/>
    public static Node CountNonZero(Node x, Axes? axes = null, bool keepDims = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Sum(Convert(NotEqual(x, ZerosLike(x)), DType.Int64), axes, keepDims);
    }

    // √s with slope 0 at 0: the root never sees the zero, so that no infinite slope arises in any mode, at any order.
    private static Node RootOrZero(Node s)
    {
        var zero = Equal(s, ZerosLike(s));
        return Where(zero, ZerosLike(s), Sqrt(Where(zero, OnesLike(s), s)));
    }
}
