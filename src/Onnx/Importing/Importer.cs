using System.Collections.Immutable;

namespace Adjoint.Onnx.Importing;

/// <summary>How nodes of one operator become ours, in a range of its versions.</summary>
/// <param name="Operator">Its type in the file.</param>
/// <param name="Import">From what the node says to its results, in the order of the file.</param>
internal sealed record Importer(string Operator, Func<OnnxNode, ImmutableArray<Node>> Import)
{
    /// <summary>The first version of the domain that means this.</summary>
    public int Since { get; init; } = 1;

    /// <summary>The last version of the domain that means this.</summary>
    public int Until { get; init; } = int.MaxValue;

    /// <summary>The family that the operator belongs to; empty for ONNX's own.</summary>
    public string Domain { get; init; } = "";

    /// <summary>An operator with one result.</summary>
    public static Importer One(string name, Func<OnnxNode, Node> import, int since = 1, int until = int.MaxValue) =>
        new(name, x => [import(x)]) { Since = since, Until = until };

    /// <summary>An operator with several results.</summary>
    public static Importer Many(string name, Func<OnnxNode, ImmutableArray<Node>> import, int since = 1,
        int until = int.MaxValue) =>
        new(name, import) { Since = since, Until = until };
}
