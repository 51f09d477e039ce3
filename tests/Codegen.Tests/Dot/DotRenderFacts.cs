using System.ComponentModel;
using System.Diagnostics;

namespace Adjoint.Tests;

/// <summary>Graphviz accepts every stage of every sample. Skipped where it is not installed.</summary>
public class DotRenderFacts
{
    public static IEnumerable<object[]> Everything =>
        from name in new[] { "Scoped", "Called", "Trained", "Shared",
            "Hostile" } from stage in Enum.GetValues<Stage>() select new object[] { name, stage };

    [SkippableTheory, MemberData(nameof(Everything))]
    public async Task Graphviz_renders(string sample, Stage stage)
    {
        var computation = (Computation)typeof(Samples).GetMethod(sample)!.Invoke(null, null)!;
        var (svg, errors) = await Render(computation.ToDot(stage));
        Assert.Equal("", errors);
        Assert.Contains("</svg>", svg);
        if (sample == "Hostile" && stage != Stage.Plan)
            Assert.Contains("&quot;x&quot; \\ &lt;y&gt; {z} | &amp; é 日本 😀", svg.Replace("&#45;", "-").Replace("&#160;", " "));
    }

    private static async Task<(string Svg, string Errors)> Render(string dot)
    {
        var start = new ProcessStartInfo("dot",
            ["-Tsvg"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Skip.If(true, "Graphviz is not installed");
        }
        using var graphviz = process!;
        var output = graphviz.StandardOutput.ReadToEndAsync();
        var errors = graphviz.StandardError.ReadToEndAsync();
        await graphviz.StandardInput.WriteAsync(dot);
        graphviz.StandardInput.Close();
        return (await output, await errors);
    }
}
