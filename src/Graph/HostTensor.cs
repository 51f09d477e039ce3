using System.Runtime.InteropServices;

namespace Adjoint;

/// <summary>A dense row-major tensor in managed memory: arguments, results, constants and the reference executor's values.</summary>
/// <remarks>Shares the array that it is made from. Safe for concurrent reading.</remarks>
public sealed class HostTensor
{
    private readonly long[] shape;

    private HostTensor(Array data, long[] shape) => (Data, this.shape, DType) = (data, shape, DType.From(data.GetType().GetElementType()!));

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>Extents, outermost axis first.</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>Number of axes.</summary>
    public int Rank => shape.Length;

    /// <summary>Number of elements.</summary>
    public int Length => Data.Length;

    /// <summary>The array that holds the elements, of any rank, row-major.</summary>
    public Array Data { get; }

    /// <summary>Elements as a flat span.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public Span<T> Span<T>() where T : unmanaged => Data.GetType().GetElementType() == typeof(T)
        ? MemoryMarshal.CreateSpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(
            ref MemoryMarshal.GetArrayDataReference(Data)), Data.Length)
        : throw new InvalidOperationException($"tensor holds {DType}, not {typeof(T).Name}; ask for {DType.ClrType.Name} elements.");

    /// <summary>The memory of the elements.</summary>
    public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(Data), checked(Data.Length * DType.Size));

    /// <summary>The only element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element, or it is of another type.</exception>
    public T Scalar<T>() where T : unmanaged => Length == 1 ? Span<T>()[0]
        : throw new InvalidOperationException($"tensor of shape [{string.Join(", ", shape)}] is not a scalar.");

    /// <summary>A copy of the elements.</summary>
    public T[] ToArray<T>() where T : unmanaged => Span<T>().ToArray();

    /// <summary>An array of any rank; its lengths are the shape.</summary>
    public static HostTensor From(Array data) =>
        new(data, [.. Enumerable.Range(0, data.Rank).Select(data.GetLongLength)]);

    /// <summary>A flat array seen with the given shape.</summary>
    /// <exception cref="ArgumentException">The shape does not hold exactly the elements of <paramref name="data"/>.</exception>
    public static HostTensor From(Array data, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long extent in shape)
            count = checked(count * extent);
        return count == data.LongLength ? new(data, shape.ToArray())
            : throw new ArgumentException($"shape [{string.Join(", ", shape.ToArray())}] holds {count} elements, the array {data.LongLength}.", nameof(shape));
    }

    /// <summary>One value, rank 0.</summary>
    public static HostTensor Scalar<T>(T value) where T : unmanaged => new(new[] { value }, []);

    /// <summary>Zeros.</summary>
    public static HostTensor Zeros(DType dtype, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long extent in shape)
            count = checked(count * extent);
        return new(Array.CreateInstance(dtype.ClrType, count), shape.ToArray());
    }

    /// <summary>An array of any rank as a tensor.</summary>
    public static implicit operator HostTensor(Array data) => From(data);

    /// <summary>A number as a tensor of rank 0.</summary>
    public static implicit operator HostTensor(float value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(double value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(int value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(long value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(bool value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(sbyte value) => Scalar(value);

    /// <inheritdoc cref="op_Implicit(float)"/>
    public static implicit operator HostTensor(byte value) => Scalar(value);

    /// <inheritdoc/>
    public override string ToString() => $"{DType}[{string.Join(", ", shape)}]";
}
