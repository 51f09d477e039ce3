using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Named calls: activations, normalisation, losses.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Composites =>
    [
        Map("call", x => Call.Of("cube", Origin.None, [x], a => [a[0] * a[0] * a[0]])[0]) with { DTypes = Numbers },
        Map("leaky-relu", x => LeakyRelu(x, 0.1), kinks: [0]), Map("elu", x => Elu(x, 0.7), kinks: [0]), Map("gelu", x => Gelu(x)),
        Map("gelu by tanh", x => GeluTanh(x)), Map("silu", x => Silu(x), -9, 9),
        Map("softmax", x => Softmax(x)), Map("softmax of columns", x => Softmax(x, 0), -30, 30),
        Map("log-softmax", x => LogSoftmax(x)), Map("log-softmax of columns", x => LogSoftmax(x, 0), -30, 30),
        Map("layer-norm", x => LayerNorm(x)), Map("rms-norm", x => RmsNorm(x)),
        new("layer-norm, scaled and shifted", x => LayerNorm(x[0], x[1], x[2]), new Operand([3, 4]), new Operand([4]), new Operand([4])),
        new("rms-norm, scaled", x => RmsNorm(x[0], x[1]), new Operand([3, 4]), new Operand([4])),
        new("softmax-cross-entropy", x => SoftmaxCrossEntropy(x[0], x[1]), new Operand([5, 4], -9, 9), Operand.Positions([5], 0, 3)),
        new("softmax-cross-entropy of a batch of rows", x => SoftmaxCrossEntropy(x[0], x[1]), new Operand([2, 3, 4]),
            Operand.Positions([2, 3], 0, 3, DType.Int64)),
        new("negative-log-likelihood", x => NegativeLogLikelihood(LogSoftmax(x[0]), x[1]), new Operand([5, 4]),
            Operand.Positions([5], 0, 3)),
        Pair("mean-squared-error", (a, b) => MeanSquaredError(a, b)), Pair("huber", (a, b) => Huber(a, b, 0.8)),
        new("binary-cross-entropy", x => BinaryCrossEntropyWithLogits(x[0], x[1]), new Operand([3, 4], -9, 9), new Operand([3, 4], 0, 1)),
    ];
}
