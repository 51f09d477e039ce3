using System.Buffers.Binary;
using System.IO.Compression;

namespace Digits.Tests;

/// <summary>Files in the IDX format, right and wrong.</summary>
internal static class IdxBytes
{
    public static byte[] Of(uint magic, int[] extents, byte[] elements)
    {
        var bytes = new byte[4 + 4 * extents.Length + elements.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, magic);
        for (int a = 0; a < extents.Length; a++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * a), extents[a]);
        elements.CopyTo(bytes, 4 + 4 * extents.Length);
        return bytes;
    }

    /// <summary>n images of 2x3 pixels, each filled with its label times 25.</summary>
    public static byte[] Images(int n) => Of(0x803, [n, 2, 3], [.. Enumerable.Range(0, n * 6).Select(i => (byte)(i / 6 % 10 * 25))]);

    public static byte[] Labels(int n) => Of(0x801, [n], [.. Enumerable.Range(0, n).Select(i => (byte)(i % 10))]);

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
