using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Normalisation of rows: what lies on the last axes of one position of the others.</content>
public static partial class Ops
{
    /// <summary>
    /// Layer normalisation, <c>y = (x - m) / √(v + epsilon) · gamma + beta</c>, with m the mean and v the variance of a
    /// row.
    /// </summary>
    /// <remarks>
    /// J. Ba, J. Kiros, G. Hinton, "Layer Normalization", 2016. The variance is that of the deviations: nothing cancels.
    /// </remarks>
    /// <param name="x">Rows of floats.</param>
    /// <param name="gamma">Scale, of the shape of a row; 1 if not given.</param>
    /// <param name="beta">Shift, of the shape of a row; 0 if not given.</param>
    /// <param name="epsilon">Keeps a constant row from dividing by 0.</param>
    /// <param name="axis">The first axis of a row, which extends to the last one.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">x is a scalar or no float, or scale or shift do not fit a row.</exception>
    public static Node LayerNorm(Node x, Node? gamma = null, Node? beta = null, double epsilon = 1e-5, int axis = -1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        OverRows("layer-norm", Origin.At(file, line), x, gamma, beta, axis, (row, axes) => [Standardised(row, axes, epsilon).Y])[0];

    /// <summary>
    /// Layer normalisation that also gives the mean and <c>1 / √(v + epsilon)</c> of each row, with extent 1 along its
    /// axes.
    /// </summary>
    /// <inheritdoc cref="LayerNorm"/>
    public static (Node Y, Node Mean, Node InverseDeviation) LayerNormWithStatistics(Node x, Node? gamma = null, Node? beta = null,
        double epsilon = 1e-5, int axis = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var results = OverRows("layer-norm", Origin.At(file, line), x, gamma, beta, axis, (row, axes) =>
            Standardised(row, axes, epsilon) is var (y, mean, scale) ? [y, mean, scale] : []);
        return (results[0], results[1], results[2]);
    }

    /// <summary>Normalisation by the root mean square of a row, <c>y = x / √(mean(x²) + epsilon) · gamma</c>.</summary>
    /// <remarks>B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.</remarks>
    /// <param name="x">Rows of floats.</param>
    /// <param name="gamma">Scale, of the shape of a row; 1 if not given.</param>
    /// <param name="epsilon">Keeps a row of zeros from dividing by 0.</param>
    /// <param name="axis">The first axis of a row, which extends to the last one.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">x is a scalar or no float, or the scale does not fit a row.</exception>
    public static Node RmsNorm(Node x, Node? gamma = null, double epsilon = 1e-5, int axis = -1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        OverRows("rms-norm", Origin.At(file, line), x, gamma, null, axis, (row, axes) =>
            [row * Rsqrt(Mean(Square(row), axes, keepDims: true) + epsilon)])[0];

    // The first result of a function of rows is scaled and shifted; others are statistics and pass.
    private static ImmutableArray<Node> OverRows(string title, Origin origin, Node x, Node? gamma, Node? beta, int axis,
        Func<Node, Axes, ImmutableArray<Node>> normalise)
    {
        int first = AxisOf(title, x, axis, x.Rank, origin);
        DemandFits(title, origin, x, "a row", Shape.Of(x.Shape.Skip(first)), gamma, beta);
        return Call.OfSome(title, origin, [x, gamma, beta], a =>
        {
            var y = normalise(a[0]!, [.. Enumerable.Range(first, x.Rank - first)]);
            return y.SetItem(0, ScaledAndShifted(y[0], a[1], a[2]));
        });
    }

    private static Node ScaledAndShifted(Node y, Node? gamma, Node? beta)
    {
        y = gamma is null ? y : y * gamma;
        return beta is null ? y : y + beta;
    }

    // Parameters do not broadcast in silence: they have the shape of what they belong to.
    private static void DemandFits(string title, Origin origin, Node x, string what, Shape shape, params Node?[] parameters)
    {
        DemandFloats(title, origin, x);
        ImmutableArray<Node> operands = [x, .. parameters.OfType<Node>()];
        foreach (var p in operands[1..])
            if (p.DType != x.DType || !Fits(p.Shape, shape))
                throw GraphException.For(title, operands, origin,
                    $"{what} is {new TensorType(x.DType, shape)}, a parameter of it is {p.Type}",
                    $"give parameters of the type and shape of {what}");
    }

    private static void DemandFloats(string title, Origin origin, Node x)
    {
        if (!x.DType.IsFloat)
            throw GraphException.For(title, [x], origin, $"x is {x.DType}, but must be float32 or float64",
                "convert it first, e.g. Convert(x, DType.Float32)");
    }
}
