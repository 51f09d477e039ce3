namespace Adjoint.Onnx.Importing;

/// <summary>The element types that a file's values get: as they are, or float32 widened to float64.</summary>
internal readonly record struct Precision(bool Widen)
{
    /// <summary>The element type that stands for one of the file.</summary>
    public DType Of(DType dtype) => Widen && dtype == DType.Float32 ? DType.Float64 : dtype;

    /// <summary>A tensor of the file with its elements in that type.</summary>
    public HostTensor Of(HostTensor tensor) => Widen && tensor.DType == DType.Float32
        ? HostTensor.From(Array.ConvertAll(tensor.ToArray<float>(), v => (double)v), tensor.Shape) : tensor;
}
