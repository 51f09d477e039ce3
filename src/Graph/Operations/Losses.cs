using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Losses of predictions against targets of the same shape: shapes do not broadcast here, where it hides mistakes.</content>
public static partial class Ops
{
    /// <summary>Mean squared error, <c>mean((x - t)²)</c> over all elements: one value. Its slope is 2 (x - t) / n.</summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node MeanSquaredError(Node x, Node target, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("mean-squared-error", x, target, Origin.At(file, line), (a, t) => Mean(Square(a - t)));

    /// <summary>
    /// Huber loss of each element, <c>e = x - t</c>: <c>e²/2</c>
    /// where <c>|e| ≤ delta</c>, else <c>delta (|e| - delta/2)</c>.
    /// </summary>
    /// <remarks>P. Huber, "Robust Estimation of a Location Parameter", 1964. Its slope is e kept within [-delta, delta].</remarks>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node Huber(Node x, Node target, double delta = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("huber", x, target, Origin.At(file, line), (a, t) =>
        {
            Node e = a - t, distance = Abs(e);
            return Where(distance <= delta, 0.5 * (e * e), delta * (distance - 0.5 * delta));
        });

    /// <summary>
    /// Cross entropy of each truth value t in [0, 1] against the probability sigmoid(x):
    /// <c>-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)) = t softplus(-x) + (1 - t) softplus(x)</c>, which neither overflows nor
    /// cancels. Its slope is sigmoid(x) - t.
    /// </summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node BinaryCrossEntropyWithLogits(Node logits, Node target,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("binary-cross-entropy", logits, target, Origin.At(file, line), (x, t) => t * Softplus(-x) + (1 - t) * Softplus(x));

    /// <summary>
    /// Cross entropy of each truth value t in [0, 1] against a probability x,
    /// <c>-t log x - (1 - t) log(1 - x)</c>, logarithms not below -100, where they are flat: it
    /// is 100 for a certain error. From logits prefer <see cref="BinaryCrossEntropyWithLogits"/>.
    /// </summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node BinaryCrossEntropy(Node x, Node target, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("binary-cross-entropy", x, target, Origin.At(file, line), (x, t) =>
            -(t * Clamp(Log(x), -100, double.PositiveInfinity)) - (1 - t) * Clamp(Log1p(-x), -100, double.PositiveInfinity));

    /// <summary>Absolute error of each element, <c>|x - t|</c>, known as L1; its slope at 0 is 0.</summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node AbsoluteError(Node x, Node target, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("absolute-error", x, target, Origin.At(file, line), (a, t) => Abs(a - t));

    /// <summary>
    /// Smooth L1 loss of each element: <see cref="Huber"/> over beta,
    /// <c>e²/(2 beta)</c> where <c>|e| ≤ beta</c>, else <c>|e| - beta/2</c>.
    /// </summary>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node SmoothL1(Node x, Node target, double beta = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("smooth-l1", x, target, Origin.At(file, line), (a, t) =>
        {
            Node e = a - t, distance = Abs(e);
            return beta == 0 ? distance : Where(distance <= beta, 0.5 / beta * (e * e), distance - 0.5 * beta);
        });

    /// <summary>
    /// Kullback-Leibler divergence of each element, <c>t (log t - x)</c> of
    /// a logarithm of a probability x and a probability t; 0 where t is 0.
    /// </summary>
    /// <param name="logProbabilities">x.</param>
    /// <param name="target">t, or its logarithm.</param>
    /// <param name="logTarget">Whether the target is a logarithm.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node KullbackLeibler(Node logProbabilities, Node target, bool logTarget = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("kullback-leibler", logProbabilities, target, Origin.At(file, line), (x, t) =>
        {
            if (logTarget)
                return Exp(t) * (t - x);
            Node nothing = Equal(t, ZerosLike(t));
            return Where(nothing, ZerosLike(t), XLogY(t, t) - t * Where(nothing, ZerosLike(x), x));
        });

    /// <summary>
    /// Negative log likelihood of counts t under a Poisson distribution, per element:
    /// <c>e^x - t x</c> of the logarithm x of its mean, or <c>x - t log(x + epsilon)</c> of the mean.
    /// </summary>
    /// <param name="x">The mean or its logarithm.</param>
    /// <param name="target">Counts.</param>
    /// <param name="logInput">Whether x is a logarithm.</param>
    /// <param name="full">Whether Stirling's <c>t log t - t + log(2πt)/2</c> is added where t is above 1.</param>
    /// <param name="epsilon">Keeps the logarithm of a mean finite.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node PoissonNegativeLogLikelihood(Node x, Node target, bool logInput = true, bool full = false, double epsilon = 1e-8,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("poisson-negative-log-likelihood", x, target, Origin.At(file, line), (x, t) =>
        {
            Node loss = logInput ? Exp(x) - t * x : x - t * Log(x + epsilon);
            Node many = t > 1, count = Where(many, t, OnesLike(t));
            return full ? loss + Where(many, count * Log(count) - count + 0.5 * Log(2 * Math.PI * count), ZerosLike(t)) : loss;
        });

    /// <summary>
    /// Negative log likelihood of each t under a normal distribution,
    /// <c>(log v + (x - t)²/v)/2</c>, the variance v not below epsilon, where it is flat.
    /// </summary>
    /// <param name="mean">x.</param>
    /// <param name="target">t.</param>
    /// <param name="variance">v, which broadcasts to the shape of x.</param>
    /// <param name="full">Whether <c>log(2π)/2</c> is added.</param>
    /// <param name="epsilon">The least variance.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">Shapes or element types differ.</exception>
    public static Node GaussianNegativeLogLikelihood(Node mean, Node target, Node variance, bool full = false, double epsilon = 1e-6,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        Node v = Clamp(BroadcastTo(variance, mean.Shape), epsilon, double.PositiveInfinity);
        return Compared("gaussian-negative-log-likelihood", mean, target, Origin.At(file, line),
            (x, t) => SquaredDifference(x, t)) / (2 * v)
            + 0.5 * Log(v) + (full ? 0.5 * Math.Log(2 * Math.PI) : 0);
    }

    private static Node Compared(string title, Node x, Node target, Origin origin, Func<Node, Node, Node> loss) =>
        x.DType == target.DType && Fits(x.Shape, target.Shape)
            ? Call.Of(title, origin, [x, target], a => loss(a[0], a[1]))
            : throw GraphException.For(title, [x, target], origin, $"predictions are {x.Type}, targets are {target.Type}",
                "give targets of the type of the predictions, e.g. by Reshape or Convert");
}
