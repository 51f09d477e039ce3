using System.Diagnostics;

namespace Adjoint.Benchmarks;

/// <summary>Least times of alternating runs: noise only ever adds, and a machine's moods meet all sides.</summary>
internal static class Alternate
{
    private const int Rounds = 5, LeastRounds = 3;

    // Slow stretches of a machine outlast a few calls of so many seconds: these take more turns.
    private const double Slow = 5e-3;
    private const int RoundsOfSlow = 15;

    /// <summary>Seconds per call of each side, over about <paramref name="seconds"/> in all.</summary>
    public static (double A, double B) Time(Action a, Action b, double seconds = 1)
    {
        InProcess first = new("a", a), second = new("b", b);
        InProcess.Settle(first, second);
        double bestA = double.MaxValue, bestB = double.MaxValue;
        for (var clock = Stopwatch.StartNew(); bestB == double.MaxValue || clock.Elapsed.TotalSeconds < seconds;)
        {
            bestA = Math.Min(bestA, first.Once());
            bestB = Math.Min(bestB, second.Once());
        }
        return (bestA, bestB);
    }

    /// <summary>Seconds per call of one side.</summary>
    public static double Time(Action a, double seconds = 0.5)
    {
        var side = new InProcess("a", a);
        InProcess.Settle(side);
        return side.Least(seconds);
    }

    /// <summary>
    /// Seconds per call of every side, each of which gets about
    /// <paramref name="seconds"/> in five turns, three times that where a call takes milliseconds; three turns where calls are very long.
    /// </summary>
    /// <param name="sides">Who takes turns.</param>
    /// <param name="seconds">Time of each.</param>
    /// <param name="rest">Seconds of quiet before a turn, in which idle threads of the others stop waiting in loops.</param>
    public static double[] Time(IReadOnlyList<Side> sides, double seconds, double rest = 0)
    {
        InProcess.Settle([.. sides.OfType<InProcess>()]);
        double[] best = [.. sides.Select(_ => double.MaxValue)];
        var clock = Stopwatch.StartNew();
        int rounds = Rounds;
        bool HasTime() => clock.Elapsed.TotalSeconds < 2 * seconds * best.Length * rounds / Rounds;
        for (int round = 0; round < rounds && (round < LeastRounds || HasTime()); round++)
        {
            for (int i = 0; i < best.Length; i++)
            {
                Thread.Sleep(TimeSpan.FromSeconds(rest));
                best[i] = Math.Min(best[i], sides[i].Least(seconds / Rounds));
            }
            rounds = best[0] > Slow ? RoundsOfSlow : Rounds;
        }
        return best;
    }
}
