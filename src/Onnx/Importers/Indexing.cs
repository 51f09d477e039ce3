using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Reading and writing at computed positions.</summary>
internal static class Indexing
{
    public static IEnumerable<Importer> All =>
    [
        One("Gather", Gather),
        One("GatherElements", x =>
        {
            int axis = x.Axis(x.Int("axis", 0), x[0].Rank);
            return AlongAxis(x[0], x.Positions(x[1], x[0].Shape[axis]), axis);
        }),
    ];

    private static Node Gather(OnnxNode x)
    {
        int axis = x.Axis(x.Int("axis", 0), x[0].Rank);
        return Ops.Gather(x[0], x.Positions(x[1], x[0].Shape[axis]), axis);
    }

    /// <summary>Elements at positions along an axis, the other coordinates being their own: flat positions of both, then one gather.</summary>
    public static Node AlongAxis(Node x, Node positions, int axis)
    {
        Node flat = Ops.Convert(positions, DType.Int64);
        var (at, stride) = (Ops.CheckedIndex(flat, x.Shape[axis]) * Ops.Extent(Stride(x.Shape, axis), DType.Int64), x.Shape);
        for (int a = 0; a < x.Rank; a++)
            if (a != axis)
                at += Ops.Iota(positions.Shape, a, DType.Int64) * Ops.Extent(Stride(stride, a), DType.Int64);
        return Ops.Gather(Ops.Reshape(x, [x.Shape.ElementCount]), at);
    }

    private static Dim Stride(Shape shape, int axis) => Layout.Count(shape.Skip(axis + 1));
}
