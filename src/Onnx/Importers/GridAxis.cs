namespace Adjoint.Onnx.Importers;

/// <summary>One spatial axis of images under a grid: from grid positions to pixels, and what lies outside.</summary>
/// <param name="Extent">Its pixels.</param>
/// <param name="Corners">Whether -1 and 1 are the centres of the outermost pixels, or else their edges.</param>
/// <param name="Padding">zeros, border or reflection.</param>
/// <param name="DType">The type of positions.</param>
internal sealed record GridAxis(Dim Extent, bool Corners, string Padding, DType DType)
{
    private Node Count => Ops.Extent(Extent, DType);

    /// <summary>The position among the pixels.</summary>
    public Node Position(Node grid) => Corners ? (grid + 1) / 2 * (Count - 1) : ((grid + 1) * Count - 1) / 2;

    /// <summary>A position brought inside, where the padding is made of the image itself.</summary>
    public Node Brought(Node at) => Padding switch
    {
        "zeros" => at,
        "border" => Ops.Where(Ops.Or(at < Low, at > High), Ops.Clamp(at, Ops.Scalar(DType, 0), Count - 1), at),
        "reflection" => Ops.Where(Ops.Or(at < Low, at > High), Reflected(at), at),
        _ => throw new NotSupportedException($"padding_mode '{Padding}' is not known"),
    };

    /// <summary>What a pixel at a whole position counts, or null for 1.</summary>
    public Node? Weight(Node at) => Padding == "zeros" ? Sampling.Inside(at, Extent) : null;

    private Node Low => Ops.Scalar(DType, Corners ? 0 : -0.5);

    private Node High => Corners ? Count - 1 : Count - 0.5;

    // Mirrored to and fro between the outermost pixels: a triangle wave. On a single pixel everything is that pixel.
    private Node Reflected(Node at)
    {
        Node span = Ops.Maximum(High - Low, 0.5), beyond = at - Low;
        Node phase = beyond - 2 * span * Ops.Floor(beyond / (2 * span));
        return Low + Ops.Minimum(phase, 2 * span - phase);
    }
}
