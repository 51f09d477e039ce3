using System.Collections.Immutable;

namespace Adjoint.Codegen;

/// <summary>Windows that follow each other along the innermost of their axes: neighbours in a row, or all taps of a channel.</summary>
/// <param name="Axes">How many of the innermost axes these are. Where there are several, a tile takes all of a line.</param>
/// <param name="Across">Windows per line.</param>
internal readonly record struct WindowLine(int Axes, long Across)
{
    /// <summary>The lines that tiles can walk along, given the extent of each axis of windows, outermost first.</summary>
    public static IEnumerable<WindowLine> Of(IReadOnlyList<(Dim Extent, Dim Stride)> windows)
    {
        long across = 1;
        for (int axes = 1; axes <= windows.Count && windows[^axes].Extent.TryConstant(out long extent) && extent > 0; axes++)
        {
            across *= extent;
            if (axes == 1 || across <= TileShape.MostRows)
                yield return new(axes, across);
        }
    }

    /// <summary>Tiles of so many windows; the last one moves back to where it ends with the line.</summary>
    public long Tiles(int rows) => (Across + rows - 1) / rows;
}

/// <summary>
/// Windows that are the rows of a product: a tile takes neighbours in a line of them, element by element, from where they lie. No
/// position between lines is lost, and any strides and dilations will do, as no register holds elements of several windows.
/// </summary>
/// <param name="Source">Where; columns are windows, and the innermost axes of them run along lines.</param>
/// <param name="Batch">Extents of the batch axes.</param>
/// <param name="Line">Which axes lines are.</param>
internal sealed record WindowLines(WindowPanels Source, ImmutableArray<Amount> Batch, WindowLine Line)
{
    /// <summary>The axes of windows outside of lines.</summary>
    public IReadOnlyList<AxisPart> Lines => [.. Source.Columns.SkipLast(Line.Axes)];

    /// <summary>The axes of a line.</summary>
    public IReadOnlyList<AxisPart> Along => [.. Source.Columns.TakeLast(Line.Axes)];

    /// <summary>The axes of the batch.</summary>
    public IReadOnlyList<AxisPart> Matrices => [.. Batch.Zip(Source.Batch, (extent, stride) => new AxisPart(extent, stride))];

    public override string ToString() => $"batch {string.Join(" ", Batch)} {Line} from {Source}";
}
