using System.Diagnostics;

namespace Adjoint.Benchmarks;

/// <summary>Code in this process, timed in pieces that are long enough for the clock's own cost to drown.</summary>
internal sealed class InProcess(string name, Action call) : Side(name)
{
    private const double Piece = 0.5e-3, Slow = 2.5e-3, Pause = 0.12;
    private int repeats = 1;

    /// <inheritdoc/>
    public override double Least(double seconds)
    {
        double best = double.MaxValue;
        for (long start = Stopwatch.GetTimestamp(); best == double.MaxValue || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
            best = Math.Min(best, Once());
        return best;
    }

    /// <summary>Seconds per call of one piece.</summary>
    public double Once()
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
            call();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    /// <summary>
    /// Runs until the JIT has nothing left to improve. Methods change tiers after 30 calls, 100 ms without new ones and a
    /// compilation in the background, twice for those that came precompiled: bursts with pauses until three of them were
    /// no faster than those before. Calls that take milliseconds spend them in loops, which are replaced while they run.
    /// </summary>
    public static void Settle(params InProcess[] sides)
    {
        double best = double.MaxValue;
        for (int idle = 0, bursts = 0; idle < 3 && bursts < 12; bursts++)
        {
            double[] each = [.. sides.Select(s => s.Burst())];
            var (seconds, slow) = (each.Sum(), each.All(s => s > Slow));
            idle = seconds < 0.98 * best ? 0 : slow ? 3 : idle + 1;
            best = Math.Min(best, seconds);
            if (!slow)
                Thread.Sleep(TimeSpan.FromSeconds(Pause));
        }
    }

    // Thirty calls and more, or what a tenth of a second holds; seconds per call.
    private double Burst()
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        while (calls < 2 || (calls < 30_000 && Elapsed(start) < (calls < 40 ? 0.1 : 0.01)))
        {
            call();
            calls++;
        }
        double each = Elapsed(start) / calls;
        repeats = Math.Max(1, (int)(Piece / Math.Max(1e-9, each)));
        return each;
    }

    private static double Elapsed(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;
}
