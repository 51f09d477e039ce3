using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Normalisation by batch, layer, instance, group, neighbourhood or length.</summary>
internal static class Normalisations
{
    public static IEnumerable<Importer> All =>
    [
        Many("BatchNormalization", x => BatchNorm(x, training: !x.Flag("is_test")), until: 6),
        Many("BatchNormalization", x => BatchNorm(x, training: x.Wants(1)), since: 7, until: 13),
        Many("BatchNormalization", x => BatchNorm(x, training: x.Flag("training_mode")), since: 14),
        One("InstanceNormalization", x => Ops.InstanceNorm(x[0], x[1], x[2], x.Number("epsilon", 1e-5f))),
        One("GroupNormalization", x =>
            Ops.GroupNorm(x[0], (int)Math.Clamp(x.Int("num_groups", 1), 0, int.MaxValue), x[1], x[2],
            x.Number("epsilon", 1e-5f))),
        Many("LayerNormalization", LayerNorm), One("RMSNormalization", RmsNorm),
        One("LRN", x => Ops.LocalResponseNorm(x[0], (int)Math.Clamp(x.Int("size", 1), 0, 1 << 16),
            x.Number("alpha", 1e-4f), x.Number("beta", 0.75f), x.Number("bias", 1))),
        One("LpNormalization", x => Ops.LpNormalise(x[0], x.Axis(x.Int("axis", -1), x[0].Rank), x.Int("p", 2))),
        One("MeanVarianceNormalization", x => Ops.MeanVarianceNormalise(x[0], x.Axes(x.Ints("axes") ?? [0, 2, 3], x[0].Rank))),
    ];

    private static ImmutableArray<Node> BatchNorm(OnnxNode x, bool training)
    {
        if (x.Int("spatial", 1) != 1)
            throw x.Unsupported("statistics per element (spatial = 0)");
        double epsilon = x.Number("epsilon", 1e-5f);
        if (!training)
            return [Ops.BatchNorm(x[0], x[3], x[4], x[1], x[2], epsilon)];
        var (y, mean, variance) = Ops.BatchNormTraining(x[0], x[3], x[4], x[1], x[2], epsilon, x.Number("momentum", 0.9f));
        return [y, mean, variance];
    }

    // Statistics are float32 (of the file) where the node says that it computes in it.
    private static ImmutableArray<Node> LayerNorm(OnnxNode x)
    {
        int axis = x.Axis(x.Int("axis", -1), x[0].Rank);
        var (y, mean, deviation) = Ops.LayerNormWithStatistics(x[0], epsilon: x.Number("epsilon", 1e-5f), axis: axis);
        var shifted = x.Optional(2) is { } bias ? y * x[1] + bias : y * x[1];
        Node Statistic(Node s) => x.Int("stash_type", 1) == 1 ? Ops.Convert(s, x.Float) : s;
        return [shifted, Statistic(mean), Statistic(deviation)];
    }

    private static Node RmsNorm(OnnxNode x) =>
        Ops.RmsNorm(x[0], epsilon: x.Number("epsilon", 1e-5f), axis: x.Axis(x.Int("axis", -1), x[0].Rank)) * x[1];
}
