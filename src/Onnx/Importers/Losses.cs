using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Losses of class scores [n, c, ..] against labels [n, ..].</summary>
internal static class Losses
{
    public static IEnumerable<Importer> All =>
    [
        One("NegativeLogLikelihoodLoss", x => Loss(x, x[0])),
        Many("SoftmaxCrossEntropyLoss", x => Ops.LogSoftmax(x[0], 1) is var logs ? [Loss(x, logs), logs] : []),
    ];

    // -w[t] x[.., t, ..], where t is ignored 0; their mean is over the weights.
    private static Node Loss(OnnxNode x, Node scores)
    {
        Node labels = x[1];
        var ignored = x.Has("ignore_index") ? Ops.Equal(labels, Ops.FillLike(labels, x.Int("ignore_index", 0))) : null;
        var safe = ignored is null ? labels : Ops.Where(ignored, Ops.ZerosLike(labels), labels);
        var picked = Ops.Squeeze(Ops.GatherElements(scores, Ops.ExpandDims(safe, 1), 1), [1]);
        var weights = x.Optional(2) is { } w ? Ops.Gather(w, safe) : null;
        var loss = weights is null ? -picked : -picked * weights;
        if (ignored is not null)
        {
            weights = Ops.Where(ignored, Ops.Scalar(scores.DType, 0), weights ?? Ops.OnesLike(loss));
            loss = Ops.Where(ignored, Ops.ZerosLike(loss), loss);
        }
        return x.Text("reduction", "mean") switch
        {
            "none" => loss,
            "sum" => Ops.Sum(loss),
            "mean" => weights is null ? Ops.Mean(loss) : Ops.Sum(loss) / Ops.Sum(weights),
            var other => throw x.Unsupported($"reduction '{other}'"),
        };
    }
}
