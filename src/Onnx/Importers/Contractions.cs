using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Matrix products, Einstein sums and determinants.</summary>
internal static class Contractions
{
    public static IEnumerable<Importer> All =>
    [
        One("MatMul", x => Ops.MatMul(x[0], x[1])),
        One("Gemm", Gemm),
        One("Einsum", x => Ops.Einsum(x.Text("equation", ""), x.Inputs.AsSpan())),
        One("Det", x => Ops.Determinant(x[0])),
    ];

    // y = alpha a' b' + beta c, where ' transposes if asked.
    private static Node Gemm(OnnxNode x)
    {
        var (a, b) = (x.Flag("transA") ? Ops.Transpose(x[0]) : x[0], x.Flag("transB") ? Ops.Transpose(x[1]) : x[1]);
        var y = Scaled(Ops.MatMul(a, b), x.Number("alpha", 1));
        return x.Optional(2) is { } c ? y + Scaled(c, x.Number("beta", 1)) : y;
    }

    private static Node Scaled(Node x, double by) =>
        by == 1 ? x : x.DType.IsFloat ? x * by : Ops.Convert(Ops.Convert(x, DType.Float64) * by, x.DType);
}
