using System.Collections.Immutable;

namespace Adjoint.Onnx;

/// <summary>A model that came from an ONNX file: a computation like any other, and its trainable weights.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <example><code>
/// Executable predict = OnnxModel.Load("model.onnx").Computation.Compile();
/// float[] scores = predict.Run(image)["scores"].ToArray&lt;float&gt;();
///
/// OnnxModel model = OnnxModel.Load("model.onnx", new() { Trainable = _ => true });
/// Node loss = Mean(SoftmaxCrossEntropy(model["logits"], labels));
/// Node[] gradients = Gradient.Of(loss, [.. model.Variables]);
/// </code></example>
public sealed class OnnxModel
{
    internal OnnxModel(Computation computation, ImmutableArray<Variable> variables) =>
        (Computation, Variables) = (computation, variables);

    /// <summary>Inputs and outputs have the names and order of the file.</summary>
    public Computation Computation { get; }

    /// <summary>
    /// Weights that are trained, in the order of the file; a store that compiles the computation first takes the file's
    /// values.
    /// </summary>
    public ImmutableArray<Variable> Variables { get; }

    /// <summary>An input or output by its name in the file, to build a loss on.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Node this[string name] =>
        Computation.Outputs.FirstOrDefault(o => o.Name == name).Value
        ?? Computation.Inputs.FirstOrDefault(i => ((Operations.InputOp)i.Op).Key == name)
        ?? throw new KeyNotFoundException($"'{name}' is neither an input nor an output of '{Computation.Name}'.");

    /// <summary>Reads and imports a file.</summary>
    /// <exception cref="OnnxException">The file is damaged, or asks for something unknown, unsupported or impossible;
    /// names file, node and reason.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModel Load(string path, OnnxOptions? options = null) =>
        OnnxFile.Read(path, (options ??= new()).MaxBytes).Import(options);

    /// <summary>Reads and imports a stream; <paramref name="name"/> is what messages call it.</summary>
    /// <inheritdoc cref="Load(string, OnnxOptions?)"/>
    public static OnnxModel Load(Stream stream, OnnxOptions? options = null, string name = "stream") =>
        OnnxFile.Read(stream, name, (options ??= new()).MaxBytes).Import(options);
}
