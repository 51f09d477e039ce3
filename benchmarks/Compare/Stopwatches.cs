using System.Diagnostics;

namespace Adjoint.Benchmarks;

/// <summary>Least times of alternating runs: noise only ever adds.</summary>
internal static class Alternate
{
    /// <summary>Seconds per call of each side, over about <paramref name="seconds"/> in all.</summary>
    public static (double A, double B) Time(Action a, Action b, double seconds = 2)
    {
        int repeats = Repeats(a, b);
        double bestA = double.MaxValue, bestB = double.MaxValue;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds;)
        {
            bestA = Math.Min(bestA, Seconds(a, repeats));
            bestB = Math.Min(bestB, Seconds(b, repeats));
        }
        return (bestA, bestB);
    }

    /// <summary>Seconds per call of one side.</summary>
    public static double Time(Action a, double seconds = 1) => Time(a, a, seconds).A;

    private static double Seconds(Action action, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    // Past tier 0 first; then as many calls as fill a millisecond, so that the clock's own cost drowns.
    private static int Repeats(Action a, Action b)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < 0.5;)
        {
            a();
            b();
        }
        return Math.Max(1, (int)(1e-3 / Math.Max(1e-9, Math.Max(Seconds(a, 1), Seconds(b, 1)))));
    }
}
