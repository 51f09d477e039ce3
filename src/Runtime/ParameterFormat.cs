using System.Collections.Immutable;
using System.Text;

namespace Adjoint.Runtime;

/// <summary>How a <see cref="ParameterStore"/> is written, version 1. All numbers are little-endian.</summary>
/// <remarks><code>
/// 8 bytes   "ADJPARAM"
/// uint32    version, 1
/// uint32    number of entries, and for each:
/// uint16    bytes of the name, then the name in UTF-8
/// uint8     element type: 1 bool, 2 uint8, 3 int8, 4 uint16, 5 int16, 6 uint32, 7 int32, 8 uint64, 9 int64,
/// 10 float16, 11 float32, 12 float64
/// uint8     rank, then an int64 extent per axis
/// bytes     the elements, row-major, as many as type and shape say
/// 4 bytes   "END."
/// </code></remarks>
public static class ParameterFormat
{
    internal const int Version = 1;
    internal static readonly ImmutableArray<byte> Magic = [.. "ADJPARAM"u8];
    internal static readonly ImmutableArray<byte> EndMark = [.. "END."u8];

    // Strict: a lone surrogate would be written as U+FFFD and not be found again.
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses names that could not be saved.</summary>
    internal static void RequireName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Utf8.GetByteCount(name) > ushort.MaxValue)
            throw new ArgumentException("The name is longer than 65,535 bytes.");
    }

    internal static void Write(Stream stream, ParameterSnapshot snapshot)
    {
        RequireLittleEndian();
        using var writer = new BinaryWriter(stream, Utf8, leaveOpen: true);
        writer.Write(Magic.AsSpan());
        writer.Write(Version);
        writer.Write(snapshot.Count);
        foreach (var entry in snapshot.Entries) WriteEntry(writer, entry);
        writer.Write(EndMark.AsSpan());
    }

    internal static void WriteFile(string path, ParameterSnapshot snapshot)
    {
        // Beside the target, since only within one file system is the move atomic.
        string unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = File.Create(unfinished)) Write(stream, snapshot);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    internal static ParameterSnapshot Read(Stream stream, string source, ImmutableArray<ParameterBuffer> expected)
    {
        RequireLittleEndian();
        using var reader = new BinaryReader(stream, Utf8, leaveOpen: true);
        return new ParameterReader(reader, source, expected).Read();
    }

    internal static ParameterSnapshot ReadFile(string path, ImmutableArray<ParameterBuffer> expected)
    {
        using var stream = File.OpenRead(path);
        var snapshot = Read(stream, path, expected);
        return stream.ReadByte() < 0 ? snapshot : throw new InvalidDataException($"{path}: data after the end mark.");
    }

    private static void WriteEntry(BinaryWriter writer, ParameterSnapshot.Entry entry)
    {
        byte[] name = Utf8.GetBytes(entry.Name);
        writer.Write((ushort)name.Length);
        writer.Write(name);
        writer.Write(entry.Type.Kind.Code);
        writer.Write((byte)entry.Type.Shape.Length);
        foreach (long extent in entry.Type.Shape) writer.Write(extent);
        writer.Write(entry.Bytes);
    }

    // Elements are copied as they lie in memory.
    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Parameter files need a little-endian machine.");
    }
}
