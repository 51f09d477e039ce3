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

    /// <summary>Huber loss of each element, <c>e = x - t</c>: <c>e²/2</c> where <c>|e| ≤ delta</c>, else <c>delta (|e| - delta/2)</c>.</summary>
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
    public static Node BinaryCrossEntropyWithLogits(Node logits, Node target, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Compared("binary-cross-entropy", logits, target, Origin.At(file, line), (x, t) => t * Softplus(-x) + (1 - t) * Softplus(x));

    private static Node Compared(string title, Node x, Node target, Origin origin, Func<Node, Node, Node> loss) =>
        x.DType == target.DType && Fits(x.Shape, target.Shape)
            ? Call.Of(title, origin, [x, target], a => loss(a[0], a[1]))
            : throw GraphException.For(title, [x, target], origin, $"predictions are {x.Type}, targets are {target.Type}",
                "give targets of the type of the predictions, e.g. by Reshape or Convert");
}
