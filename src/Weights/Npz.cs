using System.IO.Compression;

namespace Adjoint.Files;

/// <summary>Files of named tensors in NumPy's npz format: a zip archive with an npy file for each.</summary>
public static class Npz
{
    private const string Suffix = ".npy";

    /// <summary>The tensors of a file by name, in the order of the archive.</summary>
    /// <exception cref="WeightsException">The file is damaged, or elements are of a type that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>The tensors of a stream; <paramref name="name"/> is what messages call it.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxBytes">Bytes of all tensors together beyond which the file is refused: a small archive can
    /// unpack to anything.</param>
    /// <exception cref="WeightsException">The content is damaged or too large, or elements are of a type that is not
    /// supported.</exception>
    public static IReadOnlyDictionary<string,
        HostTensor> Read(Stream stream, string name = "stream", long maxBytes = int.MaxValue)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var tensors = new OrderedDictionary<string, HostTensor>(StringComparer.Ordinal);
            long total = 0;
            foreach (var entry in archive.Entries)
            {
                if (entry.Length > maxBytes - total)
                    throw new WeightsException($"{name}: its tensors take more than {maxBytes} bytes.");
                using var content = entry.Open();
                var tensor = Npy.Read(content, $"{name}: {entry.FullName}");
                total += tensor.Bytes.Length;
                if (!tensors.TryAdd(Trimmed(entry.FullName), tensor))
                    throw new WeightsException($"{name}: two tensors are called '{Trimmed(entry.FullName)}'.");
            }
            return tensors;
        }
        catch (InvalidDataException e)
        {
            throw new WeightsException($"{name} is no npz file, or damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes a file, in place of an old one.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, HostTensor>> tensors)
    {
        using var stream = File.Create(path);
        Write(stream, tensors);
    }

    /// <summary>Writes tensors in the given order, uncompressed, as NumPy's savez does.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, HostTensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (!written.Add(name))
                throw new ArgumentException($"two tensors are called '{name}'.", nameof(tensors));
            using var content = archive.CreateEntry(name + Suffix, CompressionLevel.NoCompression).Open();
            Npy.Write(content, tensor);
        }
    }

    private static string Trimmed(string entry) =>
        entry.EndsWith(Suffix, StringComparison.Ordinal) ? entry[..^Suffix.Length] : entry;
}
