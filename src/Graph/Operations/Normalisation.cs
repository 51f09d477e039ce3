using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Normalisation over the last axis: composites whose derivatives go through their bodies.</content>
public static partial class Ops
{
    /// <summary>Layer normalisation over the last axis, <c>y = (x - m) / √(v + epsilon) · gamma + beta</c>, with m the mean and v the variance of a row.</summary>
    /// <remarks>J. Ba, J. Kiros, G. Hinton, "Layer Normalization", 2016. The variance is that of the deviations: nothing cancels.</remarks>
    /// <param name="x">Rows of floats.</param>
    /// <param name="gamma">Scale, one per element of a row; 1 if not given.</param>
    /// <param name="beta">Shift, one per element of a row; 0 if not given.</param>
    /// <param name="epsilon">Keeps a constant row from dividing by 0.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">x is a scalar or no float, or scale or shift do not fit a row.</exception>
    public static Node LayerNorm(Node x, Node? gamma = null, Node? beta = null, double epsilon = 1e-5,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Normalised("layer-norm", Origin.At(file, line), x, gamma, beta, row =>
        {
            Node deviation = row - Mean(row, [-1], keepDims: true);
            return deviation * Rsqrt(Mean(Square(deviation), [-1], keepDims: true) + epsilon);
        });

    /// <summary>Normalisation by the root mean square over the last axis, <c>y = x / √(mean(x²) + epsilon) · gamma</c>.</summary>
    /// <remarks>B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.</remarks>
    /// <param name="x">Rows of floats.</param>
    /// <param name="gamma">Scale, one per element of a row; 1 if not given.</param>
    /// <param name="epsilon">Keeps a row of zeros from dividing by 0.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">x is a scalar or no float, or the scale does not fit a row.</exception>
    public static Node RmsNorm(Node x, Node? gamma = null, double epsilon = 1e-5,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Normalised("rms-norm", Origin.At(file, line), x, gamma, null,
            row => row * Rsqrt(Mean(Square(row), [-1], keepDims: true) + epsilon));

    private static Node Normalised(string title, Origin origin, Node x, Node? gamma, Node? beta, Func<Node, Node> normalise)
    {
        Shape row = [x.Shape[AxisOf(title, x, -1, x.Rank, origin)]];
        ImmutableArray<Node> operands = [x, .. new[] { gamma, beta }.OfType<Node>()];
        foreach (var p in operands[1..])
            if (p.DType != x.DType || p.Shape != row)
                throw GraphException.For(title, operands, origin, $"a row is {new TensorType(x.DType, row)}, its scale or shift {p.Type}",
                    "give scale and shift one value per element of the last axis");
        return Call.Of(title, origin, operands, a =>
        {
            Node y = normalise(a[0]);
            int next = 1;
            y = gamma is null ? y : y * a[next++];
            return beta is null ? y : y + a[next];
        });
    }
}
