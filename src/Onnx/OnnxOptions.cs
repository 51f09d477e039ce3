namespace Adjoint.Onnx;

/// <summary>How a model file becomes a computation. The defaults give what the file says, weights as constants.</summary>
public sealed record OnnxOptions
{
    /// <summary>
    /// Which weights become variables, by name, so that the model can be trained further; none by default.
    /// A variable's first value is the file's. Weights whose numbers decide a shape have to stay constants.
    /// </summary>
    /// <remarks>Only floating-point weights are asked about.</remarks>
    public Func<string, bool>? Trainable { get; init; }

    /// <summary>
    /// Values for inputs that are known now: they become constants and are no longer inputs. Inputs that fix a shape
    /// (axes, sizes, repeats) must be given here.
    /// </summary>
    public IReadOnlyDictionary<string, HostTensor> Constants { get; init; } = new Dictionary<string, HostTensor>();

    /// <summary>
    /// Shapes of inputs, in place of those that the file declares: to fix an extent, or where the file has none.
    /// </summary>
    public IReadOnlyDictionary<string, Shape> Shapes { get; init; } = new Dictionary<string, Shape>();

    /// <summary>Whether float32 is read as float64 everywhere, exactly: weights, attributes, inputs and results.</summary>
    public bool Widen { get; init; }

    /// <summary>Whether each node's name is a name scope, shown as a box in drawings.</summary>
    public bool Scopes { get; init; }

    /// <summary>
    /// What random operators draw from, each node from a key folded with its number. Without it they draw the same in every call:
    /// from the seed in the file, where there is one.
    /// </summary>
    public RandomKey? Key { get; init; }

    /// <summary>Nodes beyond which a model is refused, counted after functions are inlined and loops unrolled.</summary>
    public int MaxNodes { get; init; } = 1_000_000;

    /// <summary>Bytes of weights in files beside the model, and of the model itself, beyond which it is refused.</summary>
    public long MaxBytes { get; init; } = int.MaxValue;
}
