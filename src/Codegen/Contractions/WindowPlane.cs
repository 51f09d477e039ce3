namespace Adjoint.Codegen;

/// <summary>
/// Windows side by side, and one row of them below the other, as positions along their memory: a window is one element further on than its
/// left neighbour, and a pitch further on than the one above. Between the last of a row and the first of the next lie a few
/// positions that are no windows; what tiles sum up there is not stored.
/// </summary>
/// <param name="Axes">How many of the innermost axes of columns these are.</param>
/// <param name="Down">Rows of windows.</param>
/// <param name="Across">Windows per row.</param>
/// <param name="Pitch">Elements from one row of windows to the next.</param>
internal sealed record WindowPlane(int Axes, long Down, long Across, long Pitch)
{
    /// <summary>
    /// What packing a register costs in multiply-adds of registers: so
    /// many rows of a tile may be lost on positions that are no windows.
    /// </summary>
    private const double PackingCost = 10;

    /// <summary>The same in cycles.</summary>
    public const double PackingCycles = PackingCost / 2;

    /// <summary>Positions from the first window to the last, both counted.</summary>
    public long Positions => (Down - 1) * Pitch + Across;

    /// <summary>How many planes so many windows are; one where that is not known.</summary>
    public long Planes(Dim windows) => windows.TryConstant(out long n) ? n / (Down * Across) : 1;

    /// <summary>Panels of so many positions; the last one moves back to where it ends with the last position.</summary>
    public long Panels(int columns) => (Positions + columns - 1) / columns;

    /// <summary>
    /// The windows that tiles of a product of so many rows read where they lie; null where packing them is cheaper: where neighbours are no
    /// neighbours in memory, or too many positions would be lost.
    /// </summary>
    /// <param name="columns">Extent of each axis of columns and bytes per step of it, outermost first.</param>
    /// <param name="elementSize">Bytes per element.</param>
    /// <param name="rows">Rows of the product.</param>
    public static WindowPlane? Of(IReadOnlyList<(Dim Extent, Dim Stride)> columns, int elementSize, Dim rows)
    {
        if (columns.Count == 0 || columns[^1].Stride != Dim.Of(elementSize)
            || !columns[^1].Extent.TryConstant(out long across) || across < 1)
            return null;
        List<WindowPlane> planes = [new(1, 1, across, across)];
        if (columns.Count > 1 && columns[^2].Extent.TryConstant(out long down) && columns[^2].Stride.TryConstant(out long bytes)
            && down > 0 && bytes >= across * elementSize && bytes % elementSize == 0)
            planes.Insert(0, new(2, down, across, bytes / elementSize));   // first: of equals the larger plane
        int perLine = Memory.LineBytes / elementSize;
        double most = PackingCost / (rows.TryConstant(out long m) ? Math.Max(m, 1) : long.MaxValue);
        return planes.Where(p => p.Positions >= perLine && p.Lost(perLine) <= most).MinBy(p => p.Lost(perLine));
    }

    // Of whole lines, the part that is no windows, relative to the windows.
    private double Lost(int perLine) => Math.Ceiling((double)Positions / perLine) * perLine / (Down * Across) - 1;
}

/// <summary>Windows that tiles read where they lie.</summary>
/// <param name="Source">Where; the innermost axes of columns are the plane.</param>
/// <param name="Batch">Extents of the batch axes.</param>
/// <param name="Plane">How they lie along the innermost axes.</param>
internal sealed record WindowsInPlace(WindowPanels Source, System.Collections.Immutable.ImmutableArray<Amount> Batch, WindowPlane Plane)
{
    /// <summary>The axes of columns outside of planes.</summary>
    public IReadOnlyList<AxisPart> Planes => [.. Source.Columns.SkipLast(Plane.Axes)];

    /// <summary>The axes of the batch.</summary>
    public IReadOnlyList<AxisPart> Matrices => [.. Batch.Zip(Source.Batch, (extent, stride) => new AxisPart(extent, stride))];

    public override string ToString() => $"batch {string.Join(" ", Batch)} from {Source}, {Plane}";
}
