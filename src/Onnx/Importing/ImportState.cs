using System.Collections.Frozen;
using Adjoint.Onnx.Reading;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>
/// What an import carries along: the file, its functions, what is known of values, and how much has been built.
/// </summary>
internal sealed class ImportState
{
    private long nodes;
    private int draws;

    public ImportState(OnnxFile file, OnnxOptions options)
    {
        (File, Options, Precision) = (file, options, new(options.Widen));
        Tensors = new(file.Name, new(file.Folder, options.MaxBytes));
        Functions = file.Model.Functions
            .GroupBy(f => (Opsets.Normal(f.Domain), f.Name)).ToFrozenDictionary(g => g.Key, g => g.First());
        Extents = new(Knowledge);
    }

    public OnnxFile File { get; }

    public OnnxOptions Options { get; }

    public Precision Precision { get; }

    public TensorReader Tensors { get; }

    public Knowledge Knowledge { get; } = new();

    public Extents Extents { get; }

    public FrozenDictionary<(string Domain, string Name), FunctionProto> Functions { get; }

    /// <summary>Counts nodes about to be built, so that a small file cannot ask for a huge graph.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public void Count(long more)
    {
        if ((nodes += more) > Options.MaxNodes || more < 0)
            throw new OnnxException($"{File.Name}: more than {Options.MaxNodes} nodes once functions are inlined and loops unrolled; raise {nameof(OnnxOptions)}.{nameof(OnnxOptions.MaxNodes)} if that is meant.");
    }

    /// <summary>A number for each node that draws, in order.</summary>
    public int NextDraw() => draws++;

    /// <summary>A weight or constant of the file, in the precision asked for.</summary>
    public HostTensor Read(TensorProto tensor) => Precision.Of(Tensors.Read(tensor));
}
