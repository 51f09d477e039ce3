namespace Adjoint;

/// <summary>
/// How windows slide over the spatial axes of a tensor [batch, channels,
/// spatial..]: what convolutions and pools share. One number per spatial axis.
/// </summary>
/// <param name="Size">Elements per window.</param>
public sealed record SlidingWindow(Axes Size)
{
    /// <summary>Positions from one window to the next; 1 by default.</summary>
    public Axes Stride { get; init; } = All(1, Size);

    /// <summary>Positions from one element of a window to the next; 1 by default.</summary>
    public Axes Dilation { get; init; } = All(1, Size);

    /// <summary>Padding before the first position; none by default.</summary>
    public Axes Low { get; init; } = All(0, Size);

    /// <summary>Padding after the last position; none by default.</summary>
    public Axes High { get; init; } = All(0, Size);

    /// <summary>How many spatial axes there are.</summary>
    public int Rank => Size.Count;

    /// <summary>How many elements one window has, over all axes.</summary>
    public long Count => Size.Aggregate(1L, (n, k) => n * k);

    /// <summary>Whether there is one number per axis, and sizes, strides and dilations are positive.</summary>
    public bool IsWellFormed => new[] { Stride, Dilation, Low, High }.All(n => n.Count == Rank)
        && Size.Concat(Stride).Concat(Dilation).All(n => n > 0);

    /// <summary>Positions from the first to the last element of a window, both counted.</summary>
    public int Reach(int axis) => (Size[axis] - 1) * Dilation[axis] + 1;

    /// <summary>How many windows an axis of this extent has, padding included.</summary>
    public Dim Windows(int axis, Dim extent) => Dim.FloorDivide(extent + (Low[axis] + High[axis] - Reach(axis)), Stride[axis]) + 1;

    /// <summary>
    /// The same windows with as much padding as gives ceil(extent /
    /// stride) of them; the odd one goes to the end, or to the beginning.
    /// </summary>
    /// <exception cref="InvalidOperationException">An extent is symbolic.</exception>
    public SlidingWindow PaddedToSame(IEnumerable<Dim> extents, bool isOddAtEnd = true)
    {
        int[] total = [.. extents.Select((extent, a) =>
            Math.Max(0, (int)((extent.Constant + Stride[a] - 1) / Stride[a] - 1) * Stride[a] + Reach(a) - (int)extent.Constant))];
        Axes small = [.. total.Select(t => t / 2)], large = [.. total.Select(t => t - t / 2)];
        return isOddAtEnd ? this with { Low = small, High = large } : this with { Low = large, High = small };
    }

    /// <summary>
    /// The same windows with so much padding at the end that windows also cover the rest which floor division leaves. No
    /// window starts in that padding.
    /// </summary>
    /// <exception cref="InvalidOperationException">An extent is symbolic.</exception>
    public SlidingWindow RoundedUp(IEnumerable<Dim> extents) =>
        this with { High = [.. extents.Select((extent, a) => RoundedUp(a, (int)extent.Constant))] };

    private int RoundedUp(int a, int extent)
    {
        int room = extent + Low[a] + High[a] - Reach(a);
        int windows = (room + Stride[a] - 1) / Stride[a] + 1;
        if ((windows - 1) * Stride[a] >= extent + Low[a])
            windows--;
        return Math.Max(High[a], (windows - 1) * Stride[a] + Reach(a) - extent - Low[a]);
    }

    private static Axes All(int value, Axes like) => [.. like.Select(_ => value)];
}
