using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <content>Normalisation of each example's channels, alone or in groups.</content>
public static partial class Ops
{
    /// <summary>
    /// Instance normalisation: each channel of each example by its own mean and variance, then scaled and shifted per
    /// channel.
    /// </summary>
    /// <remarks>D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance Normalization", 2016.</remarks>
    /// <param name="x">Floats, [batch, channels, ..] with at least one axis more.</param>
    /// <param name="gamma">Scale, [channels]; 1 if not given.</param>
    /// <param name="beta">Shift, [channels]; 0 if not given.</param>
    /// <param name="epsilon">Stands in the root.</param>
    /// <param name="axis">The axis of channels, not 0; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, nothing to average over, x is no float, or a parameter does
    /// not hold one value per channel.</exception>
    public static Node InstanceNorm(Node x, Node? gamma = null, Node? beta = null, double epsilon = 1e-5, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int channel = ChannelOf("instance-norm", x, axis, origin);
        if (x.Rank < 3)
            throw GraphException.For("instance-norm", [x], origin,
                $"x has {x.Rank} axes, so a channel of an example is one element", "give it an axis besides batch and channels");
        DemandFits("instance-norm", origin, x, "a list of channels", [x.Shape[channel]], gamma, beta);
        return Call.OfSome("instance-norm", origin, [x, gamma, beta], a =>
        {
            Node y = Standardised(a[0]!, [.. Enumerable.Range(1, x.Rank - 1).Where(i => i != channel)], epsilon).Y;
            return [ScaledAndShifted(y, Along(a[1], channel, x.Rank), Along(a[2], channel, x.Rank))];
        })[0];
    }

    /// <summary>
    /// Group normalisation: the channels of each example in groups of neighbours, each by its own mean and variance.
    /// </summary>
    /// <remarks>
    /// Y. Wu, K. He, "Group Normalization", ECCV 2018. Scale and shift are per channel; of as
    /// many values as there are groups they are per group, as ONNX had it before opset 21.
    /// </remarks>
    /// <param name="x">Floats, [batch, channels, ..].</param>
    /// <param name="groups">How many; divides the channels.</param>
    /// <param name="gamma">Scale, [channels] or [groups]; 1 if not given.</param>
    /// <param name="beta">Shift, [channels] or [groups]; 0 if not given.</param>
    /// <param name="epsilon">Stands in the root.</param>
    /// <param name="axis">The axis of channels, not 0; a negative one counts from the end.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is no such axis, groups do not divide the channels, x is no float, or a
    /// parameter does not fit.</exception>
    public static Node GroupNorm(Node x, int groups, Node? gamma = null, Node? beta = null, double epsilon = 1e-5, int axis = 1,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        int channel = ChannelOf("group-norm", x, axis, origin);
        if (groups < 1 || (x.Shape[channel].TryConstant(out long channels) && channels % groups != 0))
            throw GraphException.For("group-norm", [x], origin,
                $"{x.Shape[channel]} channels are no {groups} equal groups", "give a number that divides the channels");
        foreach (var p in new[] { gamma, beta })
            DemandFits("group-norm", origin, x, "a list of channels", p?.Shape == [groups] ? [groups] : [x.Shape[channel]], p);
        return Call.OfSome("group-norm", origin, [x, gamma, beta], a => [Grouped(a[0]!, a[1], a[2], groups, channel, epsilon)])[0];
    }

    private static Node Grouped(Node x, Node? gamma, Node? beta, int groups, int channel, double epsilon)
    {
        Shape split = [.. x.Shape.Take(channel), groups, Dim.FloorDivide(x.Shape[channel], groups), .. x.Shape.Skip(channel + 1)];
        Axes others = [.. Enumerable.Range(1, x.Rank).Where(a => a != channel)];
        Node y = Standardised(Reshape(x, split), others, epsilon).Y;
        // One value per group or per channel, against y with its channels still in groups.
        Node? Fitted(Node? p) => p is null ? null : Reshape(p, Shape.Of(Enumerable.Range(0, y.Rank).Select(a =>
            a == channel ? groups : a == channel + 1 ? Dim.FloorDivide(p.Shape[0], groups) : Dim.One)));
        return Reshape(ScaledAndShifted(y, Fitted(gamma), Fitted(beta)), x.Shape);
    }

    private static int ChannelOf(string title, Node x, int axis, Origin origin) =>
        AxisOf(title, x, axis, x.Rank, origin) is > 0 and var channel ? channel
        : throw GraphException.For(title, [x], origin, "axis 0 is the batch, whose examples do not mix", "give channels another axis");
}
