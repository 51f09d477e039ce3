using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>
/// Softmax and its relatives. Before version 13 they flatten to rows first: what lies before the axis, and all from it
/// on.
/// </summary>
internal static class Softmaxes
{
    public static IEnumerable<Importer> All =>
    [
        .. Both("Softmax", (x, axis) => Ops.Softmax(x, axis)),
        .. Both("LogSoftmax", (x, axis) => Ops.LogSoftmax(x, axis)),
        .. Both("Hardmax", (x, axis) => Ops.Hardmax(x, axis)),
    ];

    private static IEnumerable<Importer> Both(string name, Func<Node, int, Node> apply) =>
    [
        One(name, x => Ops.OverMatrix(x[0], Layout.Cut(x, 1), rows => apply(rows, 1)), until: 12),
        One(name, x => apply(x[0], x.Axis(x.Int("axis", -1), x[0].Rank)), since: 13),
    ];
}
