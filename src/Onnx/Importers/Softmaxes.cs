using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Softmax and its relatives. Before version 13 they flatten to rows first: what lies before the axis, and all from it on.</summary>
internal static class Softmaxes
{
    public static IEnumerable<Importer> All =>
    [
        .. Both("Softmax", (x, axis) => Ops.Softmax(x, axis)),
        .. Both("LogSoftmax", (x, axis) => Ops.LogSoftmax(x, axis)),
        .. Both("Hardmax", Hardmax),
    ];

    private static IEnumerable<Importer> Both(string name, Func<Node, int, Node> apply) =>
    [
        One(name, x => Flattened(x, apply), until: 12),
        One(name, x => apply(x[0], x.Axis(x.Int("axis", -1), x[0].Rank)), since: 13),
    ];

    private static Node Flattened(OnnxNode x, Func<Node, int, Node> apply)
    {
        var rows = Layout.Flatten(x[0], x.Axis(x.Int("axis", 1), x[0].Rank + 1));
        return Ops.Reshape(apply(rows, 1), x[0].Shape);
    }

    // One at the first largest, zeros elsewhere.
    private static Node Hardmax(Node x, int axis) => Ops.Convert(
        Ops.Equal(Ops.Iota(x.Shape, axis, DType.Int64), Ops.ArgMax(x, axis, keepDims: true)), x.DType);
}
