using System.Buffers.Binary;

namespace Adjoint.Files;

/// <summary>How elements lie in a file: of a type that tensors have, or of a shorter float that is widened exactly.</summary>
/// <param name="Safetensors">What safetensors files call it.</param>
/// <param name="Numpy">What npy files call it, without the byte order.</param>
/// <param name="DTypeName">The element type that it becomes.</param>
/// <param name="Size">Bytes of an element in the file.</param>
internal sealed record StoredElements(string Safetensors, string Numpy, string DTypeName, int Size)
{
    private static readonly StoredElements[] All =
    [
        new("F32", "f4", "float32", 4), new("F64", "f8", "float64", 8), new("I32", "i4", "int32", 4),
            new("I64", "i8", "int64", 8),
        new("BOOL", "b1", "bool", 1), new("I8", "i1", "int8", 1), new("U8", "u1", "uint8", 1),
            new("F16", "f2", "float32", 2), new("BF16", "", "float32", 2),
    ];

    // Kinds whose element type tensors have.
    private static IEnumerable<StoredElements> Supported => All.Where(k => DType.All.Any(d => d.Name == k.DTypeName));

    /// <summary>The element type of the tensor.</summary>
    public DType DType => DType.All.First(d => d.Name == DTypeName);

    /// <summary>The kind of that name in safetensors files, or null.</summary>
    public static StoredElements? OfSafetensors(string name) => Supported.FirstOrDefault(k => k.Safetensors == name);

    /// <summary>The kind of that name in npy files, or null.</summary>
    public static StoredElements? OfNumpy(string name) => Supported.FirstOrDefault(k => k.Numpy.Length > 0 && k.Numpy == name);

    /// <summary>How tensors of an element type are written.</summary>
    public static StoredElements Of(DType dtype) => All.First(k => k.DTypeName == dtype.Name);

    /// <summary>A tensor from its bytes in a file, little-endian and row-major.</summary>
    public HostTensor Decode(byte[] bytes, ReadOnlySpan<long> shape)
    {
        var result = HostTensor.From(Array.CreateInstance(DType.ClrType, bytes.Length / Size), shape);
        if (Size == DType.Size)
            bytes.CopyTo(result.Bytes);
        else
            Widen(bytes, result.Span<float>());
        if (DType == DType.Bool)
            foreach (ref byte b in result.Bytes)
                b = b == 0 ? (byte)0 : (byte)1;
        return result;
    }

    private void Widen(ReadOnlySpan<byte> bytes, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
            target[i] = Safetensors == "F16"
                ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
        }
    }

    /// <summary>How many elements a shape holds, or null where no tensor has it.</summary>
    public static long? CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long extent in shape)
            if (extent < 0 || extent > int.MaxValue / Math.Max(count, 1))
                return null;
            else
                count *= extent;
        return shape.Length > 64 ? null : count;
    }
}
