using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Windows whose positions are data: regions of interest, and convolutions with an offset per element.</summary>
internal static class Regions
{
    public static IEnumerable<Importer> All =>
    [
        One("RoiAlign", x => RoiAlign(x, halfPixel: false), until: 15),
        One("RoiAlign", x => RoiAlign(x, x.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel"), since: 16),
        One("DeformConv", DeformConv),
    ];

    // K. He et al., "Mask R-CNN", 2017: every bin of a region is the mean or maximum of a few interpolated samples.
    private static Node RoiAlign(OnnxNode x, bool halfPixel)
    {
        var (images, regions) = (x[0], x[1]);
        int height = Size(x, "output_height", 1), width = Size(x, "output_width", 1), samples = Size(x, "sampling_ratio", 0);
        if (samples == 0)
            throw x.Unsupported("a number of samples that depends on the region (sampling_ratio = 0)");
        double scale = x.Number("spatial_scale", 1), offset = halfPixel ? 0.5 : 0;
        Node Corner(int i) => Ops.Slice(regions, 1, i, i + 1) * scale - offset;
        Node Centres(int low, int high, int bins)
        {
            Node extent = Corner(high) - Corner(low);
            Node whole = halfPixel ? extent : Ops.Maximum(extent, 1);
            return Corner(low) + (Ops.Iota([1, bins * samples], 1, regions.DType) + 0.5) * (whole / (bins * samples));
        }
        Node rows = Centres(1, 3, height), columns = Centres(0, 2, width);
        Dim count = regions.Shape[0], m = height * samples, n = width * samples;
        Node Spread(Node v, int axis) => Ops.Reshape(Ops.BroadcastTo(Ops.ExpandDims(v, axis), [count, m, n]), [count, m * n]);
        var chosen = Ops.Gather(images, x[2]);
        (Node Position, Node Weight)[][] neighbours =
            [Neighbours(Spread(rows, 2), images.Shape[2]), Neighbours(Spread(columns, 1), images.Shape[3])];
        bool largest = x.Text("mode", "avg") == "max";
        Node y = largest ? Largest(neighbours, p => Sampling.Pixels(chosen, p))
            : Sampling.Combined(neighbours, p => Sampling.Pixels(chosen, p));
        Node cells = Ops.Reshape(y, [count, images.Shape[1], height, samples, width, samples]);
        return largest ? Ops.Max(cells, [3, 5]) : Ops.Mean(cells, [3, 5]);
    }

    // Linear interpolation on an axis whose ends extend by a pixel; beyond, everything counts 0.
    private static (Node Position, Node Weight)[] Neighbours(Node at, Dim extent)
    {
        Node last = Ops.Extent(extent - 1, at.DType), count = Ops.Extent(extent, at.DType);
        Node alive = Ops.Convert(Ops.And(at >= -1, at <= count), at.DType);
        Node inside = Ops.Clamp(at, Ops.Scalar(at.DType, 0), last);
        return [.. Sampling.Linear(inside).Select(n => (n.Position, n.Weight * alive))];
    }

    // The largest weighted neighbour, not their sum: as the operator's maximum is defined.
    private static Node Largest((Node Position, Node Weight)[][] neighbours, Func<Node[], Node> read)
    {
        var parts = from row in neighbours[0] from column in neighbours[1]
                    select read([row.Position, column.Position]) * Ops.ExpandDims(row.Weight * column.Weight, 1);
        return parts.Aggregate((a, b) => Ops.Maximum(a, b));
    }

    // J. Dai et al., "Deformable Convolutional Networks", 2017: each element of a window is read where its offset says,
    // and the windows are multiplied with the filters.
    private static Node DeformConv(OnnxNode x)
    {
        var (images, filters, offsets, mask) = (x[0], x[1], x[2], x.Optional(4));
        if (images.Rank != 4)
            throw x.Unsupported($"images {images.Shape} of other than two spatial axes");
        var window = x.Window(Convolutions.Filter(x));
        int groups = Size(x, "group", 1), offsetGroups = Size(x, "offset_group", 1), taps = (int)window.Count;
        Dim n = images.Shape[0], h = offsets.Shape[2], w = offsets.Shape[3], c = images.Shape[1],
            share = Dim.FloorDivide(c, offsetGroups);
        x.Charge(16L * taps * offsetGroups);
        var bias = x.Optional(3);
        var shifts = Ops.Reshape(offsets, [n, offsetGroups, taps, 2, h, w]);
        var cells = new List<Node>();
        for (int tap = 0; tap < taps; tap++)
        {
            var perGroup = Enumerable.Range(0, offsetGroups)
                .Select(g => Cell(x, window, Ops.Slice(images, 1, g * share, (g + 1) * share), shifts, mask, g, tap));
            cells.Add(Ops.Concat([.. perGroup], 1));
        }
        var columns = Ops.Reshape(Ops.Stack([.. cells], 2), [n, groups, Dim.FloorDivide(c, groups) * taps, h * w]);
        var matrix = Ops.Reshape(filters, [groups, Dim.FloorDivide(filters.Shape[0], groups), filters.Shape[1] * taps]);
        var y = Ops.Reshape(Ops.MatMul(matrix, columns), [n, filters.Shape[0], h, w]);
        return bias is null ? y : y + Ops.Reshape(bias, [bias.Shape[0], 1, 1]);
    }

    // One element of all windows for one group of channels: [n, channels, h * w].
    private static Node Cell(OnnxNode x, SlidingWindow window, Node images, Node shifts, Node? mask, int group, int tap)
    {
        Dim n = shifts.Shape[0], h = shifts.Shape[4], w = shifts.Shape[5];
        Node At(int axis)
        {
            int element = axis == 0 ? tap / window.Size[1] : tap % window.Size[1];
            Node start = Ops.Iota([n, h, w], 1 + axis, images.DType) * window.Stride[axis]
                + (element * window.Dilation[axis] - window.Low[axis]);
            var shift = Ops.Reshape(Ops.Slice(shifts, [0, group, tap, axis, 0, 0], [n, 1, 1, 1, h, w]), [n, h, w]);
            return Ops.Reshape(start + shift, [n, h * w]);
        }
        (Node Position, Node Weight)[] Neighbours(int axis) =>
            [.. Sampling.Linear(At(axis))
                .Select(p => (p.Position, p.Weight * Sampling.Inside(p.Position, images.Shape[2 + axis])))];
        Node read = Sampling.Combined([Neighbours(0), Neighbours(1)], p => Sampling.Pixels(images, p));
        if (mask is null)
            return read;
        int channel = group * (int)window.Count + tap;
        return read * Ops.Reshape(Ops.Slice(mask, 1, channel, channel + 1), [n, 1, h * w]);
    }

    private static int Size(OnnxNode x, string name, int otherwise) => x.Int(name, otherwise)
        is >= 0 and <= 1 << 16 and var n ? (int)n : throw x.Error($"{name} is {x.Int(name, otherwise)}");
}
