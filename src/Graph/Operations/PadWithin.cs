using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Where padding comes from when it is made of the tensor itself.</summary>
public enum PadMode
{
    /// <summary>Mirrored at the outermost elements, which are not repeated: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>The outermost element again and again: a a | a b c | c c.</summary>
    Edge,

    /// <summary>From the other end: b c | a b c | a b.</summary>
    Wrap,
}

public static partial class Ops
{
    /// <summary>
    /// Surrounds a tensor with copies of its own elements; their cotangents go back to where they came from. Negative
    /// numbers crop.
    /// </summary>
    /// <param name="x">A tensor; padded axes are not empty.</param>
    /// <param name="low">Per axis: how many are put before the first element.</param>
    /// <param name="high">Per axis: how many are put after the last element.</param>
    /// <param name="mode">Which elements.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <remarks>Mirrors and repetitions go on as far as needed where the extent is a number; along a symbol they go as
    /// far as the elements last.</remarks>
    /// <exception cref="GraphException">There is not one padding per axis, or an axis has nothing to pad
    /// with.</exception>
    public static Node Pad(Node x, Shape low, Shape high, PadMode mode,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        if (low.Rank != x.Rank || high.Rank != x.Rank)
            throw GraphException.For("pad", [x], origin,
                $"{x.Shape} has {x.Rank} axes, but there are {low.Rank} low and {high.Rank} high paddings",
                "give one per axis");
        var y = x;
        for (int axis = 0; axis < x.Rank; axis++)
            y = PadAxis(y, axis, mode, Positive(low[axis]), Positive(high[axis]));
        return Pad(y, 0, Shape.Of(low.Select(d => Dim.Zero - Cropped(d))),
            Shape.Of(high.Select(d => Dim.Zero - Cropped(d))));
    }

    private static Node PadAxis(Node x, int axis, PadMode mode, Dim low, Dim high)
    {
        if (low == Dim.Zero && high == Dim.Zero)
            return x;
        if (x.Shape[axis] == Dim.Zero)
            throw GraphException.For("pad", [x], Origin.At("", 0),
                $"axis {axis} is empty, so there is nothing to pad with", "pad with a value instead");
        var n = x.Shape[axis];
        return Concat([.. Padding(x, axis, mode, 0 - low, low), x, .. Padding(x, axis, mode, n, high)], axis);
    }

    // Elements at positions start, start + 1, ... outside the tensor, as runs of neighbours, forward or backward.
    private static IEnumerable<Node> Padding(Node x, int axis, PadMode mode, Dim start, Dim count)
    {
        if (count == Dim.Zero)
            return [];
        if (mode == PadMode.Edge || x.Shape[axis] == Dim.One)
            return [BroadcastTo(Run(x, axis, start.Equals(x.Shape[axis]) ? start - 1 : 0, 1),
                x.Shape.With(axis, count))];
        if (x.Shape[axis].TryConstant(out long n) && count.TryConstant(out long length))
            return Runs([.. Enumerable.Range(0, (int)length).Select(i =>
                Inside(mode, start.Constant + i, n))]).Select(r => Run(x, axis, r.Start, r.Length, r.Step));
        bool after = start == x.Shape[axis];
        return [mode == PadMode.Wrap ? Run(x, axis, after ? 0 : x.Shape[axis] - count, count)
            : Run(x, axis, after ? x.Shape[axis] - 2 : count, count, -1)];
    }

    // The position inside that a position outside stands for.
    private static long Inside(PadMode mode, long position, long n)
    {
        long period = mode == PadMode.Wrap ? n : 2 * (n - 1);
        long p = (position % period + period) % period;
        return p < n ? p : period - p;
    }

    private static IEnumerable<(long Start, long Length, int Step)> Runs(long[] positions)
    {
        for (int from = 0, to; from < positions.Length; from = to)
        {
            int step = from + 1 < positions.Length && positions[from + 1] - positions[from] is var d
                && Math.Abs(d) == 1 ? (int)d : 1;
            for (to = from + 1; to < positions.Length && positions[to] - positions[to - 1] == step;)
                to++;
            yield return (positions[from], to - from, step);
        }
    }

    /// <summary>
    /// Cuts or pads both ends of axes to given extents; of an odd difference the smaller half is at the beginning.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="shape">The extents wanted, one per axis of <paramref name="axes"/>.</param>
    /// <param name="axes">Which axes; all by default.</param>
    /// <param name="value">What to pad with.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <exception cref="GraphException">There is not one extent per axis, or symbols do not say whether to cut or
    /// pad.</exception>
    public static Node CenterCropPad(Node x, Shape shape, Axes? axes = null, double value = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        using var _ = Origin.Under(origin);
        int[] along = [.. (axes ?? Axes.All(x.Rank)).Select(a => AxisOf("center-crop-pad", x, a, x.Rank, origin))];
        if (along.Length != shape.Rank)
            throw GraphException.For("center-crop-pad", [x], origin,
                $"there are {shape.Rank} extents for {along.Length} axes", "give one per axis");
        Dim[] low = [.. Enumerable.Repeat(Dim.Zero, x.Rank)], high = [.. low];
        foreach (var (axis, wanted) in along.Zip(shape))
        {
            if (!(wanted - x.Shape[axis]).TryConstant(out long more))
                throw GraphException.For("center-crop-pad", [x], origin,
                    $"axis {axis} has {x.Shape[axis]} elements, {wanted} are wanted",
                        "give extents whose difference is a number");
            (low[axis], high[axis]) = (more / 2, more - more / 2);
        }
        return Pad(x, value, Shape.Of(low), Shape.Of(high));
    }
}
