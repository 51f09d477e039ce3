using System.Text.RegularExpressions;
using Adjoint;
using Adjoint.Tests;

namespace Docs.Tests;

public partial class OpTableFacts
{
    [Fact]
    public void The_table_of_ops_is_what_the_code_says()
    {
        string page = Repository.PathOf("docs/ops.md"), made = OpTable.Write();
        if (Environment.GetEnvironmentVariable("ADJOINT_DOCS") == "write")
            File.WriteAllText(page, made);
        Assert.True(File.ReadAllText(page).ReplaceLineEndings("\n") == made.ReplaceLineEndings("\n"),
            "docs/ops.md is out of date; run this test with ADJOINT_DOCS=write and read the difference.");
    }

    [Fact]
    public void Every_name_of_ours_that_the_page_of_names_lists_exists()
    {
        var known = new[] { typeof(Ops), typeof(Gradient), typeof(Vmap) }.Concat(typeof(Ops).Assembly.GetExportedTypes())
            .SelectMany(t => t.GetMethods()).Select(m => m.Name).ToHashSet();
        var missing = File.ReadLines(Repository.PathOf("docs/names.md")).Where(l => l.StartsWith('|'))
            .Select(l => l.TrimEnd('|', ' ')[(l.TrimEnd('|', ' ').LastIndexOf(" | ", StringComparison.Ordinal) + 3)..])
            .SelectMany(l => Calls().Matches(l)).Select(m => m.Groups[1].Value).Where(n => !known.Contains(n)).Distinct().ToList();
        Assert.True(missing.Count == 0, $"docs/names.md names what does not exist: {string.Join(", ", missing)}");
    }

    [GeneratedRegex(@"(?:^|[`.])([A-Z]\w*)\(")]
    private static partial Regex Calls();
}
