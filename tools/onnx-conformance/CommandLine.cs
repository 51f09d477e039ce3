using System.CommandLine;

namespace Adjoint.OnnxConformance;

/// <summary>The tool's options, and what it does with them.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter error)
{
    private const int Failed = 1, Usage = 2;

    private readonly Argument<DirectoryInfo> tests = new Argument<DirectoryInfo>("DIR")
    {
        Description = "Runs every test folder below it; an INDEX.csv in it says how to compare.",
    }.AcceptExistingOnly();

    private readonly Option<DirectoryInfo?> gradients = new("--gradients")
    {
        Description = "Expected gradients under the same paths.",
        HelpName = "DIR",
    };

    private readonly Option<FileInfo?> json = new("--json") { Description = "Where to write every result.", HelpName = "FILE" };
    private readonly Option<int?> tier = new("--tier") { Description = "Only tests of this tier.", HelpName = "N" };
    private readonly Option<string?> only = new("--only") { Description = "Only tests whose path contains this.",
        HelpName = "TEXT" };

    /// <summary>Runs the tool and returns its exit code.</summary>
    public int Run(string[] args)
    {
        gradients.Validators.Add(given =>
        {
            if (given.GetValue(gradients) is { Exists: false } missing)
                given.AddError($"There is no folder '{missing}'.");
        });
        var root = new RootCommand("Runs ONNX conformance tests through compiled code.") { tests, gradients, json, tier, only };
        root.SetAction(Execute);
        var parsed = root.Parse(args);
        int code = parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? Usage : code;
    }

    private int Execute(ParseResult parsed)
    {
        try
        {
            var suite = Suite.Find(parsed.GetRequiredValue(tests).FullName, parsed.GetValue(gradients)?.FullName)
                .Where(t => parsed.GetValue(tier) is not { } n || t.Tier == n)
                .Where(t => parsed.GetValue(only) is not { } text || t.Name.Contains(text, StringComparison.Ordinal));
            var report = Report.Of(suite.ToList());
            report.Write(output);
            if (parsed.GetValue(json) is { } file)
                report.WriteJson(file.FullName);
            return report.HasFailures ? Failed : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error.WriteLine($"onnx-conformance: {e.Message}");
            return Failed;
        }
    }
}
