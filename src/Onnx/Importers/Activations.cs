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
        One("PRelu", x => Ops.PRelu(x[0], Slopes(x))),
        One("Selu", x => Ops.Selu(x[0], x.Number("alpha", 1.67326319217681884765625f),
            x.Number("gamma", 1.05070102214813232421875f))),
        One("Celu", x => Ops.Celu(x[0], x.Number("alpha", 1))),
        One("HardSigmoid", x => Ops.HardSigmoid(x[0], x.Number("alpha", 0.2f), x.Number("beta", 0.5f))),
        One("HardSwish", x => Ops.HardSwish(x[0])), One("Mish", x => Ops.Mish(x[0])), One("Softsign", x => Ops.Softsign(x[0])),
        One("ThresholdedRelu", x => Ops.ThresholdedRelu(x[0], x.Number("alpha", 1))),
        One("Shrink", x => Ops.Shrink(x[0], x.Number("lambd", 0.5f), x.Number("bias", 0))),
        One("Swish", x => Ops.Silu(x[0], x.Number("alpha", 1))),
        One("SwiGLU", x => Ops.Silu(x[0], x.Number("alpha", 1)) * x[1]),
    ];

    // Slopes broadcast; before version 7, and where they would not fit otherwise, they are one per channel.
    private static Node Slopes(OnnxNode x)
    {
        var (shape, slopes) = (x[0].Shape, x[1]);
        bool perChannel = slopes.Rank == 1 && shape.Rank > 1 && slopes.Shape[0] == shape[1]
            && slopes.Shape[0] != Dim.One && (x.Opset < 7 || slopes.Shape[0] != shape[-1]);
        return perChannel ? Ops.Reshape(slopes,
            Shape.Of(slopes.Shape.Concat(Enumerable.Repeat(Dim.One, shape.Rank - 2)))) : slopes;
    }
}
