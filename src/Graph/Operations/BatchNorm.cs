using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Normalisation of each channel over a batch: by statistics that are given, or by those of the batch itself.</content>
public static partial class Ops
{
    /// <summary>
    /// Batch normalisation by given statistics, as in inference: <c>y = (x - mean) / √(variance + epsilon) · gamma +
    /// beta</c> per channel.
    /// </summary>
    /// <remarks>S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015. The scale is computed once per channel.</remarks>
    /// <param name="x">Floats, [batch, channels, ..] unless <paramref name="axis"/> says otherwise.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="gamma">Scale, [channels]; 1 if not given.</param>
    /// <param name="beta">Shift, [channels]; 0 if not given.</param>
    /// <param name="epsilon">Stands in the root.</param>
    /// <param name="axis">The axis of channels; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, x is no float, or a parameter does not hold one value per
    /// channel.</exception>
    public static Node BatchNorm(Node x, Node mean, Node variance, Node? gamma = null, Node? beta = null,
        double epsilon = 1e-5, int axis = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int channel = AxisOf("batch-norm", x, axis, x.Rank, origin);
        DemandFits("batch-norm", origin, x, "a list of channels", [x.Shape[channel]], mean, variance, gamma, beta);
        return Call.OfSome("batch-norm", origin, [x, mean, variance, gamma, beta], a =>
        {
            Node scale = Rsqrt(a[2]! + epsilon);
            scale = a[3] is { } g ? scale * g : scale;
            Node deviation = a[0]! - Along(a[1], channel, x.Rank)!;
            return [ScaledAndShifted(deviation, Along(scale, channel, x.Rank), Along(a[4], channel, x.Rank))];
        })[0];
    }

    /// <summary>
    /// Batch normalisation by the statistics of the batch, as in training, and running statistics for later inference.
    /// </summary>
    /// <remarks>
    /// Running statistics follow <c>momentum · old + (1 - momentum) · new</c>, as in ONNX; PyTorch calls 1 - momentum the momentum.
    /// The variance that normalises divides by n. That which runs does so too, as in ONNX, or by n - 1 if asked, as in PyTorch.
    /// Derivatives reach the batch also through the running statistics; stop them with <see cref="StopGradient"/> where
    /// they are fed to a loss.
    /// </remarks>
    /// <param name="x">Floats, [batch, channels, ..] unless <paramref name="axis"/> says otherwise.</param>
    /// <param name="runningMean">[channels], before this batch.</param>
    /// <param name="runningVariance">[channels], before this batch.</param>
    /// <param name="gamma">Scale, [channels]; 1 if not given.</param>
    /// <param name="beta">Shift, [channels]; 0 if not given.</param>
    /// <param name="epsilon">Stands in the root.</param>
    /// <param name="momentum">The part of the running statistics that stays.</param>
    /// <param name="unbiased">Whether the running variance takes n - 1 as its divisor.</param>
    /// <param name="axis">The axis of channels; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>The normalised batch, and the running statistics after it: values for updates of two variables.</returns>
    /// <exception cref="GraphException">There is no such axis, x is no float, or a parameter does not hold one value per
    /// channel.</exception>
    public static (Node Y, Node RunningMean, Node RunningVariance) BatchNormTraining(Node x, Node runningMean, Node runningVariance,
        Node? gamma = null, Node? beta = null, double epsilon = 1e-5, double momentum = 0.9, bool unbiased = false, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int channel = AxisOf("batch-norm-training", x, axis, x.Rank, origin);
        DemandFits("batch-norm-training", origin, x, "a list of channels", [x.Shape[channel]],
            runningMean, runningVariance, gamma, beta);
        Axes others = [.. Enumerable.Range(0, x.Rank).Where(a => a != channel)];
        var results = Call.OfSome("batch-norm-training", origin, [x, runningMean, runningVariance, gamma, beta], a =>
        {
            var (y, mean, _) = Standardised(a[0]!, others, epsilon);
            Node variance = Variance(a[0]!, others, correction: unbiased ? 1 : 0);
            return
            [
                ScaledAndShifted(y, Along(a[3], channel, x.Rank), Along(a[4], channel, x.Rank)),
                momentum * a[1]! + (1 - momentum) * Reshape(mean, a[1]!.Shape), momentum * a[2]! + (1 - momentum) * variance,
            ];
        });
        return (results[0], results[1], results[2]);
    }

    // A value per position of one axis, shaped so that it broadcasts against a tensor of the given rank.
    private static Node? Along(Node? perPosition, int axis, int rank) =>
        perPosition is null ? null
        : Reshape(perPosition, Shape.Of(Enumerable.Range(0, rank).Select(a => a == axis ? perPosition.Shape[0] : Dim.One)));
}
