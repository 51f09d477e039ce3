namespace Adjoint;

/// <summary>What is known of a tensor when the graph is built: element type and shape.</summary>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Extents, outermost axis first.</param>
public sealed record TensorType(DType DType, Shape Shape)
{
    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Bytes of a dense buffer of this type.</summary>
    public Dim ByteCount => Shape.ElementCount * DType.Size;

    /// <summary>The type of a single value.</summary>
    public static TensorType Scalar(DType dtype) => new(dtype, Shape.Scalar);

    /// <inheritdoc/>
    public override string ToString() => $"{DType}{Shape}";
}
