using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Adjoint.Benchmarks.AdBench;

/// <summary>
/// <c>adbench --input DIR --output DIR [--only gmm,ba,hand] [--seconds S] [--threads
/// N]</c>: runs every input file of ADBench below a folder, writes the results of each
/// beside the same path below another, and the times of all to <c>adbench.json</c>.
/// </summary>
internal static class AdBenchCommand
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Times of one case, in seconds; derivatives include the objective.</summary>
    internal sealed record Times(string Case, double ObjectiveSeconds, double ObjectiveMedianSeconds, double DerivativeSeconds,
        double DerivativeMedianSeconds, double CompileSeconds, double ScalarObjectiveSeconds);

    public static int Run(string[] args)
    {
        if (Settings.Parse(args) is not { } settings)
        {
            Console.Error.WriteLine("usage: adbench --input DIR --output DIR [--only gmm,ba,hand] [--seconds S] [--threads N]");
            return 2;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"FMA peak {Machine.SustainedFlops / 2e9:0} GFLOP/s float64, triad {Machine.TriadBytes / 1e9:0.0} GB/s, one thread; {settings.Threads} thread(s); no FMA contraction"));
        Console.WriteLine("times in microseconds: minimum (median); derivatives include the objective; the yardstick is the objective in scalar C#");
        Console.WriteLine($"{"case",-44} {"objective",20} {"derivatives",22} {"ratio",6} {"yardstick",10} {"compile ms",11}");
        var times = new List<Times>();
        foreach (var (name, path) in Cases.Below(settings.Input).Where(c => settings.Wants(c.Name)))
        {
            times.Add(Measure(name, path, settings));
            Console.WriteLine(Line(times[^1]));
        }
        File.WriteAllText(Path.Combine(settings.Output, "adbench.json"), JsonSerializer.Serialize(times, Format));
        return 0;
    }

    private static Times Measure(string name, string path, Settings settings)
    {
        long start = Stopwatch.GetTimestamp();
        var problem = Cases.Open(name, path, new() { Threads = settings.Threads });
        double compile = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var objective = Time(problem.Objective, settings.Seconds);
        var derivatives = Time(() => { problem.Derivatives(); return 0; }, settings.Seconds);
        double yardstick = Time(problem.ScalarObjective, settings.Seconds / 4).Least;
        string results = Path.Combine(settings.Output, name + ".out.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        using (var records = new RecordWriter(results))
            problem.Write(records);
        return new(name, objective.Least, objective.Median, derivatives.Least, derivatives.Median, compile, yardstick);
    }

    // Samples of at least a millisecond each, after the code has settled.
    private static (double Least, double Median) Time<T>(Func<T> action, double seconds)
    {
        var clock = Stopwatch.StartNew();
        int calls = 0;
        do
        {
            action();
            calls++;
        }
        while (clock.Elapsed.TotalSeconds < Math.Min(0.3, seconds / 2));
        int repeats = Math.Max(1, (int)(1e-3 * calls / clock.Elapsed.TotalSeconds));
        var samples = new List<double>();
        for (clock.Restart(); samples.Count < 3 || clock.Elapsed.TotalSeconds < seconds;)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++)
                action();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / repeats);
        }
        samples.Sort();
        return (samples[0], samples[samples.Count / 2]);
    }

    private static string Line(Times t)
    {
        string Pair(double least, double median) => string.Create(CultureInfo.InvariantCulture, $"{least * 1e6:0.0} ({median * 1e6:0.0})");
        return string.Create(CultureInfo.InvariantCulture,
            $"{t.Case,-44} {Pair(t.ObjectiveSeconds, t.ObjectiveMedianSeconds),20} {Pair(t.DerivativeSeconds, t.DerivativeMedianSeconds),22} {t.DerivativeSeconds / t.ObjectiveSeconds,6:0.00} {t.ScalarObjectiveSeconds * 1e6,10:0.0} {t.CompileSeconds * 1e3,11:0}");
    }
}
