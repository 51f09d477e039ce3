using Adjoint.Onnx.Schema;
using Google.Protobuf.Collections;

namespace Adjoint.Onnx.Reading;

/// <summary>Decodes tensors: from little-endian bytes, from typed lists, or from a file beside the model.</summary>
/// <param name="file">What messages call the file.</param>
/// <param name="external">Where bytes outside the model come from.</param>
internal sealed class TensorReader(string file, ExternalData external)
{
    /// <summary>More axes than any tensor has: beyond it a file is damaged.</summary>
    private const int MaxRank = 64;

    /// <summary>The tensor's elements in memory of their own.</summary>
    /// <exception cref="OnnxException">Sizes do not agree, or the element type is not supported.</exception>
    public HostTensor Read(TensorProto tensor)
    {
        string what = $"{file}: tensor '{tensor.Name}'";
        var dtype = ElementTypes.Of(tensor.DataType, what);
        long count = CountOf(tensor.Dims, what);
        if (tensor.DataLocation == 1)
            return FromBytes(external.Read(tensor, checked(count * dtype.Size), what), dtype, tensor, what);
        if (tensor.HasRawData)
            return FromBytes(tensor.RawData.Memory, dtype, tensor, what, checked(count * dtype.Size));
        Array values = dtype.Name switch
        {
            "float32" => Exactly(tensor.FloatData, count, what).ToArray(),
            "float64" => Exactly(tensor.DoubleData, count, what).ToArray(),
            "int64" => Exactly(tensor.Int64Data, count, what).ToArray(),
            "int32" => Exactly(tensor.Int32Data, count, what).ToArray(),
            "bool" => Exactly(tensor.Int32Data, count, what).Select(v => v != 0).ToArray(),
            "uint8" => Exactly(tensor.Int32Data, count, what).Select(v => unchecked((byte)v)).ToArray(),
            "int8" => Exactly(tensor.Int32Data, count, what).Select(v => unchecked((sbyte)v)).ToArray(),
            _ => throw new OnnxException($"{what}: no list of the format holds {dtype}."),
        };
        return HostTensor.From(values, [.. tensor.Dims]);
    }

    /// <summary>A tensor of zeros with a few other values, written out in full.</summary>
    public HostTensor Read(SparseTensorProto sparse, long maxBytes)
    {
        string what = $"{file}: sparse tensor '{sparse.Values?.Name}'";
        if (sparse.Values is null || sparse.Indices is null)
            throw new OnnxException($"{what} lacks values or indices.");
        var (values, indices) = (Read(sparse.Values), Read(sparse.Indices));
        if (CountOf(sparse.Dims, what) > maxBytes / values.DType.Size)
            throw new OnnxException($"{what} would take more than {maxBytes} bytes.");
        var dense = HostTensor.Zeros(values.DType, [.. sparse.Dims]);
        int rank = indices.Rank == 2 ? sparse.Dims.Count : 1, size = values.DType.Size;
        if (indices.DType != DType.Int64 || indices.Length != values.Length * rank)
            throw new OnnxException($"{what}: {indices} are no positions of {values}.");
        for (int i = 0; i < values.Length; i++)
        {
            long at = 0;
            for (int a = 0; a < rank; a++)
                at = rank == 1 ? indices.Span<long>()[i] : at * sparse.Dims[a] + indices.Span<long>()[i * rank + a];
            if (at < 0 || at >= dense.Length)
                throw new OnnxException($"{what}: position {at} lies outside {dense}.");
            values.Bytes.Slice(i * size, size).CopyTo(dense.Bytes[((int)at * size)..]);
        }
        return dense;
    }

    private static HostTensor FromBytes(ReadOnlyMemory<byte> bytes, DType dtype, TensorProto tensor, string what,
        long? expected = null)
    {
        if (expected is { } size && bytes.Length != size)
            throw new OnnxException($"{what}: {dtype}[{string.Join(", ", tensor.Dims)}] takes {size} bytes, the file has {bytes.Length}.");
        var values = Array.CreateInstance(dtype.ClrType, bytes.Length / dtype.Size);
        var result = HostTensor.From(values, [.. tensor.Dims]);
        bytes.Span.CopyTo(result.Bytes);
        if (dtype == DType.Bool)
            foreach (ref byte b in result.Bytes)
                b = b == 0 ? (byte)0 : (byte)1;
        return result;
    }

    private static long CountOf(RepeatedField<long> dims, string what)
    {
        if (dims.Count > MaxRank)
            throw new OnnxException($"{what} has {dims.Count} axes; at most {MaxRank} make sense.");
        long count = 1;
        foreach (long extent in dims)
        {
            if (extent < 0 || (count != 0 && extent > int.MaxValue / Math.Max(count, 1)))
                throw new OnnxException($"{what}: no tensor has the shape [{string.Join(", ", dims)}].");
            count *= extent;
        }
        return count;
    }

    private static RepeatedField<T> Exactly<T>(RepeatedField<T> values, long count, string what) => values.Count == count ? values
        : throw new OnnxException($"{what}: its shape holds {count} elements, the file has {values.Count}.");
}
