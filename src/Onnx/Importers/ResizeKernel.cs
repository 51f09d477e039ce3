namespace Adjoint.Onnx.Importers;

/// <summary>How one axis is resampled.</summary>
/// <param name="Axis">Which.</param>
/// <param name="From">Its extent.</param>
/// <param name="To">The extent wanted.</param>
/// <param name="Scale">The ratio that positions follow: of what was asked for, before rounding to whole extents.</param>
internal sealed record ResizeAxis(int Axis, int From, int To, double Scale)
{
    /// <summary>Where the region to crop starts, as a part of the axis.</summary>
    public double Start { get; init; }

    /// <summary>Where it ends.</summary>
    public double End { get; init; } = 1;

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => From == To && Scale == 1 && Start == 0 && End == 1;
}

/// <summary>One neighbour of every element: where it is and how much it counts.</summary>
internal sealed record ResizeTap(long[] From, double[] Weights);

/// <summary>Where elements come from and which neighbours count how much.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="NearestMode">Which of two neighbours is nearest in between.</param>
/// <param name="Coordinates">How a position in the result becomes one in the operand.</param>
internal sealed record ResizeKernel(string Mode, string NearestMode, string Coordinates)
{
    /// <summary>The parameter of the cubic: its slope at distance 1.</summary>
    public double CubicA { get; init; }

    /// <summary>
    /// Whether neighbours outside count 0 and the rest is scaled up; else the outermost element stands for them.
    /// </summary>
    public bool ExcludesOutside { get; init; }

    /// <summary>Whether the kernel is widened when shrinking.</summary>
    public bool Antialias { get; init; }

    /// <summary>Whether a region is cut out.</summary>
    public bool Crops => Coordinates == "tf_crop_and_resize";

    /// <summary>Whether an element's position lies inside the operand.</summary>
    public bool IsInside(ResizeAxis axis, int o) => Position(axis, o) is var at && at >= 0 && at <= axis.From - 1;

    /// <summary>The neighbours of all elements, those without any weight left out.</summary>
    /// <exception cref="NotSupportedException">An element would have thousands of neighbours, or there are too many in
    /// all.</exception>
    public List<ResizeTap> Taps(ResizeAxis axis)
    {
        double neighbours = Antialias ? 4 / Math.Min(axis.Scale, 1) : 4;
        if (!(neighbours <= 4096) || neighbours * axis.To > 1 << 22)
            throw new NotSupportedException($"resampling {axis.From} elements to {axis.To} by {axis.Scale} takes too many neighbours");
        var rows = Enumerable.Range(0, axis.To).Select(o => Row(axis, o)).ToArray();
        int count = rows.Length == 0 ? 1 : rows[0].Weights.Length;
        return [.. Enumerable.Range(0, count)
            .Select(k => new ResizeTap([.. rows.Select(r => Math.Clamp(r.First + k, 0L, axis.From - 1))],
                [.. rows.Select(r => r.Weights[k])]))
            .Where((tap, k) => k == 0 || Array.Exists(tap.Weights, w => w != 0))];
    }

    // First neighbour and weights of one element. A position between two neighbours is seen from the one before it, at
    // distance (0, 1], so that a whole position belongs to its left neighbour's right side.
    private (long First, double[] Weights) Row(ResizeAxis axis, int o)
    {
        double at = Position(axis, o), below = Math.Ceiling(at) - 1, ratio = at - below;
        double scale = Antialias ? Math.Min(axis.Scale, 1) : 1;
        double reach = Mode == "cubic" ? 2 : 1;
        int start = Mode == "nearest" ? 0 : (int)Math.Floor(-reach / scale) + 1;
        double[] weights = Mode == "nearest"
            ? Nearest(ratio, axis.Scale)
            : [.. Enumerable.Range(start, 2 - 2 * start).Select(i => Weight((i - ratio) * scale))];
        long first = (long)below + start;
        if (ExcludesOutside)
            weights = [.. weights.Select((w, k) => first + k < 0 || first + k >= axis.From ? 0 : w)];
        double sum = weights.Sum();
        return (first, ExcludesOutside || Antialias ? [.. weights.Select(w => w / sum)] : weights);
    }

    private double Position(ResizeAxis axis, int o)
    {
        double width = axis.Scale * axis.From, last = axis.From - 1, centred = (o + 0.5) / axis.Scale - 0.5;
        return Coordinates switch
        {
            "half_pixel" => centred,
            "asymmetric" => o / axis.Scale,
            "align_corners" => width == 1 ? 0 : o * last / (width - 1),
            "pytorch_half_pixel" => width == 1 ? -0.5 : centred,
            "half_pixel_symmetric" => axis.From / 2.0 * (1 - axis.To / width) + centred,
            "tf_half_pixel_for_nn" => (o + 0.5) / axis.Scale,
            "tf_crop_and_resize" => axis.Start * last
                + (axis.To == 1 ? (axis.End - axis.Start) * last / 2 : o * (axis.End - axis.Start) * last
                / (width - 1)),
            _ => throw new NotSupportedException($"coordinate_transformation_mode '{Coordinates}' is not known"),
        };
    }

    private double[] Nearest(double ratio, double scale) => ratio == 1 ? [0, 1] : NearestMode switch
    {
        "by_scale" => scale < 1 ? [0, 1] : [1, 0],
        "floor" => [1, 0],
        "ceil" => [0, 1],
        "round_prefer_floor" => ratio <= 0.5 ? [1, 0] : [0, 1],
        "round_prefer_ceil" => ratio < 0.5 ? [1, 0] : [0, 1],
        _ => throw new NotSupportedException($"nearest_mode '{NearestMode}' is not known"),
    };

    // R. Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE Trans. ASSP 29, 1981.
    private double Weight(double distance) => (Mode, Math.Abs(distance)) switch
    {
        ("linear", var d) => Math.Max(0, 1 - d),
        ("cubic", <= 1 and var d) => ((CubicA + 2) * d - (CubicA + 3)) * d * d + 1,
        ("cubic", < 2 and var d) => ((CubicA * d - 5 * CubicA) * d + 8 * CubicA) * d - 4 * CubicA,
        ("cubic", _) => 0,
        _ => throw new NotSupportedException($"mode '{Mode}' is not known"),
    };
}
