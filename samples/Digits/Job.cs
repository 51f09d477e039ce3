using System.Globalization;
using Adjoint;

namespace Digits;

/// <summary>The whole job: load, compile, train, judge, draw.</summary>
internal static class Job
{
    /// <summary>Runs it.</summary>
    /// <exception cref="DataException">The data is missing or damaged.</exception>
    /// <exception cref="IOException">Results cannot be written.</exception>
    public static Figures Run(Settings settings, TextWriter output)
    {
        var data = settings.Data is { } folder ? IdxFolder.Load(folder, settings.Seed) : UciDigits.Load().HoldOut(settings.Seed);
        output.WriteLine($"{data.Train.Count} images to learn from, {data.Test.Count} held out, {data.Train.PixelsPerImage} pixels each\n");
        Directory.CreateDirectory(settings.Out);
        var trainer = new Trainer(data, settings);
        output.WriteLine(trainer.Training.Report);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"first compilation in this process {trainer.FirstCompile.TotalMilliseconds:0} ms, training step after it {trainer.Compile.TotalMilliseconds:0} ms"));
        var epochs = Display.Show(trainer.Run(), settings.Epochs, output);
        var figures = new Figures(epochs[^1].TestAccuracy, epochs[^1].Loss, trainer.Compile.TotalMilliseconds,
            trainer.Clock.MedianMicroseconds, trainer.Clock.AllocatedBytesPerStep);
        output.WriteLine($"\n{figures}");
        Write(settings, trainer.Training, epochs, figures);
        output.WriteLine($"the step at every stage (.dot) and the learning curve (.svg) are in {Path.GetFullPath(settings.Out)}");
        return figures;
    }

    private static void Write(Settings settings, Executable training, List<Epoch> epochs, Figures figures)
    {
        var bindings = new Dictionary<string, long> { ["batch"] = settings.Batch };
        foreach (var stage in Enum.GetValues<Stage>())
            File.WriteAllText(Path.Combine(settings.Out, $"{(int)stage + 1}-{stage.ToString().ToLowerInvariant()}.dot"),
                training.ToDot(stage, bindings));
        File.WriteAllText(Path.Combine(settings.Out, "learning-curve.svg"),
            LearningCurve.Draw(epochs, $"digits, {settings.Hidden} hidden units, seed {settings.Seed}"));
        if (settings.Json is { } json)
            File.WriteAllText(json, figures.ToJson());
    }
}
