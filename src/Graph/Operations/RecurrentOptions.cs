using System.Collections.Immutable;

namespace Adjoint;

/// <summary>Which way a recurrent layer goes through time.</summary>
public enum RecurrentDirection
{
    /// <summary>From the first step to the last.</summary>
    Forward,

    /// <summary>From the last step (of each sequence's own length) to the first.</summary>
    Reverse,

    /// <summary>Both, with weights of their own, side by side in the results.</summary>
    Bidirectional,
}

/// <summary>In which order the gates' weights and biases stand below each other.</summary>
public enum GateOrder
{
    /// <summary>LSTM: input, output, forget, cell. GRU: update, reset, hidden.</summary>
    Onnx,

    /// <summary>LSTM: input, forget, cell, output. GRU: reset, update, new.</summary>
    PyTorch,
}

/// <summary>How recurrent cells and layers compute. The defaults are those of ONNX.</summary>
public sealed record RecurrentOptions
{
    /// <summary>Which way a layer goes through time.</summary>
    public RecurrentDirection Direction { get; init; }

    /// <summary>
    /// Whether inputs, states and results have the batch as their first axis; else time and direction come before it.
    /// </summary>
    public bool BatchFirst { get; init; }

    /// <summary>In which order weights hold the gates.</summary>
    public GateOrder Gates { get; init; }

    /// <summary>
    /// What gates and states pass through: of a simple cell one function, of a GRU
    /// those of gates and hidden state, of an LSTM those of gates, cell input and cell
    /// output. Once for all directions or once for each; sigmoid and tanh where empty.
    /// </summary>
    public ImmutableArray<Func<Node, Node>> Activations { get; init; } = [];

    /// <summary>What activations get is kept within this distance of 0.</summary>
    public double Clip { get; init; } = double.PositiveInfinity;

    /// <summary>LSTM: whether the forget gate is 1 less the input gate, and its own weights are ignored.</summary>
    public bool InputForget { get; init; }

    /// <summary>
    /// GRU: whether the reset gate acts on the product with the recurrent weights, as in PyTorch and cuDNN, rather than
    /// on the state before it.
    /// </summary>
    public bool LinearBeforeReset { get; init; }
}

/// <summary>The activations that recurrent layers of model files name.</summary>
public static class RecurrentActivation
{
    /// <summary>An activation by the name that ONNX gives it, with its parameters where it has any.</summary>
    /// <param name="name">Case does not matter.</param>
    /// <param name="alpha">First parameter; each function has its own default.</param>
    /// <param name="beta">Second parameter; each function has its own default.</param>
    /// <exception cref="GraphException">There is none of this name.</exception>
    public static Func<Node, Node> Of(string name, double? alpha = null, double? beta = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToUpperInvariant() switch
        {
            "RELU" => x => Ops.Relu(x),
            "TANH" => x => Ops.Tanh(x),
            "SIGMOID" => x => Ops.Sigmoid(x),
            "SOFTPLUS" => x => Ops.Softplus(x),
            "SOFTSIGN" => x => Ops.Softsign(x),
            "AFFINE" => x => (alpha ?? 1) * x + (beta ?? 0),
            "LEAKYRELU" => x => Ops.LeakyRelu(x, alpha ?? 0.01),
            "THRESHOLDEDRELU" => x => Ops.ThresholdedRelu(x, alpha ?? 1),
            "SCALEDTANH" => x => (alpha ?? 1) * Ops.Tanh((beta ?? 1) * x),
            "HARDSIGMOID" => x => Ops.HardSigmoid(x, alpha ?? 0.2, beta ?? 0.5),
            "ELU" => x => Ops.Elu(x, alpha ?? 1),
            _ => throw new GraphException($"there is no recurrent activation '{name}'; use Relu, Tanh, Sigmoid, Affine, LeakyRelu, " +
                "ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign or Softplus."),
        };
    }
}
