using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

public static partial class Ops
{
    /// <summary>
    /// Logarithm of a sum of exponentials over axes, <c>y = log(sum(e^x)) = m + log(sum(e^(x-m)))</c>
    /// with m the maximum, so that nothing overflows.
    /// </summary>
    /// <remarks>Where every element is -∞, and of nothing, y is -∞ and its slope 0. Elsewhere the slope is softmax(x).</remarks>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="axes">Axes to sum over, negative ones counting from the end; all by default.</param>
    /// <param name="keepDims">Whether summed axes stay with extent 1.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node LogSumExp(Node x, Axes? axes = null, bool keepDims = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("log-sum-exp", Origin.At(file, line), [x], a => LogSumExpOf(a[0], axes, keepDims));

    // The shift cancels in the value, so derivatives leave it alone; an infinite maximum would turn -∞ - -∞ into NaN, and 0 does
    // as well. The logarithm sees 1 in place of 0, whose slope times a dead e^-∞ would be ∞ * 0.
    private static Node LogSumExpOf(Node x, Axes? axes, bool keepDims)
    {
        Node largest = Max(x, axes, keepDims: true);
        Node shift = StopGradient(Where(IsFinite(largest), largest, ZerosLike(largest)));
        Node sum = Sum(Exp(x - shift), axes, keepDims);
        Node nothing = Equal(sum, ZerosLike(sum));
        return Where(nothing, FillLike(sum, double.NegativeInfinity), Log(Where(nothing, OnesLike(sum), sum)) + Reshape(shift, sum.Shape));
    }
}
