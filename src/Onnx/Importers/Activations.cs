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
        One("Swish", x => x[0] * Ops.Sigmoid(x[0] * x.Number("alpha", 1))),
    ];
}
