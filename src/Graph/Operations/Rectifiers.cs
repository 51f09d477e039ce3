using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>
/// Activations with kinks and jumps. What their slope is there
/// is stated at each, and is a choice, never a sum of choices.
/// </content>
public static partial class Ops
{
    /// <summary>Parametric rectifier, <c>y = x &gt; 0 ? x : slope x</c>, with slopes that are learnt.</summary>
    /// <param name="x">A tensor of floats.</param>
    /// <param name="slope">Broadcasts to the shape of x and no further; channels on axis 1 want shape [channels, 1, ..].</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">The slope has an axis that x lacks.</exception>
    public static Node PRelu(Node x, Node slope, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        return slope.Rank <= x.Rank
            ? Call.Of("prelu", origin, [x, slope], a => Where(a[0] > 0, a[0], BroadcastTo(a[1], a[0].Shape) * a[0]))
            : throw GraphException.For("prelu", [x, slope], origin, $"slopes of shape {slope.Shape} do not fit into {x.Shape}",
                "give a slope per channel, of shape [channels, 1, ..] for channels on axis 1");
    }

    /// <summary>
    /// Scaled exponential linear unit, <c>y = gamma (x &gt; 0 ? x : alpha (e^x - 1))</c>:
    /// G. Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    /// </summary>
    /// <remarks>Its slope at the kink, 0, is gamma alpha.</remarks>
    public static Node Selu(Node x, double alpha = 1.6732632423543772848170429916717, double gamma = 1.0507009873554804934193349852946,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("selu", Origin.At(file, line), [x], a => Bent(a[0], x => gamma * x, x => gamma * alpha * Expm1(x)));

    /// <summary>
    /// Continuously differentiable exponential linear unit,
    /// <c>y = x &gt; 0 ? x : alpha (e^(x / alpha) - 1)</c>: J. Barron, 2017. Its slope at 0 is 1.
    /// </summary>
    public static Node Celu(Node x, double alpha = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("celu", Origin.At(file, line), [x], a => Bent(a[0], x => x, x => alpha * Expm1(x / alpha)));

    /// <summary>
    /// Hard sigmoid, <c>y = min(max(alpha x + beta, 0), 1)</c>. Its
    /// slope is alpha strictly inside, 0 at and beyond the kinks.
    /// </summary>
    public static Node HardSigmoid(Node x, double alpha = 0.2, double beta = 0.5,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("hard-sigmoid", Origin.At(file, line), [x], a => Within(alpha * a[0] + beta, 0, 1));

    /// <summary>Hard swish, <c>y = x min(max(x / 6 + 1/2, 0), 1)</c>: A. Howard et al., "Searching for MobileNetV3", 2019.</summary>
    /// <remarks>Its slopes at the kinks, -3 and 3, are the inner ones, -1/2 and 3/2.</remarks>
    public static Node HardSwish(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("hard-swish", Origin.At(file, line), [x],
            a => Where(a[0] < -3, ZerosLike(a[0]), Where(a[0] > 3, a[0], a[0] * (a[0] + 3) / 6)));

    /// <summary>
    /// Hard hyperbolic tangent, x kept within bounds. Its slope is 1 strictly inside, 0 at
    /// and beyond the bounds, unlike <see cref="Clamp(Node, double, double, string, int)"/>.
    /// </summary>
    public static Node HardTanh(Node x, double low = -1, double high = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("hard-tanh", Origin.At(file, line), [x], a => Within(a[0], low, high));

    /// <summary>Rectifier with a ceiling, x kept within [0, 6]. Its slope is 1 strictly inside, 0 at and beyond the bounds.</summary>
    public static Node Relu6(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("relu6", Origin.At(file, line), [x], a => Within(a[0], 0, 6));

    /// <summary>
    /// Thresholded rectifier, <c>y = x &gt; alpha ? x : otherwise</c>.
    /// Its slope is 1 above alpha, 0 at the jump and below.
    /// </summary>
    public static Node ThresholdedRelu(Node x, double alpha = 1, double otherwise = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("thresholded-relu", Origin.At(file, line), [x],
            a => Where(a[0] > alpha, a[0], Where(IsNaN(a[0]), a[0], FillLike(a[0], otherwise))));

    /// <summary>
    /// Shrinkage, <c>y = x - bias</c> above lambda, <c>x + bias</c> below -lambda, else 0: hard for
    /// bias 0, soft for bias = lambda. Its slope is 1 strictly outside [-lambda, lambda], else 0.
    /// </summary>
    public static Node Shrink(Node x, double lambda = 0.5, double bias = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("shrink", Origin.At(file, line), [x], a =>
            Where(a[0] > lambda, a[0] - bias, Where(a[0] < -lambda, a[0] + bias, Where(IsNaN(a[0]), a[0], ZerosLike(a[0])))));

    // Above 0 one function, at and below it another, which sees 0 where it is not taken: nothing overflows there.
    private static Node Bent(Node x, Func<Node, Node> above, Func<Node, Node> below)
    {
        Node positive = x > 0;
        return Where(positive, above(x), below(Where(positive, ZerosLike(x), x)));
    }

    // x strictly between bounds, else the nearer bound, which is flat; NaN passes.
    private static Node Within(Node x, double low, double high) =>
        Where(x <= low, FillLike(x, low), Where(x >= high, FillLike(x, high), x));
}
