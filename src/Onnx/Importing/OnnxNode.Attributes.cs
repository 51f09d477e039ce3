using System.Collections.Immutable;
using System.Text;
using Adjoint.Onnx.Schema;
using Kind = Adjoint.Onnx.Schema.AttributeProto.Types.Kind;

namespace Adjoint.Onnx.Importing;

internal sealed partial class OnnxNode
{
    /// <summary>Whether the file gives an attribute.</summary>
    public bool Has(string name) => Attribute(name) is not null;

    /// <summary>An integer, or a default.</summary>
    public long Int(string name, long otherwise) => Attribute(name, Kind.Int)?.I ?? otherwise;

    /// <summary>A flag.</summary>
    public bool Flag(string name, bool otherwise = false) => Int(name, otherwise ? 1 : 0) != 0;

    /// <summary>
    /// A number of the file's float32, widened exactly, or a default rounded to float32 first, as files would have it.
    /// </summary>
    public double Number(string name, float otherwise) => Attribute(name, Kind.Float)?.F ?? otherwise;

    /// <summary>A word, or a default.</summary>
    public string Text(string name, string otherwise) =>
        Attribute(name, Kind.String) is { } a ? Encoding.UTF8.GetString(a.S.Span) : otherwise;

    /// <summary>Integers, or null where the file gives none.</summary>
    public ImmutableArray<long>? Ints(string name) => Attribute(name, Kind.Ints) is { } a ? [.. a.Ints] : null;

    /// <summary>Numbers, or null where the file gives none.</summary>
    public ImmutableArray<double>? Floats(string name) =>
        Attribute(name, Kind.Floats) is { } a ? [.. a.Floats.Select(f => (double)f)] : null;

    /// <summary>Words, or null where the file gives none.</summary>
    public ImmutableArray<string>? Texts(string name) =>
        Attribute(name, Kind.Strings) is { } a ? [.. a.Strings.Select(s => Encoding.UTF8.GetString(s.Span))] : null;

    /// <summary>A tensor in the precision asked for, or null.</summary>
    public HostTensor? Tensor(string name) => Attribute(name, Kind.Tensor)?.T is { } t ? importer.State.Read(t) : null;

    /// <summary>A body that has to be there.</summary>
    public GraphProto Graph(string name) => OptionalGraph(name) ?? throw Error($"its attribute '{name}' is missing");

    /// <summary>A body, or null.</summary>
    public GraphProto? OptionalGraph(string name) => Attribute(name, Kind.Graph)?.G;

    /// <summary>Inside a function: the attribute of the call that stands here, or null where the call gives none.</summary>
    public static AttributeProto? Resolve(AttributeProto attribute, Scope scope) =>
        !attribute.HasRefAttrName || attribute.RefAttrName.Length == 0 ? attribute
        : scope.CallAttributes?.GetValueOrDefault(attribute.RefAttrName);

    private AttributeProto? Attribute(string name) =>
        proto.Attribute.FirstOrDefault(a => a.Name == name) is { } found ? Resolve(found, scope) : null;

    // Files of the first version leave out what kind of value it is.
    private AttributeProto? Attribute(string name, Kind kind)
    {
        var found = Attribute(name);
        return found is null || found.Type == 0 || found.Type == (int)kind ? found
            : throw Error($"its attribute '{name}' is of kind {(Kind)found.Type}, not {kind}");
    }
}
