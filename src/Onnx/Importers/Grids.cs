using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Images seen through grids of positions from -1 to 1, and grids of affine maps.</summary>
internal static class Grids
{
    public static IEnumerable<Importer> All => [One("GridSample", GridSample), One("AffineGrid", AffineGrid)];

    // Images [n, c, spatial..], grid [n, results.., k] with the last spatial axis first.
    private static Node GridSample(OnnxNode x)
    {
        var (images, grid) = (x[0], x[1]);
        int axes = images.Rank - 2;
        if (axes < 1 || grid.Rank != images.Rank || grid.Shape[-1] != axes)
            throw x.Error($"a grid {grid.Shape} does not fit images {images.Shape}");
        bool corners = x.Flag("align_corners");
        string mode = x.Text("mode", "linear"), padding = x.Text("padding_mode", "zeros");
        var flat = Ops.Reshape(grid, [grid.Shape[0], Layout.Count(grid.Shape.Skip(1).Take(axes)), axes]);
        var edges = Enumerable.Range(0, axes)
            .Select(a => new GridAxis(images.Shape[2 + a], corners, padding, images.DType)).ToArray();
        var at = edges.Select((edge, a) => edge.Position(Ops.Squeeze(Ops.Slice(flat, 2, axes - 1 - a, axes - a), [2]))).ToArray();
        x.Charge((long)Math.Pow(4, axes));
        Node y = mode switch
        {
            "nearest" => Read(images, edges, [.. at.Select((p, a) => edges[a].Brought(Ops.Round(p)))]),
            "linear" or "bilinear" =>
                Sampling.Combined([.. at.Select((p, a) => Sampling.Linear(edges[a].Brought(p)))], p =>
                Read(images, edges, p)),
            "cubic" or "bicubic" => Sampling.Combined([.. at.Select(Sampling.Cubic)], p => Read(images, edges, p)),
            _ => throw x.Unsupported($"mode '{mode}'"),
        };
        return Ops.Reshape(y, [images.Shape[0], images.Shape[1], .. grid.Shape.Skip(1).Take(axes)]);
    }

    // Neighbours of a position inside may lie outside: they follow the padding too.
    private static Node Read(Node images, GridAxis[] edges, Node[] at)
    {
        var pixels = Sampling.Pixels(images, [.. at.Select((p, a) => Ops.Round(edges[a].Brought(p)))]);
        var inside = at.Select((p, a) => edges[a].Weight(p)).Aggregate((a, b) => a is null ? b : b is null ? a : a * b);
        return inside is null ? pixels : pixels * Ops.ExpandDims(inside, 1);
    }

    // theta [n, k, k + 1] applied to the grid of a size [n, c, spatial..].
    private static Node AffineGrid(OnnxNode x)
    {
        var (theta, size) = (x[0], x.Longs(1));
        int axes = size.Length - 2;
        if (axes is < 1 or > 3 || theta.Rank != 3 || theta.Shape[1] != axes || theta.Shape[2] != axes + 1 || size
            .Any(n => n is < 0 or > 1 << 24))
            throw x.Error($"maps {theta.Shape} do not fit a size [{string.Join(", ", size)}]");
        bool corners = x.Flag("align_corners");
        Shape spatial = Shape.Of(size.Skip(2).Select(Dim.Of));
        var columns = Enumerable.Range(0, axes).Reverse().Select(a => Centres(theta.DType, spatial, a, size[2 + a], corners))
            .Append(Ops.BroadcastTo(Ops.Scalar(theta.DType, 1), spatial));
        var points = Ops.Reshape(Ops.Stack([.. columns], axes), [1, Layout.Count(spatial), axes + 1]);
        return Ops.Reshape(Ops.MatMul(points, Ops.Transpose(theta, [0, 2, 1])), [theta.Shape[0], .. spatial, axes]);
    }

    // From -1 to 1 between the outermost centres, or between the outermost edges.
    private static Node Centres(DType dtype, Shape spatial, int axis, long extent, bool corners)
    {
        Node i = Ops.Iota(spatial, axis, dtype);
        return !corners ? (2 * i + (1 - extent)) / extent : extent > 1 ? 2 * i / (extent - 1) - 1 : Ops.FillLike(i, -1);
    }
}
