using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>What one thread of a machine can do at most: a kernel is as fast as it can be where it reaches one of the two.</summary>
/// <remarks>S. Williams, A. Waterman, D. Patterson, "Roofline: An Insightful Visual Performance Model", CACM 52(4), 2009.</remarks>
/// <param name="Flops">Float32 operations per second, fused multiply-adds counted as two.</param>
/// <param name="Bytes">Bytes per second between memory and core, in arrays far beyond the caches.</param>
public sealed record Roofline(double Flops, double Bytes)
{
    private const int Chains = 12, Elements = 1 << 23;

    private static readonly Lazy<Roofline> Once = new(Measure);

    /// <summary>This machine, measured once per process in about a tenth of a second.</summary>
    public static Roofline OfThisMachine => Once.Value;

    /// <summary>The least seconds that work takes: by arithmetic or by traffic, whichever is longer.</summary>
    public double LeastSeconds(double flops, double bytes) => Math.Max(flops / Flops, bytes / Bytes);

    private static Roofline Measure()
    {
        const int trips = 200_000;
        var (a, b, c) = (new float[Elements], new float[Elements], new float[Elements]);
        return new(Chains * 2.0 * Vector<float>.Count * Widening * trips / Best(() => Multiply(trips)),
            12.0 * Elements / Best(() => Triad(a, b, c)));
    }

    // Vector<T> stops at 256 bits; where registers are twice as wide, so is the peak.
    private static double Widening => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 64.0 / (4 * Vector<float>.Count) : 1;

    private static double Best(Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 6; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply(int trips)
    {
        Vector<float> a = Vector<float>.One, b = new(0.5f);
        Vector<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, ca = a, cb = a;
        for (int i = 0; i < trips; i++)
        {
            (c0, c1, c2, c3) = (Step(c0, a, b), Step(c1, a, b), Step(c2, a, b), Step(c3, a, b));
            (c4, c5, c6, c7) = (Step(c4, a, b), Step(c5, a, b), Step(c6, a, b), Step(c7, a, b));
            (c8, c9, ca, cb) = (Step(c8, a, b), Step(c9, a, b), Step(ca, a, b), Step(cb, a, b));
        }
        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + ca + cb)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Step(Vector<float> c, Vector<float> a, Vector<float> b) => Vector.FusedMultiplyAdd(c, b, a);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Triad(float[] a, float[] b, float[] c)
    {
        for (int i = 0; i + Vector<float>.Count <= a.Length; i += Vector<float>.Count)
            (new Vector<float>(a, i) * 2f + new Vector<float>(b, i)).CopyTo(c, i);
    }
}
