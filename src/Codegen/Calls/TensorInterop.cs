using System.Numerics.Tensors;

namespace Adjoint;

/// <summary>Exchange with <see cref="Tensor{T}"/> of System.Numerics.Tensors.</summary>
public static class TensorInterop
{
    /// <summary>
    /// The elements of a tensor as an argument. Strided tensors are copied;
    /// dense ones are copied too, since a tensor does not show its array.
    /// </summary>
    public static HostTensor ToHostTensor<T>(this Tensor<T> tensor) where T : unmanaged
    {
        var data = new T[checked((int)tensor.FlattenedLength)];
        tensor.FlattenTo(data);
        return HostTensor.From(data, [.. tensor.Lengths.ToArray().Select(n => (long)n)]);
    }

    /// <summary>A result as a tensor that shares its elements.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public static Tensor<T> ToTensor<T>(this HostTensor tensor) where T : unmanaged
    {
        nint[] lengths = [.. tensor.Shape.ToArray().Select(n => (nint)n)];
        return tensor.Data is T[] flat ? Tensor.Create(flat, lengths) : Tensor.Create(tensor.ToArray<T>(), lengths);
    }

    extension(Executable executable)
    {
        /// <summary>Runs an executable of one input and one output on tensors.</summary>
        /// <exception cref="ArgumentException">Dtype or shape does not fit.</exception>
        public Tensor<T> Run<T>(Tensor<T> argument) where T : unmanaged => executable.Run(argument.ToHostTensor())[0].ToTensor<T>();
    }
}
