using System.Buffers.Binary;
using System.IO.Compression;

namespace Digits;

/// <summary>
/// A file in the IDX format of the MNIST database (Y. LeCun, C. Cortes, C. Burges): two zero bytes, the element type,
/// the number of axes, each extent as a big-endian 32-bit number, then the elements. May be compressed with gzip.
/// </summary>
/// <param name="Path">Where it came from.</param>
/// <param name="Extents">Elements per axis.</param>
/// <param name="Elements">Bytes, the last axis fastest.</param>
internal sealed record IdxFile(string Path, int[] Extents, byte[] Elements)
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">How many axes it must have.</param>
    /// <exception cref="DataException">It cannot be read, or is no such file; the message says why.</exception>
    public static IdxFile Read(string path, int axes)
    {
        try
        {
            return Parse(Unpack(File.ReadAllBytes(path)), path, axes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}");
        }
    }

    private static IdxFile Parse(ReadOnlySpan<byte> bytes, string path, int axes)
    {
        int header = 4 + 4 * axes;
        if (bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) is var magic && magic != (uint)(UnsignedByte << 8 | axes))
            throw new DataException($"{path} starts with 0x{magic:X8}; an IDX file of bytes with {axes} axes starts with 0x{UnsignedByte << 8 | axes:X8}.");
        if (bytes.Length < header)
            throw new DataException($"{path} ends within its header: {bytes.Length} bytes of {header}.");
        var extents = new int[axes];
        long elements = 1;
        for (int a = 0; a < axes; a++)
        {
            extents[a] = BinaryPrimitives.ReadInt32BigEndian(bytes[(4 + 4 * a)..]);
            if (extents[a] <= 0 || (elements *= extents[a]) > int.MaxValue)
                throw new DataException($"{path}: extent {(uint)extents[a]} of axis {a} is not possible.");
        }
        if (bytes.Length - header != elements)
            throw new DataException($"{path}: extents [{string.Join(", ", extents)}] announce {elements} bytes, but {bytes.Length - header} follow.");
        return new(path, extents, bytes[header..].ToArray());
    }

    private static byte[] Unpack(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
            return bytes;
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
            gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
