using System.Collections.Immutable;

namespace Adjoint.Runtime;

/// <summary>Element type and shape, compared by value and printed as <c>float32[64, 128]</c>.</summary>
internal sealed class ParameterType : IEquatable<ParameterType>
{
    /// <summary>Most axes that a shape may have.</summary>
    public const int MaxRank = 32;

    /// <exception cref="ArgumentException">Too many axes, a negative extent, or more bytes than an array can
    /// hold.</exception>
    public ParameterType(ElementKind kind, ImmutableArray<long> shape)
    {
        (Kind, Shape) = (kind, shape);
        if (shape.Length > MaxRank) throw new ArgumentException($"{this} has more than {MaxRank} axes.");
        if (shape.Any(extent => extent < 0)) throw new ArgumentException($"{this} has a negative extent.");

        // Saturating: a zero extent anywhere makes the product 0, however large the others are.
        var bytes = shape.Contains(0)
            ? 0
            : shape.Aggregate((Int128)kind.Size, (a, b) => a > Array.MaxLength ? a : a * b);
        if (bytes > Array.MaxLength) throw new ArgumentException($"{this} needs more than {Array.MaxLength} bytes.");
        ByteLength = (int)bytes;
    }

    public ElementKind Kind { get; }

    public ImmutableArray<long> Shape { get; }

    public int ByteLength { get; }

    public int Length => ByteLength / Kind.Size;

    public bool Equals(ParameterType? other) =>
        other is not null && Kind == other.Kind && Shape.SequenceEqual(other.Shape);

    public override bool Equals(object? obj) => Equals(obj as ParameterType);

    public override int GetHashCode() => HashCode.Combine(Kind.Code, Shape.Length, ByteLength);

    public override string ToString() => $"{Kind.Name}[{string.Join(", ", Shape)}]";
}
