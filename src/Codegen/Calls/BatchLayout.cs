using System.Collections.Immutable;

namespace Adjoint;

/// <summary>How the instances of a batch lie in memory, and what they share.</summary>
public sealed record BatchLayout
{
    /// <summary>The symbol of the number of instances, as errors name it.</summary>
    public string Extent { get; init; } = "batch";

    /// <summary>
    /// Names of inputs that all instances share: they have no batch
    /// axis, and what depends on nothing else is computed once per call.
    /// </summary>
    public ImmutableHashSet<string> Shared { get; init; } = [];

    /// <summary>
    /// Whether the instances' axis is the last: an input of shape [3] is [3, batch], three arrays (structure of arrays), which lanes read
    /// fastest. By default it is the first: [batch, 3], one instance after the other (array of structures).
    /// </summary>
    public bool IsArrays { get; init; }
}
