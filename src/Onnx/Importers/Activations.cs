using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>Activation functions. Attributes keep the file's float32 value, widened, not its decimal text.</summary>
internal static class Activations
{
    public static IEnumerable<Importer> All =>
    [
        One("Relu", x => x[0].DType.IsFloat ? Ops.Relu(x[0]) : Ops.Maximum(x[0], 0)),
        One("LeakyRelu", x => Ops.LeakyRelu(x[0], x.Number("alpha", 0.01f))),
        One("Elu", x => Ops.Elu(x[0], x.Number("alpha", 1))),
        One("Sigmoid", x => Ops.Sigmoid(x[0])),
        One("Tanh", x => Ops.Tanh(x[0])),
        One("Softplus", x => Ops.Softplus(x[0])),
        One("Gelu", x => x.Text("approximate", "none") == "tanh" ? Ops.GeluTanh(x[0]) : Ops.Gelu(x[0])),
        One("PRelu", x => Slopes(x[0], x[1]) is var slopes ? Ops.Where(x[0] < 0, x[0] * slopes, x[0]) : x[0]),
        One("Selu", x => Scaled(x[0], x.Number("gamma", 1.05070102214813232421875f), x.Number("alpha", 1.67326319217681884765625f))),
        One("Celu", x => Celu(x[0], x.Number("alpha", 1))),
        One("HardSigmoid", x => Ops.Clamp(x[0] * x.Number("alpha", 0.2f) + x.Number("beta", 0.5f), 0, 1)),
        One("HardSwish", x => x[0] * Ops.Clamp(x[0] / 6 + 0.5, 0, 1)),
        One("Mish", x => x[0] * Ops.Tanh(Ops.Softplus(x[0]))),
        One("Softsign", x => x[0] / (1 + Ops.Abs(x[0]))),
        One("ThresholdedRelu", x => Ops.Where(x[0] > x.Number("alpha", 1), x[0], Ops.ZerosLike(x[0]))),
        One("Shrink", Shrink),
        One("Swish", x => x[0] * Ops.Sigmoid(x[0] * x.Number("alpha", 1))),
    ];

    // One slope per channel, or of a shape that broadcasts; before version 7 per channel without axes behind it.
    private static Node Slopes(Node x, Node slopes) => slopes.Rank == 1 && x.Rank > 1 && slopes.Shape[0] == x.Shape[1] && slopes.Shape[0] != x.Shape[-1]
        ? Ops.Reshape(slopes, Shape.Of(slopes.Shape.Concat(Enumerable.Repeat(Dim.One, x.Rank - 2)))) : slopes;

    private static Node Scaled(Node x, double gamma, double alpha) => gamma * Ops.Where(x > 0, x, alpha * Ops.Expm1(Ops.Minimum(x, 0)));

    private static Node Celu(Node x, double alpha) => Ops.Where(x > 0, x, alpha * Ops.Expm1(Ops.Minimum(x, 0) / alpha));

    // Pulled towards 0 by a bias, and 0 near it.
    private static Node Shrink(OnnxNode x)
    {
        double bias = x.Number("bias", 0), limit = x.Number("lambd", 0.5f);
        return Ops.Where(x[0] > limit, x[0] - bias, Ops.Where(x[0] < -limit, x[0] + bias, Ops.ZerosLike(x[0])));
    }
}
