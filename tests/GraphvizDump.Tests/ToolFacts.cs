using System.Text;

namespace Adjoint.GraphvizDump.Tests;

public class ToolFacts
{
    private static readonly string ThisAssembly = typeof(ToolFacts).Assembly.Location;

    [Fact]
    public async Task Without_a_name_computations_are_listed()
    {
        var (code, output, _) = await Run(ThisAssembly);
        Assert.Equal(0, code);
        Assert.Equal(["Field", "Inner.Method", "Method", "Nothing", "Property", "Throws"],
            output.Trim().Split('\n').Select(l => l.Replace("Adjoint.GraphvizDump.Tests.Models.", "", StringComparison.Ordinal)));
    }

    [Theory, InlineData("Field"), InlineData("Models.Property"), InlineData("Adjoint.GraphvizDump.Tests.Models.Method")]
    public async Task A_computation_is_drawn_as_dot(string name)
    {
        var (code, output, error) = await Run(ThisAssembly, "--computation", name);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("multiply", output);
        Assert.StartsWith("digraph", output);
    }

    [Theory, InlineData("source"), InlineData("differentiated"), InlineData("optimised"), InlineData("fused"), InlineData("Plan")]
    public async Task Every_stage_can_be_drawn(string stage)
    {
        var (code, output, _) = await Run(ThisAssembly, "--computation", "Field", "--stage", stage);
        Assert.Equal(0, code);
        Assert.Contains($"field: {stage.ToLowerInvariant()}", output);
    }

    [Fact]
    public async Task A_file_takes_what_standard_output_would()
    {
        string file = Path.GetTempFileName();
        var (code, output, _) = await Run(ThisAssembly, "--computation", "Field", "-o", file);
        Assert.Equal((0, ""), (code, output));
        Assert.StartsWith("digraph", await File.ReadAllTextAsync(file));
        File.Delete(file);
    }

    [SkippableTheory, InlineData("svg"), InlineData("png")]
    public async Task Pictures_are_drawn_by_graphviz(string format)
    {
        var (code, output, error) = await Run(ThisAssembly, "--computation", "Field", "--format", format);
        Skip.If(error.Contains("is not on the path", StringComparison.Ordinal), "Graphviz is not installed");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(format == "svg" ? "</svg>" : "PNG", output);
    }

    [Theory]
    [InlineData(2, "Required argument 'SOURCE' missing")]
    [InlineData(2, "'--stages'", "x.dll", "--stages", "plan")]
    [InlineData(2, "Must be one of", "x.dll", "--stage", "late")]
    [InlineData(2, "Must be one of", "x.dll", "--format", "gif")]
    [InlineData(2, "Required argument missing for option", "x.dll", "--computation")]
    [InlineData(1, "there is no file 'x.dll'", "x.dll")]
    [InlineData(1, "cannot be loaded as a .NET assembly", "THIS.json")]
    [InlineData(2, "no computation is called 'Absent'. There are:", "THIS", "--computation", "Absent")]
    [InlineData(2, "'Method' fits several computations", "THIS", "--computation", "Method")]
    [InlineData(1, "Throws throws InvalidOperationException: no weights today", "THIS", "--computation", "Throws")]
    [InlineData(1, "Nothing gives null", "THIS", "--computation", "Nothing")]
    [InlineData(1, "cannot be written", "THIS", "--computation", "Field", "-o", "/no/such/folder/x.dot")]
    [InlineData(1, "There are no public static", "NONE")]
    public async Task Mistakes_are_named(int exitCode, string message, params string[] args)
    {
        string json = Path.ChangeExtension(ThisAssembly, ".runtimeconfig.json");
        var (code, _, error) = await Run([.. args.Select(a => a switch
        {
            "THIS" => ThisAssembly,
            "THIS.json" => json,
            "NONE" => typeof(Computation).Assembly.Location,
            _ => a,
        })]);
        Assert.Contains(message, error.Replace("\r", "", StringComparison.Ordinal));
        Assert.Equal(exitCode, code);
    }

    [Fact]
    public async Task Without_graphviz_the_message_says_how_to_get_it()
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        int code = await new CommandLine(output, error, new Graphviz("no-such-dot")).Run([ThisAssembly, "--computation", "Field", "--format", "svg"]);
        Assert.Equal(1, code);
        Assert.Contains("apt install graphviz", error.ToString());
        Assert.Equal(0, output.Length);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        int code = await new CommandLine(output, error, new Graphviz()).Run(args);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
