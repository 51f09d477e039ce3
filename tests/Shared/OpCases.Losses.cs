using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Losses.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Losses =>
    [
        Classes("likelihood on axis 1", x => NegativeLogLikelihood(x[0], x[1], 1)),
        Classes("likelihoods apart", x => NegativeLogLikelihood(x[0], x[1], 1, reduction: LossReduction.None)),
        Classes("likelihood without class 2", x => NegativeLogLikelihood(x[0], x[1], 1, ignored: 2)),
        Classes("summed likelihood, weighted",
            x => NegativeLogLikelihood(x[0], x[1], 1, x[2], reduction: LossReduction.Sum), new Operand([4], 0.2, 2)),
        Classes("likelihood, weighted, without class 0", x => NegativeLogLikelihood(x[0], x[1], -2, x[2], ignored: 0),
            new Operand([4], 0.2, 2)),
        Classes("cross entropy on axis 1", x => SoftmaxCrossEntropy(x[0], x[1], 1)),
        Classes("cross entropies apart", x => SoftmaxCrossEntropy(x[0], x[1], 1, ignored: 1, reduction: LossReduction.None)),
        Classes("cross entropy, weighted", x => SoftmaxCrossEntropy(x[0], x[1], 1, x[2], ignored: 3), new Operand([4], 0.2, 2)),
        new("cross entropy along a symbol", x => SoftmaxCrossEntropy(x[0], x[1], 1), new([5, 4]),
            Operand.Positions([5], 0, 3)) { RowSymbol = "rows" },
        new("labels that are ignored lie outside",
            x => SoftmaxCrossEntropy(x[0], Where(x[1] > 1, x[1] - 102, x[1]), 1, ignored: -100), new([5, 4]),
            Operand.Positions([5], 0, 2, DType.Int64)),
        Pair("binary cross entropy of probabilities", (a, t) => BinaryCrossEntropy(a, t), 0.05, 0.95),
        Pair("absolute-error", (a, b) => AbsoluteError(a, b)),
        Pair("smooth-l1", (a, b) => SmoothL1(a, b, 0.7)),
        new("kullback-leibler", x => KullbackLeibler(x[0], x[1]), new([3, 4], -3, -0.1), new([3, 4], 0.05, 1)),
        Pair("kullback-leibler of logarithms", (a, b) => KullbackLeibler(a, b, logTarget: true), -3, -0.1),
        new("poisson likelihood", x => PoissonNegativeLogLikelihood(x[0], x[1], full: true), new([3, 4]),
            new([3, 4], 0.1, 5) { Kinks = [1] }),
        new("poisson likelihood of means", x => PoissonNegativeLogLikelihood(x[0], x[1], logInput: false),
            new([3, 4], 0.2, 4), new([3, 4], 0.1, 5)),
        new("gaussian likelihood", x => GaussianNegativeLogLikelihood(x[0], x[1], x[2], full: true), new([3, 4]),
            new([3, 4]), new([3, 1], 0.2, 2)),
        Signed("hinge", (a, t) => Hinge(a, t, 3)), Signed("hinge-embedding", (a, t) => HingeEmbedding(a, t, 3)),
        new("margin-ranking", x => MarginRanking(x[0], x[1], Sign(x[2]), 0.1), new([3, 4]), new([3, 4]), new([3, 4]) { Kinks = [0] }),
        Pair("cosine-similarity", (a, b) => CosineSimilarity(a, b), 0.2, 2),
        new("cosine-embedding", x => CosineEmbedding(x[0], x[1], Sign(x[2]), -2), new([3, 4]), new([3, 4]), new([3]) { Kinks = [0] }),
        new("triplet-margin", x => TripletMargin(x[0], x[1], x[2], 9), new([3, 4]), new([3, 4]), new([3, 4])),
    ];

    private static OpCase Classes(string name, Func<Node[], Node> build, params Operand[] weights) =>
        new(name, build, [new([3, 4, 2], -4, -0.1), Operand.Positions([3, 2], 0, 3), .. weights]);

    private static OpCase Signed(string name, Func<Node, Node, Node> f) =>
        new(name, x => f(x[0], Sign(x[1])), new([3, 4]), new([3, 4]) { Kinks = [0] });
}
