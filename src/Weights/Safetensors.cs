using System.Buffers.Binary;
using System.Text.Json;

namespace Adjoint.Files;

/// <summary>
/// Files of named tensors in the safetensors format: eight bytes with the length of a JSON header, the header with
/// type, shape and place
/// of each tensor, then all elements. F16 and BF16 are widened to float32, exactly.
/// </summary>
/// <example><code>
/// store.Take(Safetensors.Read("model.safetensors"));
/// Safetensors.Write("trained.safetensors", store.ToTensors());
/// </code></example>
public static class Safetensors
{
    private const long MaxHeader = 100_000_000;
    private const string Metadata = "__metadata__";

    /// <summary>The tensors of a file by name, in the order of its header.</summary>
    /// <exception cref="WeightsException">The file is damaged, or elements are of a type that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>The tensors of a stream; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="WeightsException">The content is damaged, or elements are of a type that is not supported.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Read(Stream stream, string name = "stream")
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Streams.ReadExactly(stream, 8, $"{name}: length of the header"));
        if (length is 0 or > MaxHeader)
            throw new WeightsException($"{name} is no safetensors file: its header would have {length} bytes.");
        var entries = Header(Streams.ReadExactly(stream, (long)length, $"{name}: header"), name);
        var tensors = new OrderedDictionary<string, HostTensor>(StringComparer.Ordinal);
        foreach (var entry in entries)
            tensors.Add(entry.Name, HostTensor.Scalar(0f));
        long at = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != at)
                throw new WeightsException($"{name}: tensor '{entry.Name}' starts at byte {entry.Begin}, the one before it ends at {at}.");
            tensors[entry.Name] = entry.Elements.Decode(Streams.ReadExactly(stream, entry.End - entry.Begin,
                $"{name}: tensor '{entry.Name}'"), entry.Shape);
            at = entry.End;
        }
        return stream.ReadByte() < 0 ? tensors : throw new WeightsException($"{name} goes on behind its last tensor.");
    }

    /// <summary>Writes a file, in place of an old one.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, HostTensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Write(stream, tensors, metadata);
    }

    /// <summary>Writes tensors in the given order; <paramref name="metadata"/> is free text for readers.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, HostTensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var all = tensors.ToList();
        if (all.GroupBy(t => t.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1 || g.Key == Metadata) is { } clash)
            throw new ArgumentException($"'{clash.Key}' cannot be the name of a tensor, or is that of two.", nameof(tensors));
        byte[] header = Header(all, metadata);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in all)
            stream.Write(tensor.Value.Bytes);
    }

    private sealed record Entry(string Name, StoredElements Elements, long[] Shape, long Begin, long End);

    private static List<Entry> Header(byte[] json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var entries = document.RootElement.EnumerateObject().Where(p => p.Name != Metadata)
                .Select(p => Parse(p, file)).ToList();
            return entries.GroupBy(e => e.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
                ? throw new WeightsException($"{file}: two tensors are called '{twice.Key}'.") : entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new WeightsException($"{file}: its header cannot be understood: {e.Message}", e);
        }
    }

    private static Entry Parse(JsonProperty property, string file)
    {
        string what = $"{file}: tensor '{property.Name}'", type = property.Value.GetProperty("dtype").GetString() ?? "";
        var elements = StoredElements.OfSafetensors(type)
            ?? throw new WeightsException($"{what}: elements of type {type} are not supported.");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        if (property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64()).ToArray()
            is not [var begin, var end])
            throw new WeightsException($"{what}: data_offsets are not two numbers.");
        return StoredElements.CountOf(shape) is { } count && begin >= 0 && end - begin == count * elements.Size && end
            - begin <= Array.MaxLength
            ? new(property.Name, elements, shape, begin, end)
            : throw new WeightsException($"{what}: {type}[{string.Join(", ", shape)}] does not take bytes {begin} to {end}.");
    }

    // Padded with spaces, so that elements start at a multiple of eight bytes.
    private static byte[] Header(List<KeyValuePair<string, HostTensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
                WriteMetadata(json, metadata);
            long at = 0;
            foreach (var (name, tensor) in tensors)
                at = WriteEntry(json, name, tensor, at);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(Metadata);
        foreach (var (key, value) in metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static long WriteEntry(Utf8JsonWriter json, string name, HostTensor tensor, long at)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", StoredElements.Of(tensor.DType).Safetensors);
        WriteNumbers(json, "shape", tensor.Shape);
        WriteNumbers(json, "data_offsets", [at, at + tensor.Bytes.Length]);
        json.WriteEndObject();
        return at + tensor.Bytes.Length;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long n in numbers)
            json.WriteNumberValue(n);
        json.WriteEndArray();
    }
}
