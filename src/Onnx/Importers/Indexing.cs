using System.Collections.Immutable;
using Adjoint.Onnx.Importing;
using Adjoint.Operations;

namespace Adjoint.Onnx.Importers;

/// <summary>Reading and writing at computed positions, and what is sorted.</summary>
internal static class Indexing
{
    public static IEnumerable<Importer> All =>
    [
        One("Gather", x => Along(x, axis => Ops.Gather(x[0], x.Positions(x[1], x[0].Shape[axis]), axis))),
        One("GatherElements", x => Along(x, axis => Ops.GatherElements(x[0], x.Positions(x[1], x[0].Shape[axis]), axis))),
        One("GatherND", x => Ops.GatherND(x[0], Tuples(x, (int)Math.Clamp(x.Int("batch_dims", 0), 0, 64)),
            (int)Math.Clamp(x.Int("batch_dims", 0), 0, 64))),
        One("Scatter", x => Along(x, axis => Ops.ScatterElements(x[0], x.Positions(x[1], x[0].Shape[axis]), x[2], axis))),
        One("ScatterElements", x =>
            Along(x, axis => Ops.ScatterElements(x[0], x.Positions(x[1], x[0].Shape[axis]), x[2], axis, Mode(x)))),
        One("ScatterND", x => Ops.ScatterND(x[0], Tuples(x, 0), x[2], Mode(x))),
        One("TensorScatter", TensorScatter),
        Many("TopK", x => TopK(x, x.Int("k", 1)), until: 9), Many("TopK", x => TopK(x, (long)x.KnownScalar(1)), since: 10),
    ];

    private static Node Along(OnnxNode x, Func<int, Node> apply) => apply(x.Axis(x.Int("axis", 0), x[0].Rank));

    private static ScatterMode Mode(OnnxNode x) => x.Text("reduction", "none") switch
    {
        "none" => ScatterMode.Set,
        "add" => ScatterMode.Add,
        "mul" => ScatterMode.Multiply,
        "max" => ScatterMode.Max,
        "min" => ScatterMode.Min,
        var reduction => throw x.Unsupported($"reduction '{reduction}'"),
    };

    // Each number of a tuple may count from the end of its axis.
    private static Node Tuples(OnnxNode x, int batchAxes)
    {
        var (extents, indices) = (x[0].Shape, x[1]);
        if (indices.Rank == 0 || !indices.Shape[-1].TryConstant(out long length) || batchAxes + length > extents.Rank)
            throw x.Error($"tuples {indices.Shape} do not fit {extents}");
        var ends = Enumerable.Range(batchAxes, (int)length).Select(a => Ops.Extent(extents[a], indices.DType)).ToArray();
        return length == 0 ? indices : Ops.Where(indices < 0, indices + Ops.Stack(ends), indices);
    }

    private static Node TensorScatter(OnnxNode x) => Ops.TensorScatter(x[0], x[1],
        x.Optional(2) ?? Ops.BroadcastTo(Ops.Scalar(DType.Int64, 0), [x[0].Shape[0]]),
            x.Axis(x.Int("axis", -2), x[0].Rank), x.Text("mode", "linear") == "circular");

    private static ImmutableArray<Node> TopK(OnnxNode x, long k)
    {
        var (values, positions) = Ops.TopK(x[0], k, x.Axis(x.Int("axis", -1), x[0].Rank), x.Flag("largest", true));
        return [values, positions];
    }
}
