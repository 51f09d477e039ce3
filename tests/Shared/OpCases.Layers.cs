using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Tests;

/// <content>Normalisation, attention, recurrent layers.</content>
public static partial class OpCases
{
    private static IEnumerable<OpCase> Normalised =>
    [
        new("layer-norm over two axes", x => LayerNorm(x[0], x[1], x[2], axis: 1), new Operand([2, 3, 4]), new([3, 4]), new([3, 4])),
        new("layer-norm with statistics", x => LayerNormWithStatistics(x[0], x[1], x[2]) is var (y, m, r) ? Flat(y, m, r) : x[0],
            new Operand([3, 4]), new([4]), new([4])),
        new("statistics of layer-norm alone", x => LayerNormWithStatistics(x[0]) is var (_, m, r) ? m * r : x[0], new Operand([3, 4])),
        new("layer-norm along a symbol", x => LayerNorm(x[0], axis: 0), new Operand([4, 3])) { RowSymbol = "rows" },
        new("rms-norm over two axes", x => RmsNorm(x[0], x[1], axis: -2), new Operand([2, 3, 4]), new([3, 4])),
        new("batch-norm", x => BatchNorm(x[0], x[1], x[2], x[3], x[4]), new Operand([2, 3, 4]), new([3]),
            new([3], 0.3, 2), new([3]), new([3])),
        new("batch-norm of last channels", x => BatchNorm(x[0], x[1], x[2], axis: -1), new Operand([2, 4, 3]), new([3]), new([3], 0.3, 2)),
        new("batch-norm in training", x => BatchNormTraining(x[0], x[1], x[2], x[3], x[4]) is var (y, m, v) ? Flat(y, m, v) : x[0],
            new Operand([4, 3, 2]), new([3]), new([3], 0.3, 2), new([3]), new([3])),
        new("batch-norm in training, unbiased",
            x => BatchNormTraining(x[0], x[1], x[2], momentum: 0.7, unbiased: true, axis: 2) is var (y, m, v) ? Flat(y, m, v) : x[0],
            new Operand([4, 2, 3]), new([3]), new([3], 0.3, 2)),
        new("batch-norm in training of a symbolic batch",
            x => BatchNormTraining(x[0], Scalars(3, x[0], 1), Scalars(3, x[0], 2)).Y * 0.5, new Operand([5, 3]) { }) { RowSymbol = "rows" },
        new("instance-norm", x => InstanceNorm(x[0], x[1], x[2]), new Operand([2, 3, 2, 3]), new([3]), new([3])),
        new("instance-norm of last channels", x => InstanceNorm(x[0], axis: -1), new Operand([2, 5, 3])),
        new("group-norm", x => GroupNorm(x[0], 2, x[1], x[2]), new Operand([2, 4, 3]), new([4]), new([4])),
        new("group-norm, scaled per group", x => GroupNorm(x[0], 2, x[1], x[2]), new Operand([2, 6, 2]), new([2]), new([2])),
        new("group-norm of last channels", x => GroupNorm(x[0], 2, x[1], axis: 2), new Operand([2, 3, 4]), new([4])),
        Map("lp-normalise", x => LpNormalise(x)), Map("lp-normalise of columns", x => LpNormalise(x, 0)),
        Map("lp-normalise by sums", x => LpNormalise(x, p: 1), kinks: [0]),
        Map("lp-normalise by cubes", x => LpNormalise(x, p: 3), kinks: [0]),
        Map("lp-normalise by the largest", x => LpNormalise(x, p: double.PositiveInfinity), kinks: [0]),
        new("mean-variance-normalise", x => MeanVarianceNormalise(x[0], [0, -1]), new Operand([3, 2, 4])),
        new("local-response-norm", x => LocalResponseNorm(x[0], 3, 0.5, 0.75, 2), new Operand([2, 5, 3])),
        new("local-response-norm, even window", x => LocalResponseNorm(x[0], 4, 0.5, 0.5, axis: 2), new Operand([2, 2, 6])),
        Map("hardmax", x => Hardmax(x)) with { DTypes = Numbers, Differentiable = false },
        Map("hardmax of columns", x => Hardmax(x, 0)) with { DTypes = Numbers, Differentiable = false },
        Map("softmax or zero", x => SoftmaxOrZero(x)), Map("softmax in the middle", x => Softmax(Reshape(x, [2, 3, 2]), 1)),
        new("masked-softmax", x => MaskedSoftmax(x[0], x[1]), new Operand([3, 4]), Operand.Truths(3, 4)),
        new("masked-softmax of columns", x => MaskedSoftmax(x[0], x[1], 0), new Operand([3, 4]), Operand.Truths(3, 1)),
        new("softmax over a matrix", x => OverMatrix(x[0], 1, m => LogSoftmax(m)), new Operand([2, 3, 2])),
    ];

    private static IEnumerable<OpCase> Attentions =>
    [
        new("attention", x => ScaledDotProductAttention(x[0], x[1], x[2]), new Operand([2, 2, 3, 4]), new([2, 2, 5, 4]),
            new([2, 2, 5, 3])) { Ulps = 64 },
        new("attention of one head", x => ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true),
            new Operand([4, 3]), new([4, 3]), new([4, 2])) { Ulps = 64 },
        new("attention, causal, capped, scaled", x => ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true, scale: 0.7, softcap: 1.5),
            new Operand([2, 3, 4]), new([2, 5, 4]), new([2, 5, 4])) { Ulps = 64 },
        new("attention with shared keys and a mask", x => ScaledDotProductAttention(x[0], x[1], x[2], x[3]),
            new Operand([2, 4, 3, 4]), new([2, 2, 5, 4]), new([2, 2, 5, 3]), Operand.Truths(3, 5)) { Ulps = 64 },
        new("attention with a bias", x => ScaledDotProductAttention(x[0], x[1], x[2], x[3]),
            new Operand([2, 2, 3, 4]), new([2, 2, 5, 4]), new([2, 2, 5, 3]), new([2, 1, 3, 5])) { Ulps = 64 },
        new("attention of a symbolic batch", x => ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true),
            new Operand([2, 2, 3, 4]), new([2, 2, 3, 4]), new([2, 2, 3, 4])) { Ulps = 64, RowSymbol = "batch" },
        new("attention, streamed", x => ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true, softcap: 1.5, streams: true),
            new Operand([2, 4, 5, 4]), new([2, 2, 5, 4]), new([2, 2, 5, 3])) { Ulps = 64 },
        new("attention with a bias, streamed", x => ScaledDotProductAttention(x[0], x[1], x[2], x[3], scale: 0.3, streams: true),
            new Operand([2, 2, 3, 4]), new([2, 2, 5, 4]), new([2, 2, 5, 3]), new([2, 1, 3, 5])) { Ulps = 64 },
        new("attention-pullback", x => Flat([.. AttentionPullback.Of(new(false, false, null, 0), Origin.None, [.. x])]),
            new Operand([2, 3, 4, 3]), new([2, 5, 2, 3]), new([2, 5, 2, 4]), new([2, 3, 4, 4]), new([2, 4, 3], 2, 4),
            new([2, 4, 3])) { Ulps = 64 },
        new("attention with a past", x =>
            Flat(Attention(x[0], x[1], x[2], null, x[3], x[4], null, new() { IsCausal = true, Scores = AttentionScores.Weights })),
            new Operand([1, 2, 3, 4]), new([1, 2, 3, 4]), new([1, 2, 3, 3]), new([1, 2, 2, 4]), new([1, 2, 2, 3])) { Ulps = 64 },
        new("attention with packed heads, a short mask and padding", x => Flat(Attention(x[0], x[1], x[2], x[3], validKeys: x[4],
                options: new() { QueryHeads = 4, KeyHeads = 2, IsCausal = true, SoftCap = 2, Scores = AttentionScores.Capped })),
            new Operand([2, 2, 12]), new([2, 5, 6]), new([2, 5, 4]), Operand.Truths(2, 4),
            Operand.Positions([2], 2, 5, DType.Int64)) { Ulps = 64 },
        new("attention with a precise softmax", x => Attention(x[0], x[1], x[2], options: new() { SoftmaxPrecision = DType.Float64 }).Y,
            new Operand([1, 2, 3, 4]), new([1, 2, 5, 4]), new([1, 2, 5, 4])) { Ulps = 64 },
        new("multi-head-attention", x => MultiHeadAttention(x[0], x[1], x[2], 2, x[3], x[4], x[5], x[6], isCausal: true),
            new Operand([2, 3, 4]), new([2, 3, 4]), new([2, 3, 4]), new([12, 4], -1, 1), new([4, 4], -1, 1), new([12]),
            new([4])) { Ulps = 128 },
        new("rotary-embedding", x => RotaryEmbedding(x[0], x[1], x[2]), new Operand([2, 3, 4, 6]), new([2, 4, 3]), new([2, 4, 3])),
        new("rotary-embedding, interleaved, of a part", x => RotaryEmbedding(x[0], x[1], x[2], x[3], interleaved: true),
            new Operand([2, 2, 3, 6]), new([7, 2]), new([7, 2]), Operand.Positions([2, 3], 0, 6)),
        new("rotary-embedding of a part", x => RotaryEmbedding(x[0], x[1], x[2], x[3]),
            new Operand([2, 2, 3, 6]), new([7, 2]), new([7, 2]), Operand.Positions([2, 3], 0, 6, DType.Int64)),
    ];

    private static readonly RecurrentOptions Both = new() { Direction = RecurrentDirection.Bidirectional };

    private static IEnumerable<OpCase> RecurrentLayers =>
    [
        new("rnn-cell", x => RnnCell(x[0], x[1], x[2], x[3], x[4]), new Operand([2, 3]), new([2, 4]), new([4, 3]),
            new([4, 4], -1, 1), new([8])) { Ulps = 64 },
        new("gru-cell", x => GruCell(x[0], x[1], x[2], x[3], x[4]), new Operand([2, 3]), new([2, 4]), new([12, 3]),
            new([12, 4], -1, 1), new([24])) { Ulps = 64 },
        new("lstm-cell", x => LstmCell(x[0], x[1], x[2], x[3], x[4], x[5], x[6]) is var (h, c) ? Flat(h, c) : x[0],
            new Operand([2, 3]), new([2, 4]), new([2, 4]), new([16, 3]), new([16, 4], -1, 1), new([32]), new([12])) { Ulps = 64 },
        new("rnn", x => Rnn(x[0], x[1], x[2], x[3], initialH: x[4]) is var (y, h) ? Flat(y, h) : x[0],
            new Operand([3, 2, 3]), new([1, 4, 3]), new([1, 4, 4], -1, 1), new([1, 8]), new([1, 2, 4])) { Ulps = 64 },
        new("rnn of a symbolic batch, reverse", x => Rnn(x[0], BroadcastTo(x[1], [1, 4, 3]), BroadcastTo(x[2], [1, 4, 4]),
                options: new() { BatchFirst = true, Direction = RecurrentDirection.Reverse }).Y,
            new Operand([3, 2, 3]), new([]), new([], -0.3, 0.3)) { Ulps = 64, RowSymbol = "batch" },
        new("rnn of sequences of several lengths, both ways",
            x => Rnn(x[0], x[1], x[2], lengths: x[3], options: Both with { Clip = 0.9 }) is var (y, h) ? Flat(y, h) : x[0],
            new Operand([3, 2, 3]), new([2, 4, 3]), new([2, 4, 4], -1, 1), Operand.Positions([2], 0, 3)) { Ulps = 64 },
        new("gru", x => Gru(x[0], x[1], x[2], x[3], initialH: x[4]) is var (y, h) ? Flat(y, h) : x[0],
            new Operand([3, 2, 3]), new([1, 12, 3]), new([1, 12, 4], -1, 1), new([1, 24]), new([1, 2, 4])) { Ulps = 64 },
        new("gru, linear before reset, gates of PyTorch, both ways", x => Gru(x[0], x[1], x[2], x[3], x[4],
                options: Both with { LinearBeforeReset = true, Gates = GateOrder.PyTorch, BatchFirst = true }) is var (
                y, h) ? Flat(y, h) : x[0],
            new Operand([2, 3, 3]), new([2, 6, 3]), new([2, 6, 2], -1, 1), new([2, 12]), Operand.Positions([2], 1, 3)) { Ulps = 64 },
        new("lstm", x => Lstm(x[0], x[1], x[2], x[3]) is var (y, h, c) ? Flat(y, h, c) : x[0],
            new Operand([3, 2, 3]), new([1, 16, 3]), new([1, 16, 4], -1, 1), new([1, 32])) { Ulps = 64 },
        new("lstm with peepholes, both ways",
            x => Lstm(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], Both) is var (y, h, c) ? Flat(y, h, c) : x[0],
            new Operand([3, 2, 3]), new([2, 8, 3]), new([2, 8, 2], -1, 1), new([2, 16]), Operand.Positions([2], 1, 3),
            new([2, 2, 2]), new([2, 2, 2]), new([2, 6])) { Ulps = 64 },
        new("lstm with coupled gates of PyTorch and other activations",
            x => Lstm(x[0], x[1], x[2], options: new() { InputForget = true, Gates = GateOrder.PyTorch,
                Activations = [RecurrentActivation.Of("HardSigmoid", 0.1), RecurrentActivation.Of("Softsign"),
                    RecurrentActivation.Of("ScaledTanh", 1.2, 0.7)] }) is var (y, h, c) ? Flat(y, h, c) : x[0],
            new Operand([3, 2, 3], -1, 1), new([1, 8, 3], -1, 1), new([1, 8, 2], -1, 1)) { Ulps = 64 },
    ];

    private static Node Flat(AttentionResults r) => Flat(r.Y, r.PresentKey, r.PresentValue, r.Scores);

    // Several results as one, so that a case covers all of them.
    private static Node Flat(params Node[] results) => Concat([.. results.Select(r => Reshape(r, [r.Shape.ElementCount]))]);

    private static Node Scalars(long n, Node like, double value) => BroadcastTo(Scalar(like.DType, value), [n]);
}
