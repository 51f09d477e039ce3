using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Reductions over axes, which are an attribute in older versions and an input in newer ones.</summary>
internal static class Reductions
{
    private delegate Node Reduction(Node x, Axes axes, bool keepDims);

    public static IEnumerable<Importer> All =>
    [
        Over("ReduceSum", 13, (x, axes, keep) => Ops.Sum(x, axes, keep)),
        Over("ReduceMean", 18, (x, axes, keep) => x.DType.IsFloat ? Ops.Mean(x, axes, keep) : WholeMean(x, axes, keep)),
        Over("ReduceProd", 18, (x, axes, keep) => Ops.Product(x, axes, keep)),
        Over("ReduceMax", 18, (x, axes, keep) => x.DType == DType.Bool ? Ops.Any(x, axes, keep) : Ops.Max(x, axes, keep)),
        Over("ReduceMin", 18, (x, axes, keep) => x.DType == DType.Bool ? Ops.All(x, axes, keep) : Ops.Min(x, axes, keep)),
        Over("ReduceL1", 18, (x, axes, keep) => Ops.Norm1(x, axes, keep)),
        Over("ReduceL2", 18, (x, axes, keep) => x.DType.IsFloat ? Ops.Norm2(x, axes, keep) : WholeRoot(x, axes, keep)),
        Over("ReduceLogSum", 18, (x, axes, keep) => Ops.Log(Ops.Sum(x, axes, keep))),
        Over("ReduceLogSumExp", 18, (x, axes, keep) => Ops.LogSumExp(x, axes, keep)),
        Over("ReduceSumSquare", 18, (x, axes, keep) => Ops.SumOfSquares(x, axes, keep)),
        One("ArgMax", x => Arg(x, (axis, keep, last) => Ops.ArgMax(x[0], axis, keep, last))),
        One("ArgMin", x => Arg(x, (axis, keep, last) => Ops.ArgMin(x[0], axis, keep, last))),
    ];

    private static Importer Over(string name, int axesAreInputSince, Reduction reduce) => One(name, x =>
    {
        var axes = x.IntsOrInput("axes", 1, axesAreInputSince);
        bool all = axes is not { Length: > 0 } && !x.Flag("noop_with_empty_axes");
        return reduce(x[0], all ? Adjoint.Axes.All(x[0].Rank) : x.Axes(axes ?? [], x[0].Rank), x.Flag("keepdims", true));
    });

    // Of integers, fractions are cut off.
    private static Node WholeMean(Node x, Axes axes, bool keep) =>
        Ops.Sum(x, axes, keep) / Ops.Extent(Layout.Count(axes.Select(a => x.Shape[a])), x.DType);

    private static Node WholeRoot(Node x, Axes axes, bool keep) =>
        Ops.Convert(Ops.Sqrt(Ops.Convert(Ops.SumOfSquares(x, axes, keep), DType.Float64)), x.DType);

    private static Node Arg(OnnxNode x, Func<int, bool, bool, Node> search) =>
        search(x.Axis(x.Int("axis", 0), x[0].Rank), x.Flag("keepdims", true), x.Flag("select_last_index"));
}
