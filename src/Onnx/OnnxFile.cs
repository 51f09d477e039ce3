using System.Collections.Immutable;
using Adjoint.Onnx.Importing;
using Adjoint.Onnx.Reading;
using Adjoint.Onnx.Schema;
using Google.Protobuf;

namespace Adjoint.Onnx;

/// <summary>What a model declares of an input or output.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="DType">Element type; null where the file does not say, or says one that is not supported.</param>
/// <param name="Shape">Extents, symbols where the file names them; null where the file does not say.</param>
public sealed record OnnxValue(string Name, DType? DType, Shape? Shape);

/// <summary>A model file that has been read but not yet imported: to see what it asks for.</summary>
/// <remarks>Immutable and safe for any number of threads. See <see cref="OnnxModel.Load(string, OnnxOptions?)"/> for
/// the short way.</remarks>
public sealed class OnnxFile
{
    // A graph nested in a graph costs three levels of messages; real models need a dozen.
    private const int MaxNesting = 100;

    private OnnxFile(ModelProto model, string name, string? folder)
    {
        (Model, Name, Folder) = (model, name, folder);
        var weights = Graph.Initializer.Select(t => t.Name)
            .Concat(Graph.SparseInitializer.Select(t => t.Values?.Name ?? "")).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. Graph.Input.Where(v => !weights.Contains(v.Name)).Select(Declarations.Of)];
        Outputs = [.. Graph.Output.Select(Declarations.Of)];
    }

    /// <summary>What messages call the file.</summary>
    public string Name { get; }

    /// <summary>Inputs in the order of a call's arguments; weights that older files list among them are left out.</summary>
    public ImmutableArray<OnnxValue> Inputs { get; }

    /// <summary>Outputs in the order of a call's results.</summary>
    public ImmutableArray<OnnxValue> Outputs { get; }

    /// <summary>The types of operators that nodes apply, each once, those inside of bodies and functions left out.</summary>
    public IReadOnlyCollection<string> Operators => [.. Graph.Node.Select(n => n.OpType).Distinct()];

    internal ModelProto Model { get; }

    internal GraphProto Graph => Model.Graph;

    internal string? Folder { get; }

    /// <summary>Reads a file. Weights in files beside it are looked for in its folder only.</summary>
    /// <exception cref="OnnxException">The file is damaged or too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxFile Read(string path, long maxBytes = int.MaxValue)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path, Path.GetDirectoryName(Path.GetFullPath(path)), maxBytes);
    }

    /// <summary>Reads a stream to its end; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="OnnxException">The content is damaged or too large.</exception>
    public static OnnxFile Read(Stream stream, string name = "stream", long maxBytes = int.MaxValue) =>
        Read(stream, name, null, maxBytes);

    /// <summary>Builds the computation.</summary>
    /// <exception cref="OnnxException">Something is unknown, unsupported or does not fit; names the node.</exception>
    public OnnxModel Import(OnnxOptions? options = null) => ModelImporter.Run(this, options ?? new());

    private static OnnxFile Read(Stream stream, string name, string? folder, long maxBytes)
    {
        try
        {
            using var input = CodedInputStream.CreateWithLimits(stream, (int)Math.Clamp(maxBytes, 1, int.MaxValue), MaxNesting);
            var model = ModelProto.Parser.ParseFrom(input);
            return model.Graph is null
                ? throw new OnnxException($"{name} holds no graph: it is no ONNX model.") : new(model, name, folder);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxException($"{name} is no ONNX model, or damaged: {e.Message}", e);
        }
    }
}
