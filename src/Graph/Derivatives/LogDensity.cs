using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>
/// Logarithms of densities and probabilities, as functions of what was
/// drawn and of parameters: composites, elementwise unless said otherwise.
/// </summary>
public static class LogDensity
{
    /// <summary>Normal, <c>-((x - mean) / deviation)² / 2 - log(deviation) - log(2π) / 2</c>.</summary>
    /// <param name="x">What was drawn.</param>
    /// <param name="mean">Broadcasts.</param>
    /// <param name="deviation">Standard deviation, positive; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Normal(Node x, Node mean, Node deviation, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("normal log-density", Origin.At(file, line), [x, mean, deviation],
            a => Ops.Square((a[0] - a[1]) / a[2]) * -0.5 - Ops.Log(a[2]) - 0.5 * Math.Log(2 * Math.PI));

    /// <summary>Uniform, <c>-log(high - low)</c> from low to high, -∞ outside.</summary>
    /// <param name="x">What was drawn.</param>
    /// <param name="low">Broadcasts.</param>
    /// <param name="high">Greater than low; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Uniform(Node x, Node low, Node high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("uniform log-density", Origin.At(file, line), [x, low, high],
            a => Ops.Where(Ops.And(a[1] <= a[0], a[0] <= a[2]), -Ops.Log(a[2] - a[1]), Ops.Scalar(x.DType, double.NegativeInfinity)));

    /// <summary>
    /// Bernoulli, <c>x log(p) + (1 - x) log(1 - p)</c> with
    /// <c>p = 1 / (1 + e^-logit)</c>: finite for every finite logit.
    /// </summary>
    /// <param name="x">What was drawn: 0 or 1, as floats or truth values.</param>
    /// <param name="logits">Logarithms of odds, floats; broadcast.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Bernoulli(Node x, Node logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Call.Of("bernoulli log-probability", Origin.At(file, line), [x, logits],
            a => Ops.Where(x.DType == DType.Bool ? a[0] : Ops.NotEqual(a[0], Ops.ZerosLike(a[0])), Ops.LogSigmoid(a[1]),
                Ops.LogSigmoid(-a[1])));

    /// <summary>Categorical, <c>logits[x] - log(sum(e^logits))</c> over the last axis.</summary>
    /// <param name="x">What was drawn: int32 or int64 of shape [..], each from
    /// 0 to classes - 1; another value is an error while running.</param>
    /// <param name="logits">Floats of shape [.., classes].</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A logarithm per row, of shape [..].</returns>
    public static Node Categorical(Node x, Node logits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return -Ops.SoftmaxCrossEntropy(logits, x);
    }
}
