using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Importing;

/// <summary>
/// Names and their values in one graph; a body sees those of the graph around it, a function sees its own only.
/// </summary>
internal sealed class Scope(Scope? outer = null)
{
    private readonly Dictionary<string, Node> values = new(StringComparer.Ordinal);

    /// <summary>Attributes of the call that a function is being inlined for; null outside of functions.</summary>
    public IReadOnlyDictionary<string, AttributeProto>? Attributes { get; init; }

    /// <summary>The attributes in force here.</summary>
    public IReadOnlyDictionary<string, AttributeProto>? CallAttributes => Attributes ?? outer?.CallAttributes;

    /// <summary>The value of a name, here or around; null if nothing has defined it.</summary>
    public Node? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.values.TryGetValue(name, out var value))
                return value;
        return null;
    }

    private Scope? Outer => outer;

    /// <summary>Defines a name; whether it was free.</summary>
    public bool Define(string name, Node value) => values.TryAdd(name, value);
}
