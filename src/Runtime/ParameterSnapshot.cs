using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Adjoint.Runtime;

namespace Adjoint;

/// <summary>A copy of all values of a <see cref="ParameterStore"/> at one moment. Immutable.</summary>
public sealed class ParameterSnapshot
{
    private readonly Dictionary<string, Entry> entries;

    internal ParameterSnapshot(ImmutableArray<Entry> entries) =>
        (Entries, this.entries) = (entries, entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal));

    /// <summary>The names, in the order in which the store got them.</summary>
    public IReadOnlyList<string> Names => [.. Entries.Select(entry => entry.Name)];

    /// <summary>Number of parameters.</summary>
    public int Count => Entries.Length;

    internal ImmutableArray<Entry> Entries { get; }

    /// <summary>Whether there is a parameter of that name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>CLR type of the elements of one parameter.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    public Type ElementTypeOf(string name) => Demand(name).Type.Kind.Type;

    /// <summary>Extents of one parameter, outermost first.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    public ImmutableArray<long> ShapeOf(string name) => Demand(name).Type.Shape;

    /// <summary>A copy of the values of one parameter, row-major.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">Its elements are of another type.</exception>
    public T[] Get<T>(string name) where T : unmanaged
    {
        var entry = Demand(name);
        ParameterStore.RequireElements<T>(name, entry.Type);
        return MemoryMarshal.Cast<byte, T>(entry.Bytes).ToArray();
    }

    private Entry Demand(string name) => entries.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"The snapshot has no parameter '{name}'.");

    internal sealed record Entry(string Name, ParameterType Type, byte[] Bytes);
}
