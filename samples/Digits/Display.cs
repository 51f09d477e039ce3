using System.Globalization;
using Spectre.Console;

namespace Digits;

/// <summary>Shows how training goes: a progress bar on a terminal, about ten plain lines elsewhere.</summary>
internal static class Display
{
    /// <summary>Consumes epochs as they are made.</summary>
    public static List<Epoch> Show(IEnumerable<Epoch> epochs, int count, TextWriter output) =>
        output == Console.Out && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive
            ? Bar(epochs, count) : Lines(epochs, count, output);

    private static List<Epoch> Bar(IEnumerable<Epoch> epochs, int count)
    {
        var done = new List<Epoch>();
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
            new RemainingTimeColumn()).Start(context =>
        {
            var task = context.AddTask("training", maxValue: count);
            foreach (var epoch in epochs)
            {
                done.Add(epoch);
                task.Description = Markup.Escape(Describe(epoch));
                task.Increment(1);
            }
        });
        return done;
    }

    private static List<Epoch> Lines(IEnumerable<Epoch> epochs, int count, TextWriter output)
    {
        var done = new List<Epoch>();
        foreach (var epoch in epochs)
        {
            done.Add(epoch);
            if (epoch.Number == count || epoch.Number % Math.Max(1, count / 10) == 0)
                output.WriteLine(Describe(epoch));
        }
        return done;
    }

    private static string Describe(Epoch e) =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {e.Number,3}  loss {e.Loss:0.00000}  test accuracy {e.TestAccuracy:0.0000}");
}
