using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Adjoint.Runtime;

namespace Adjoint;

/// <summary>Named values that executables share: model parameters, optimiser state, counters.</summary>
/// <remarks>
/// Safe for any number of threads. Whoever reads (a run, <see cref="Get{T}"/>, <see cref="Snapshot"/>,
/// <see cref="Save(string)"/>) sees the values before or after an update, never a mixture; updates (a training run,
/// <see cref="Set{T}"/>, <see cref="Restore"/>, <see cref="Load(string)"/>) happen one after another.
/// </remarks>
/// <example><code>
/// var store = new ParameterStore();
/// Executable step = training.Compile(store);       // declares its variables here
/// store.Save("model.adjoint");
/// float[] weights = store.Get&lt;float&gt;("w1");
/// </code></example>
public sealed class ParameterStore
{
    // Locked for looking up and adding names only; values are Access's business.
    private readonly OrderedDictionary<string, ParameterBuffer> buffers = new(StringComparer.Ordinal);

    /// <summary>The names, in the order in which they were added.</summary>
    public IReadOnlyList<string> Names => [.. All.Select(buffer => buffer.Name)];

    internal StoreAccess Access { get; } = new();

    private ImmutableArray<ParameterBuffer> All
    {
        get
        {
            lock (buffers) return [.. buffers.Values];
        }
    }

    /// <summary>Whether there is a parameter of that name.</summary>
    public bool Contains(string name) => Find(name) is not null;

    /// <summary>The parameter of that name, made and initialised if it is new.</summary>
    /// <param name="name">Not empty.</param>
    /// <param name="elementType">A primitive number type, <see cref="Half"/> or <see cref="bool"/>.</param>
    /// <param name="shape">Extents, outermost first; empty for a scalar.</param>
    /// <param name="initialise">Fills a new parameter, which otherwise is zero. If it throws, nothing is added.</param>
    /// <exception cref="InvalidOperationException">The name stands for another type or shape.</exception>
    /// <exception cref="ArgumentException">The name is empty, the element type unknown, or the shape
    /// impossible.</exception>
    public ParameterBuffer GetOrAdd(
        string name, Type elementType, ReadOnlySpan<long> shape, ParameterInitialiser? initialise = null)
    {
        ParameterFormat.RequireName(name);
        var kind = ElementKind.Of(elementType) ??
            throw new ArgumentException($"Parameter '{name}': elements of type {elementType} are not supported.");
        var type = new ParameterType(kind, [.. shape]);
        lock (buffers)
        {
            if (buffers.TryGetValue(name, out var present))
                return present.Type.Equals(type) ? present : throw new InvalidOperationException(
                    $"Parameter '{name}' is {present.Type} in this store and cannot be declared as {type} too.");
            var added = new ParameterBuffer(name, type);
            initialise?.Invoke(added.Bytes);
            buffers.Add(name, added);
            return added;
        }
    }

    /// <summary>A copy of the values of one parameter, row-major.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">Its elements are of another type.</exception>
    public T[] Get<T>(string name) where T : unmanaged
    {
        var buffer = Demand<T>(name);
        var values = new T[buffer.Length];
        Access.BeginRead();
        MemoryMarshal.Cast<byte, T>(buffer.Bytes).CopyTo(values);
        Access.EndRead();
        return values;
    }

    /// <summary>Overwrites one parameter, row-major.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    /// <exception cref="InvalidOperationException">Its elements are of another type.</exception>
    /// <exception cref="ArgumentException">The number of values is not the number of elements.</exception>
    public void Set<T>(string name, ReadOnlySpan<T> values) where T : unmanaged
    {
        var buffer = Demand<T>(name);
        if (values.Length != buffer.Length)
            throw new ArgumentException(
                $"Parameter '{name}' is {buffer.Type}: {buffer.Length} values, not {values.Length}.");
        Access.BeginUpdate();
        Access.BeginCommit();
        MemoryMarshal.AsBytes(values).CopyTo(buffer.Bytes);
        Access.EndCommit();
        Access.EndUpdate();
    }

    /// <summary>A copy of everything, as of one moment.</summary>
    public ParameterSnapshot Snapshot()
    {
        var all = All;
        Access.BeginRead();
        try
        {
            return new ParameterSnapshot(
                [.. all.Select(b => new ParameterSnapshot.Entry(b.Name, b.Type, b.Bytes.ToArray()))]);
        }
        finally
        {
            Access.EndRead();   // copies may not fit into memory
        }
    }

    /// <summary>Takes over all values of a snapshot in one update. Parameters added since it was taken keep
    /// theirs.</summary>
    /// <exception cref="ArgumentException">The snapshot has a parameter that this store lacks or holds with another
    /// type; nothing is changed.</exception>
    public void Restore(ParameterSnapshot snapshot)
    {
        var targets = snapshot.Entries.Select(TargetOf).ToArray();
        Access.BeginUpdate();
        Access.BeginCommit();
        for (int i = 0; i < targets.Length; i++) snapshot.Entries[i].Bytes.CopyTo(targets[i].Bytes);
        Access.EndCommit();
        Access.EndUpdate();
    }

    /// <summary>Writes all values, as of one moment, in the format that <see cref="ParameterFormat"/>
    /// describes.</summary>
    public void Save(Stream stream) => ParameterFormat.Write(stream, Snapshot());

    /// <summary>Writes a file as <see cref="Save(Stream)"/> does, in place of an old one only when it is
    /// complete.</summary>
    public void Save(string path) => ParameterFormat.WriteFile(path, Snapshot());

    /// <summary>Takes over all values of a saved store in one update. It must have the parameters of this one, no fewer
    /// and no more: half a model loaded is a bug that trains.</summary>
    /// <exception cref="InvalidDataException">The data is damaged, or of other parameters; nothing is
    /// changed.</exception>
    public void Load(Stream stream) => Restore(ParameterFormat.Read(stream, "stream", All));

    /// <inheritdoc cref="Load(Stream)"/>
    public void Load(string path) => Restore(ParameterFormat.ReadFile(path, All));

    internal bool Owns(ParameterBuffer buffer) => Find(buffer.Name) == buffer;

    internal static void RequireElements<T>(string name, ParameterType type)
    {
        if (type.Kind.Type != typeof(T))
            throw new InvalidOperationException(
                $"Parameter '{name}' is {type}; its elements are not {typeof(T).Name}.");
    }

    private ParameterBuffer? Find(string name)
    {
        lock (buffers) return buffers.GetValueOrDefault(name);
    }

    private ParameterBuffer Demand<T>(string name)
    {
        var buffer = Find(name) ?? throw new KeyNotFoundException(
            $"The store has no parameter '{name}'; it has {string.Join(", ", Names.Take(20))}.");
        RequireElements<T>(name, buffer.Type);
        return buffer;
    }

    private ParameterBuffer TargetOf(ParameterSnapshot.Entry entry) => Find(entry.Name) switch
    {
        null => throw new ArgumentException($"The store has no parameter '{entry.Name}' to restore."),
        var b when !b.Type.Equals(entry.Type) => throw new ArgumentException(
            $"Parameter '{entry.Name}' is {b.Type} in the store, {entry.Type} in the snapshot."),
        var b => b,
    };
}
