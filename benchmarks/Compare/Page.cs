namespace Adjoint.Benchmarks;

/// <summary>A page with a part that a command writes.</summary>
internal static class Page
{
    private const string Begin = "<!-- benchmarks -->", End = "<!-- /benchmarks -->";

    /// <summary>Puts text between the two marks of a file.</summary>
    /// <exception cref="InvalidDataException">The marks are missing, or in the wrong order; the file is as it was.</exception>
    public static void Refresh(string file, string text) => File.WriteAllText(file, Replace(File.ReadAllText(file), text));

    /// <summary>The page with other text between its marks.</summary>
    /// <exception cref="InvalidDataException">The marks are missing, or in the wrong order.</exception>
    public static string Replace(string page, string text)
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= Begin.Length && end >= begin
            ? $"{page[..begin]}\n{text.Trim()}\n{page[end..]}"
            : throw new InvalidDataException($"the page has no part between {Begin} and {End}; add both, each on a line of its own");
    }
}
