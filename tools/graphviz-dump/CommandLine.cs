using System.CommandLine;

namespace Adjoint.GraphvizDump;

/// <summary>The tool's options, and what it does with them.</summary>
internal sealed class CommandLine
{
    private static readonly string[] Stages = [.. Enum.GetNames<Stage>().Select(s => s.ToLowerInvariant())];
    private static readonly string[] Formats = ["dot", "svg", "png"];

    private readonly Argument<string> source =
        new("SOURCE") { Description = "A built .dll with public static members that give a Computation." };
    private readonly Option<string?> computation =
        new("--computation") { Description = "Which one to draw. Without it, they are listed.", HelpName = "NAME" };
    private readonly Option<string> stage = OneOf("--stage", "How far the computation is compiled.", Stages);
    private readonly Option<string> format = OneOf("--format", "What to write; svg and png need Graphviz.", Formats);
    private readonly Option<string?> output = new("--output",
        "-o") { Description = "Where to write; standard output by default.", HelpName = "FILE" };
    private readonly TextWriter error;
    private readonly Stream standardOutput;
    private readonly Graphviz graphviz;

    public CommandLine(Stream standardOutput, TextWriter error, Graphviz graphviz) =>
        (this.standardOutput, this.error, this.graphviz) = (standardOutput, error, graphviz);

    /// <summary>Runs the tool and returns its exit code.</summary>
    public async Task<int> Run(string[] args)
    {
        var root = new RootCommand("Draws the computations of a built assembly.") { source, computation, stage, format, output };
        root.SetAction((parsed, _) => Execute(parsed));
        var parsed = root.Parse(args);
        await using var text = new StreamWriter(standardOutput, leaveOpen: true);
        int code = await parsed.InvokeAsync(new() { Output = text, Error = error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? Failure.Usage : code;
    }

    private async Task<int> Execute(ParseResult parsed)
    {
        try
        {
            await Write(Produce(parsed), parsed.GetValue(output));
            return 0;
        }
        catch (Failure e)
        {
            await error.WriteLineAsync($"graphviz-dump: {e.Message}");
            return e.ExitCode;
        }
    }

    private async Task<byte[]> Produce(ParseResult parsed)
    {
        var models = Model.Find(ModelContext.Load(parsed.GetRequiredValue(source)));
        if (parsed.GetValue(computation) is not { } name)
            return models.Count > 0 ? Text(string.Concat(models.Select(m => m.Name + "\n"))) : throw new Failure(Model.Listing(models));
        var model = Model.Choose(models, name);
        string dot = Draw(model, Enum.Parse<Stage>(parsed.GetValue(stage)!, ignoreCase: true));
        return parsed.GetValue(format) is "dot" ? Text(dot) : await graphviz.Render(dot, parsed.GetValue(format)!);
    }

    private static string Draw(Model model, Stage stage)
    {
        var built = model.Build();
        try
        {
            return built.ToDot(stage);
        }
        catch (Exception e) when (e is GraphException or PlatformNotSupportedException)
        {
            throw new Failure($"{model.Name} cannot be compiled: {e.Message}");
        }
    }

    private async Task Write(Task<byte[]> content, string? file)
    {
        byte[] bytes = await content;
        if (file is null)
        {
            await standardOutput.WriteAsync(bytes);
            return;
        }
        try
        {
            await File.WriteAllBytesAsync(file, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"'{file}' cannot be written: {e.Message}");
        }
    }

    private static Option<string> OneOf(string name, string description, string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0],
            HelpName = string.Join('|', values) };
        return option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, values);
    }

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
