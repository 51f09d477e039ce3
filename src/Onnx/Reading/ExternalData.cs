using System.Globalization;
using Adjoint.Onnx.Schema;

namespace Adjoint.Onnx.Reading;

/// <summary>Weights in files beside the model: only inside its folder, only as many bytes as the tensor takes.</summary>
/// <param name="folder">The model's folder, or null where it came from a stream.</param>
/// <param name="maxBytes">How much may be read in all.</param>
internal sealed class ExternalData(string? folder, long maxBytes)
{
    private long total;

    /// <summary>The bytes of a tensor.</summary>
    /// <exception cref="OnnxException">The path leaves the folder, the file is too short, or lengths do not agree.</exception>
    public byte[] Read(TensorProto tensor, long size, string what)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in tensor.ExternalData)
            entries[entry.Key] = entry.Value;
        string path = PathOf(entries.GetValueOrDefault("location", ""), what);
        long offset = Number(entries, "offset", 0, what), length = Number(entries, "length", size, what);
        if (length != size)
            throw new OnnxException($"{what} takes {size} bytes, its external data has {length}.");
        if ((total += size) > maxBytes)
            throw new OnnxException($"{what}: external data is larger than {maxBytes} bytes in all; raise {nameof(OnnxOptions)}.{nameof(OnnxOptions.MaxBytes)}.");
        return Read(path, offset, (int)size, what);
    }

    private static byte[] Read(string path, long offset, int size, string what)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (offset > stream.Length - size)
                throw new OnnxException($"{what}: '{path}' has {stream.Length} bytes, not {size} from position {offset}.");
            stream.Position = offset;
            byte[] bytes = new byte[size];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new OnnxException($"{what}: '{path}' cannot be read: {e.Message}", e);
        }
    }

    private string PathOf(string location, string what)
    {
        if (folder is null)
            throw new OnnxException($"{what} lies in the file '{location}', but a model from a stream has no folder; load it by its path.");
        if (location.Length == 0 || Path.IsPathRooted(location) || location.Contains('\0', StringComparison.Ordinal))
            throw new OnnxException($"{what}: '{location}' is no file inside the model's folder.");
        string root = Path.GetFullPath(folder), path = Path.GetFullPath(Path.Combine(root, location));
        return IsInside(root, path) && IsInside(root, Target(path)) ? path
            : throw new OnnxException($"{what}: '{location}' leads out of the model's folder.");
    }

    private static bool IsInside(string root, string path) =>
        path.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar,
        StringComparison.Ordinal);

    // A link in the folder may point anywhere; folders on the way may be links too.
    private static string Target(string path)
    {
        try
        {
            string parent = Path.GetDirectoryName(path)!;
            string real = new DirectoryInfo(parent).ResolveLinkTarget(returnFinalTarget: true) is { } link
                ? Path.Combine(link.FullName, Path.GetFileName(path)) : path;
            return new FileInfo(real).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? real;
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static long Number(Dictionary<string, string> entries, string key, long otherwise, string what) =>
        !entries.TryGetValue(key, out string? text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
        : throw new OnnxException($"{what}: external data has {key} '{text}', which is no number.");
}
