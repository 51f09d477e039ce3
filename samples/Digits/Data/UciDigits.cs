using System.Globalization;
using System.IO.Compression;

namespace Digits;

/// <summary>The digits that ship inside this program: 8x8 pixels of 17 grey levels, see Data/ATTRIBUTION.md.</summary>
internal static class UciDigits
{
    public const int PixelsPerImage = 64;
    private const int White = 16;

    public static ImageSet Load()
    {
        using var packed = typeof(UciDigits).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new DataException("this program was built without its digits.csv.gz.");
        using var lines = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        return Parse(lines, "digits.csv.gz");
    }

    /// <summary>Reads lines of 64 intensities and a class.</summary>
    /// <exception cref="DataException">A line has another form; names it.</exception>
    public static ImageSet Parse(TextReader lines, string name)
    {
        var pixels = new List<float>();
        var labels = new List<int>();
        for (int number = 1; lines.ReadLine() is { } line; number++)
        {
            var fields = line.Split(',');
            if (fields.Length != PixelsPerImage + 1)
                throw new DataException($"{name}, line {number}: {fields.Length} fields instead of {PixelsPerImage + 1}.");
            foreach (string field in fields[..^1])
                pixels.Add(Field(field, White, name, number) / (float)White);
            labels.Add(Field(fields[^1], ImageSet.Classes - 1, name, number));
        }
        return labels.Count > 0 ? new([.. pixels], [.. labels], PixelsPerImage) : throw new DataException($"{name} is empty.");
    }

    private static int Field(string text, int most, string name, int line) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= most ? value
            : throw new DataException($"{name}, line {line}: '{text}' is not a number from 0 to {most}.");
}
