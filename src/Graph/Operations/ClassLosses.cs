using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>What becomes of the losses of a batch.</summary>
public enum LossReduction
{
    /// <summary>They stay apart.</summary>
    None,

    /// <summary>Their mean; with weights, their sum over the sum of the weights that counted. Of nothing, NaN.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}

/// <content>Losses of one right class per position, with the class axis anywhere, weights, and labels to be ignored.</content>
public static partial class Ops
{
    /// <summary>
    /// Negative log likelihood, <c>y = -w[label] x[.., label, ..]</c> at each position, of logarithms of
    /// probabilities along an axis. An ignored label has loss 0 and no slope, and does not count in the mean.
    /// </summary>
    /// <param name="logProbabilities">Floats of shape [batch, classes, ..] for class axis 1.</param>
    /// <param name="labels">int32 or int64 of that shape without the class axis; one outside the classes is an error while running.</param>
    /// <param name="classAxis">The axis of classes; negative ones count from the end.</param>
    /// <param name="weights">A weight per class, of shape [classes] and the type of the first; 1 each by default.</param>
    /// <param name="ignored">The label of positions that do not count, which may lie outside the classes.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>One loss, or without a reduction one per position.</returns>
    /// <exception cref="GraphException">The first are no floats, labels no integers, or shapes do not fit.</exception>
    public static Node NegativeLogLikelihood(Node logProbabilities, Node labels, int classAxis, Node? weights = null, long? ignored = null,
        LossReduction reduction = LossReduction.Mean, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        OfClasses("negative-log-likelihood", logProbabilities, labels, classAxis, weights, Origin.At(file, line),
            (x, axis, label, w) => Likelihood(x, axis, label, w, ignored, reduction));

    /// <summary>
    /// Cross entropy of softmax against one right class per position:
    /// <see cref="NegativeLogLikelihood(Node, Node, int, Node, long?, LossReduction, string, int)"/>
    /// of <see cref="LogSoftmax"/>.
    /// </summary>
    /// <param name="logits">Floats of shape [batch, classes, ..] for class axis 1.</param>
    /// <inheritdoc cref="NegativeLogLikelihood(Node, Node, int, Node, long?, LossReduction, string, int)"/>
    /// <param name="labels">int32 or int64 of that shape without the class axis; one outside the classes is an error while running.</param>
    /// <param name="classAxis">The axis of classes; negative ones count from the end.</param>
    /// <param name="weights">A weight per class, of shape [classes] and the type of the first; 1 each by default.</param>
    /// <param name="ignored">The label of positions that do not count, which may lie outside the classes.</param>
    /// <param name="reduction">What becomes of the losses.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node SoftmaxCrossEntropy(Node logits, Node labels, int classAxis, Node? weights = null, long? ignored = null,
        LossReduction reduction = LossReduction.Mean, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        OfClasses("softmax-cross-entropy", logits, labels, classAxis, weights, Origin.At(file, line),
            (x, axis, label, w) => Likelihood(LogSoftmax(x, axis), axis, label, w, ignored, reduction));

    /// <summary>One number of losses, or the losses themselves.</summary>
    internal static Node Reduced(Node losses, LossReduction reduction) => reduction switch
    {
        LossReduction.Mean => Mean(losses),
        LossReduction.Sum => Sum(losses),
        _ => losses,
    };

    private static Node Likelihood(Node x, int axis, Node label, Node? weights, long? ignored, LossReduction reduction)
    {
        Node? counts = ignored is { } dead ? NotEqual(label, FillLike(label, dead)) : null;
        Node inside = counts is null ? label : Where(counts, label, ZerosLike(label));
        Node chosen = Equal(Iota(x.Shape, axis, label.DType), ExpandDims(CheckedIndex(inside, x.Shape[axis]), axis));
        Node At(Node values) => Sum(Where(chosen, values, ZerosLike(values)), [axis]);
        Node weight = weights is null ? FillLike(inside, 1, x.DType) : At(BroadcastTo(OnAxis(weights, x.Rank, axis), x.Shape));
        weight = counts is null ? weight : Where(counts, weight, ZerosLike(weight));
        Node losses = -At(x) * weight;
        losses = counts is null ? losses : Where(counts, losses, ZerosLike(losses));
        bool plain = weights is null && counts is null;
        return reduction == LossReduction.Mean && !plain ? Sum(losses) / Sum(weight) : Reduced(losses, reduction);
    }

    // A vector as a tensor that has its elements along one axis.
    private static Node OnAxis(Node vector, int rank, int axis) =>
        Reshape(vector, Shape.Of(Enumerable.Range(0, rank).Select(a => a == axis ? vector.Shape[0] : Dim.One)));

    private static Node FillLike(Node x, double value, DType dtype) => BroadcastTo(Scalar(dtype, value), x.Shape);

    private static Node OfClasses(string title, Node x, Node labels, int classAxis, Node? weights, Origin origin,
        Func<Node, int, Node, Node?, Node> loss)
    {
        ImmutableArray<Node> operands = weights is null ? [x, labels] : [x, labels, weights];
        GraphException Error(string problem, string fix) => GraphException.For(title, [.. operands], origin, problem, fix);
        int axis = classAxis < 0 ? classAxis + x.Rank : classAxis;
        if (!x.DType.IsFloat || !labels.DType.IsInteger)
            throw Error($"the first operand is {x.DType}, labels are {labels.DType}", "give floats, and int32 or int64 labels");
        if (axis < 0 || axis >= x.Rank)
            throw Error($"{x.Shape} has no axis {classAxis} of classes", "name an axis of the first operand");
        if (!Fits(Shape.Of(x.Shape.Where((_, a) => a != axis)), labels.Shape))
            throw Error($"{x.Shape} with classes on axis {axis} wants one label per position, labels have shape {labels.Shape}", "labels have that shape without the class axis");
        if (weights is not null && (weights.DType != x.DType || !Fits(weights.Shape, Shape.Of([x.Shape[axis]]))))
            throw Error($"weights are {weights.Type}, there are {x.Shape[axis]} classes of {x.DType}",
                $"give a weight per class, of type {x.DType} and shape [{x.Shape[axis]}]");
        return Call.Of(title, origin, operands, a => loss(a[0], axis, a[1], a.Length > 2 ? a[2] : null));
    }
}
