using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Rows divided by their length, or by their deviation.</content>
public static partial class Ops
{
    /// <summary>
    /// Rows divided by their p-norm, <c>y = x / (sum |x|^p)^(1/p)</c>; a row of zeros gives zeros, and its slope is 0.
    /// </summary>
    /// <remarks>
    /// The length does not change if a row is first divided by its largest element, so nothing over- or underflows.
    /// </remarks>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="axis">The axis that rows run along; a negative one counts from the end.</param>
    /// <param name="p">1, 2, any other number above 1, or infinity for the largest magnitude.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, x is no float, or p is below 1.</exception>
    public static Node LpNormalise(Node x, int axis = -1, double p = 2,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int row = AxisOf("lp-normalise", x, axis, x.Rank, origin);
        DemandFloats("lp-normalise", origin, x);
        if (!(p >= 1))
            throw GraphException.For("lp-normalise", [x], origin, $"the {p}-norm is no norm", "use p = 1 or above");
        return Call.Of("lp-normalise", origin, [x], a => UnitRows(a[0], row, p));
    }

    // What divides first cancels in y, whatever it is: derivatives of any order may take it as a constant. Not so for the
    // largest norm, where nothing else divides.
    private static Node UnitRows(Node x, int row, double p)
    {
        Node largest = Max(Abs(x), [row], keepDims: true), zero = Equal(largest, ZerosLike(largest));
        Node divisor = Where(zero, OnesLike(largest), largest);
        if (double.IsPositiveInfinity(p))
            return Where(zero, ZerosLike(x), x / divisor);
        Node z = x / StopGradient(divisor);
        Node powers = p == 1 ? Abs(z) : p == 2 ? Square(z) : Pow(Abs(z), p);
        Node sum = Sum(powers, [row], keepDims: true);
        sum = Where(zero, OnesLike(sum), sum);
        Node length = p == 1 ? sum : p == 2 ? Sqrt(sum) : Pow(sum, 1 / p);
        return Where(zero, ZerosLike(x), z / length);
    }

    /// <summary>Mean and variance normalisation, <c>y = (x - m) / √(v + epsilon)</c> over any axes.</summary>
    /// <remarks>
    /// ONNX adds 1e-9 to the deviation instead; its square in the root does the same and keeps the slope finite where all
    /// are equal.
    /// </remarks>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="axes">The axes of mean and variance, negative ones counting from the end; all by default.</param>
    /// <param name="epsilon">Stands in the root.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, or x is no float.</exception>
    public static Node MeanVarianceNormalise(Node x, Axes? axes = null, double epsilon = 1e-18,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        DemandFloats("mean-variance-normalise", origin, x);
        Axes over = axes is null ? Axes.All(x.Rank)
            : [.. axes.Select(a => AxisOf("mean-variance-normalise", x, a, x.Rank, origin)).Distinct().Order()];
        return Call.Of("mean-variance-normalise", origin, [x], a => Standardised(a[0], over, epsilon).Y);
    }
}
