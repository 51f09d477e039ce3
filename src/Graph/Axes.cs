using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>An ordered list of integers with value equality: axes of a reduction, a permutation, steps.</summary>
/// <remarks><see cref="ImmutableArray{T}"/> inside a record compares by reference; op attributes use this instead.</remarks>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public sealed class Axes : IReadOnlyList<int>, IEquatable<Axes>
{
    private readonly ImmutableArray<int> values;

    private Axes(ImmutableArray<int> values) => this.values = values;

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public int this[int index] => values[index];

    /// <summary>These integers, in this order.</summary>
    public static Axes Create(ReadOnlySpan<int> values) => new([.. values]);

    /// <summary>These integers, in this order.</summary>
    public static Axes Of(params ReadOnlySpan<int> values) => Create(values);

    /// <summary>0, 1, ..., <paramref name="rank"/> - 1.</summary>
    public static Axes All(int rank) => new([.. Enumerable.Range(0, rank)]);

    /// <summary>Whether an axis is listed.</summary>
    public bool Contains(int axis) => values.Contains(axis);

    /// <summary>The permutation that undoes this one.</summary>
    public Axes Inverse() => new([.. Enumerable.Range(0, Count).Select(a => values.IndexOf(a))]);

    /// <inheritdoc/>
    public bool Equals(Axes? other) => other is not null && values.AsSpan().SequenceEqual(other.values.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Axes);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", values)}]";

    /// <summary>Whether both list the same, in the same order.</summary>
    public static bool operator ==(Axes? a, Axes? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Axes? a, Axes? b) => !(a == b);
}
