using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Adjoint.Files;

/// <summary>
/// Single tensors in NumPy's npy format, versions 1 to 3. Column-major arrays become row-major, big-endian ones
/// little-endian, float16 becomes float32.
/// </summary>
public static partial class Npy
{
    private const int MaxHeader = 1 << 16;

    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The tensor of a file.</summary>
    /// <exception cref="WeightsException">The file is damaged, or elements are of a type that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HostTensor Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>The tensor that a stream starts with; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="WeightsException">The content is damaged, or elements are of a type that is not supported.</exception>
    public static HostTensor Read(Stream stream, string name = "stream")
    {
        byte[] start = Streams.ReadExactly(stream, 8, $"{name}: beginning");
        if (!start.AsSpan(0, 6).SequenceEqual(Magic) || start[6] is < 1 or > 3)
            throw new WeightsException($"{name} is no npy file of version 1 to 3.");
        byte[] size = Streams.ReadExactly(stream, start[6] == 1 ? 2 : 4, $"{name}: length of the header");
        long length = size.Length == 2 ? BitConverter.ToUInt16(size) : BitConverter.ToUInt32(size);
        if (length > MaxHeader)
            throw new WeightsException($"{name}: its header would have {length} bytes.");
        var header = Header.Parse(Encoding.UTF8.GetString(Streams.ReadExactly(stream, length, $"{name}: header")), name);
        byte[] bytes = Streams.ReadExactly(stream, header.Bytes, name);
        if (header.IsBigEndian)
            foreach (int at in Enumerable.Range(0, bytes.Length / header.Elements.Size))
                bytes.AsSpan(at * header.Elements.Size, header.Elements.Size).Reverse();
        return header.IsColumnMajor ? RowMajor(header, bytes) : header.Elements.Decode(bytes, header.Shape);
    }

    /// <summary>Writes a file, in place of an old one.</summary>
    public static void Write(string path, HostTensor tensor)
    {
        using var stream = File.Create(path);
        Write(stream, tensor);
    }

    /// <summary>Writes a tensor, version 1, little-endian and row-major.</summary>
    public static void Write(Stream stream, HostTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensor);
        string extents = string
            .Concat(tensor.Shape.ToArray()
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}, "))).TrimEnd();
        string order = tensor.DType.Size == 1 ? "|" : "<";
        string shape = tensor.Rank > 1 ? extents.TrimEnd(',') : extents;
        string header = $"{{'descr': '{order}{StoredElements.Of(tensor.DType).Numpy}', 'fortran_order': False, 'shape': ({shape}), }}";
        int length = (10 + header.Length + 1 + 63) / 64 * 64 - 10;
        stream.Write([.. Magic, 1, 0, (byte)(length & 255), (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        stream.Write(tensor.Bytes);
    }

    // Read with axes reversed, then with axes as they should be.
    private static HostTensor RowMajor(Header header, byte[] bytes)
    {
        int size = header.Elements.Size, rank = header.Shape.Length;
        byte[] ordered = new byte[bytes.Length];
        long[] at = new long[rank];
        for (int i = 0; i < bytes.Length / size; i++)
        {
            long from = 0;
            for (int a = rank - 1; a >= 0; a--)
                from = from * header.Shape[a] + at[a];
            bytes.AsSpan((int)from * size, size).CopyTo(ordered.AsSpan(i * size));
            for (int a = rank - 1; a >= 0 && ++at[a] == header.Shape[a]; a--)
                at[a] = 0;
        }
        return header.Elements.Decode(ordered, header.Shape);
    }

    private sealed partial record Header(StoredElements Elements, bool IsBigEndian, bool IsColumnMajor, long[] Shape, long Bytes)
    {
        // The header is a literal of a Python dictionary with three keys in any order.
        public static Header Parse(string text, string file)
        {
            var (type, order, shape) = (Descr().Match(text), Fortran().Match(text), Extents().Match(text));
            if (!type.Success || !order.Success || !shape.Success)
                throw new WeightsException($"{file}: its header cannot be understood: {text.Trim()[..Math.Min(200, text.Trim().Length)]}");
            var elements = StoredElements.OfNumpy(type.Groups[2].Value)
                ?? throw new WeightsException($"{file}: elements of type '{type.Groups[2].Value}' are not supported.");
            string[] numbers = shape.Groups[1].Value.Split(',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            long[] extents = [.. numbers
                .Select(n => long.TryParse(n.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out long v)
                ? v : -1)];
            return StoredElements.CountOf(extents) is { } count && count * elements.Size <= System.Array.MaxLength
                ? new(elements, type.Groups[1].Value == ">", order.Groups[1].Value == "True", extents, count * elements.Size)
                : throw new WeightsException($"{file}: no tensor has the shape ({shape.Groups[1].Value}).");
        }

        [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([<>|=]?)([a-z]\d{1,2})['"]""", RegexOptions.CultureInvariant)]
        private static partial Regex Descr();

        [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""", RegexOptions.CultureInvariant)]
        private static partial Regex Fortran();

        [GeneratedRegex("""['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)""", RegexOptions.CultureInvariant)]
        private static partial Regex Extents();
    }
}
