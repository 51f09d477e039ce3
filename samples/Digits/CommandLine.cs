using System.CommandLine;
using System.Globalization;

namespace Digits;

/// <summary>The program's options.</summary>
internal static class CommandLine
{
    private const int Failed = 1, Usage = 2;

    /// <summary>Runs the program and returns its exit code: 0, 1 where data or results fail, 2 where an option is wrong.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var data = new Option<string?>("--data") { Description =
            "Folder of IDX files (train-*, perhaps t10k-*, gzipped or not) to use instead of the 8x8 digits inside.", HelpName = "DIR" };
        var epochs = Positive("--epochs", "How often every image is seen; 60 for the digits inside, else 12.", 0);
        var batch = Positive("--batch", "Images per step.", 32);
        var hidden = Positive("--hidden", "Units of the hidden layer.", 128);
        var seed = new Option<int>("--seed") { Description = "Decides the images held out, first weights and order.",
            DefaultValueFactory = _ => 1 };
        var threads = Positive("--threads", "Threads that one step may use.", Environment.ProcessorCount);
        var folder = new Option<string>("--out") { Description = "Folder for drawings.", HelpName = "DIR",
            DefaultValueFactory = _ => "digits-out" };
        var json = new Option<string?>("--json") { Description = "File for the figures.", HelpName = "FILE" };
        var root = new RootCommand("Trains a network on handwritten digits with compiled delegates.") { data, epochs,
            batch, hidden, seed, threads, folder, json };
        root.SetAction(p => Guard(error,
            () => Job.Run(new(p.GetValue(data), p.GetValue(epochs) is > 0 and var n ? n : p.GetValue(data) is null ? 60 : 12,
            p.GetValue(batch), p.GetValue(hidden), p.GetValue(seed), p.GetValue(threads), p.GetValue(folder)!, p.GetValue(json)), output)));
        var parsed = root.Parse(args);
        int code = parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? Usage : code;
    }

    private static int Guard(TextWriter error, Action job)
    {
        try
        {
            job();
            return 0;
        }
        catch (Exception e) when (e is DataException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"digits: {e.Message}");
            return Failed;
        }
    }

    private static Option<int> Positive(string name, string description, int byDefault)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value) && value < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }
}
