using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>The extents of a tensor, outermost axis first. Compared by value; written as a collection: <c>["batch", 64]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    private readonly ImmutableArray<Dim> extents;
    private readonly int hash;

    private Shape(ImmutableArray<Dim> extents)
    {
        this.extents = extents;
        hash = 17;
        foreach (var extent in extents)
            hash = HashCode.Combine(hash, extent);
    }

    /// <summary>The shape of a scalar: no axes, one element.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>Number of axes.</summary>
    public int Rank => extents.Length;

    int IReadOnlyCollection<Dim>.Count => extents.Length;

    /// <summary>The extents as an immutable array.</summary>
    public ImmutableArray<Dim> Extents => extents;

    /// <summary>How many elements there are: the product of the extents.</summary>
    public Dim ElementCount
    {
        get
        {
            var count = Dim.One;
            foreach (var extent in extents)
                count *= extent;
            return count;
        }
    }

    /// <summary>Whether every extent is a number.</summary>
    public bool IsStatic
    {
        get
        {
            foreach (var extent in extents)
                if (!extent.IsConstant)
                    return false;
            return true;
        }
    }

    /// <summary>The extent of an axis; negative axes count from the end.</summary>
    public Dim this[int axis] => extents[axis < 0 ? axis + Rank : axis];

    /// <summary>A shape with these extents.</summary>
    public static Shape Create(ReadOnlySpan<Dim> extents) => extents.IsEmpty ? Scalar : new([.. extents]);

    /// <summary>A shape with these extents.</summary>
    public static Shape Of(IEnumerable<Dim> extents) => Create([.. extents]);

    /// <summary>This shape without the given axes, or with extent 1 there.</summary>
    public Shape Reduce(Axes axes, bool keepDims) =>
        Of(Enumerable.Range(0, Rank).Where(a => keepDims || !axes.Contains(a)).Select(a => axes.Contains(a) ? Dim.One : extents[a]));

    /// <summary>This shape with one extent replaced.</summary>
    public Shape With(int axis, Dim extent) => new(extents.SetItem(axis < 0 ? axis + Rank : axis, extent));

    /// <summary>The numbers that the extents are once symbols are bound.</summary>
    public long[] Evaluate(IReadOnlyDictionary<string, long> bindings)
    {
        var result = new long[Rank];
        for (int a = 0; a < Rank; a++)
            result[a] = extents[a].TryConstant(out long value) ? value : extents[a].Evaluate(bindings);
        return result;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) =>
        ReferenceEquals(this, other) || (other is not null && hash == other.hash && extents.AsSpan().SequenceEqual(other.extents.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)extents).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", extents)}]";

    /// <summary>Whether both list the same, in the same order.</summary>
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);
}
