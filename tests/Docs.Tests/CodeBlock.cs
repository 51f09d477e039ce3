namespace Docs.Tests;

/// <summary>Code that a page shows, and the same code where the compiler sees it.</summary>
internal static class CodeBlock
{
    /// <summary>The C# block of a page that holds a text, without its usings.</summary>
    public static string InPage(string page, string holding)
    {
        string block = Blocks(File.ReadAllText(Repository.PathOf(page.Split('/')))).FirstOrDefault(b => b.Contains(holding, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{page} shows no C# with '{holding}'.");
        return Dedent(block.Split('\n').Where(l => !l.StartsWith("using ", StringComparison.Ordinal)));
    }

    /// <summary>The lines of a source file of these tests between <c>// begin</c>, with a name where it has several, and <c>// end</c>.</summary>
    public static string InSource(string file, string name = "") => Dedent(File.ReadLines(Repository.PathOf("tests", "Docs.Tests", file))
        .SkipWhile(l => l.Trim() != $"// begin {name}".Trim()).Skip(1).TakeWhile(l => l.Trim() != "// end"));

    private static IEnumerable<string> Blocks(string page) => page.ReplaceLineEndings("\n").Split("```csharp\n").Skip(1).Select(b => b.Split("\n```")[0]);

    private static string Dedent(IEnumerable<string> lines)
    {
        var all = lines.Select(l => l.TrimEnd()).ToList();
        int indent = all.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', all.Select(l => l.Length > indent ? l[indent..] : "")).Trim();
    }
}
