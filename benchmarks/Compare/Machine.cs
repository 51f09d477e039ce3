using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Benchmarks;

/// <summary>What this machine can do, measured in the same run as everything else.</summary>
internal static unsafe class Machine
{
    private const int Chains = 12;

    /// <summary>
    /// Float32 operations per second of one thread when every instruction is a fused multiply-add, for a quarter of a
    /// millisecond: what short work can use before wide vectors pull the clock down.
    /// </summary>
    public static double BurstFlops { get; } = Peak(100_000);

    /// <summary>The same, kept up for about 20 milliseconds.</summary>
    public static double SustainedFlops { get; } = Peak(8_000_000);

    /// <summary>The peak that work of this many float32 operations is measured against: sustained from a millisecond on.</summary>
    public static double PeakFlops(double flops) => flops / BurstFlops < 1e-3 ? BurstFlops : SustainedFlops;

    /// <summary>The time that float32 operations take at the peak, on some threads, as a row of a table.</summary>
    public static (string Name, double Seconds) FmaFloor(double flops, int threads = 1) => ("fma peak", flops / PeakFlops(flops) / threads);

    /// <summary>Bytes per second that c = 2a + b moves, arrays far beyond the caches, ordinary stores.</summary>
    public static double TriadBytes => Triads.Ordinary;

    /// <summary>The same with streaming stores.</summary>
    public static double StreamingBytes => Triads.Streaming;

    private static (double Ordinary, double Streaming) Triads { get; } = MeasureTriads();

    /// <summary>The suite under which these facts are recorded: seconds for a thousand million operations or bytes.</summary>
    public const string Suite = "machine";

    /// <summary>The facts as records, so that a file says what its times were taken on.</summary>
    public static IEnumerable<Measurement> Measurements =>
        from fact in new[] { ("GFLOP/s float32 in bursts", BurstFlops), ("GFLOP/s float32 sustained", SustainedFlops),
            ("GB/s triad", TriadBytes), ("GB/s triad with streaming stores", StreamingBytes) }
        let seconds = 1e9 / fact.Item2
        select new Measurement(Suite, fact.Item1, seconds, "measured", seconds);

    /// <summary>A recorded fact in words.</summary>
    public static string Describe(string fact, double seconds) => FormattableString.Invariant($"{1 / seconds:0.#} {fact}");

    private static double Peak(int trips) => Chains * 2.0 * Lanes * trips / Alternate.Time(() => Multiply(trips), 1);

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    private static float Multiply(int trips) => Lanes switch
    {
        16 => Chain512(trips),
        8 => Chain256(trips),
        _ => Chain128(trips),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain512(int trips)
    {
        Vector512<float> a = Vector512.Create(1f), b = Vector512.Create(0.5f);
        Vector512<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, ca = a, cb = a;
        for (int i = 0; i < trips; i++)
        {
            c0 = Vector512.FusedMultiplyAdd(c0, b, a); c1 = Vector512.FusedMultiplyAdd(c1, b, a); c2 = Vector512.FusedMultiplyAdd(c2, b, a);
            c3 = Vector512.FusedMultiplyAdd(c3, b, a); c4 = Vector512.FusedMultiplyAdd(c4, b, a); c5 = Vector512.FusedMultiplyAdd(c5, b, a);
            c6 = Vector512.FusedMultiplyAdd(c6, b, a); c7 = Vector512.FusedMultiplyAdd(c7, b, a); c8 = Vector512.FusedMultiplyAdd(c8, b, a);
            c9 = Vector512.FusedMultiplyAdd(c9, b, a); ca = Vector512.FusedMultiplyAdd(ca, b, a); cb = Vector512.FusedMultiplyAdd(cb, b, a);
        }
        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + ca + cb)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain256(int trips)
    {
        Vector256<float> a = Vector256.Create(1f), b = Vector256.Create(0.5f);
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, ca = a, cb = a;
        for (int i = 0; i < trips; i++)
        {
            c0 = Vector256.FusedMultiplyAdd(c0, b, a); c1 = Vector256.FusedMultiplyAdd(c1, b, a); c2 = Vector256.FusedMultiplyAdd(c2, b, a);
            c3 = Vector256.FusedMultiplyAdd(c3, b, a); c4 = Vector256.FusedMultiplyAdd(c4, b, a); c5 = Vector256.FusedMultiplyAdd(c5, b, a);
            c6 = Vector256.FusedMultiplyAdd(c6, b, a); c7 = Vector256.FusedMultiplyAdd(c7, b, a); c8 = Vector256.FusedMultiplyAdd(c8, b, a);
            c9 = Vector256.FusedMultiplyAdd(c9, b, a); ca = Vector256.FusedMultiplyAdd(ca, b, a); cb = Vector256.FusedMultiplyAdd(cb, b, a);
        }
        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + ca + cb)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chain128(int trips)
    {
        Vector128<float> a = Vector128.Create(1f), b = Vector128.Create(0.5f);
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, ca = a, cb = a;
        for (int i = 0; i < trips; i++)
        {
            c0 = Vector128.FusedMultiplyAdd(c0, b, a); c1 = Vector128.FusedMultiplyAdd(c1, b, a); c2 = Vector128.FusedMultiplyAdd(c2, b, a);
            c3 = Vector128.FusedMultiplyAdd(c3, b, a); c4 = Vector128.FusedMultiplyAdd(c4, b, a); c5 = Vector128.FusedMultiplyAdd(c5, b, a);
            c6 = Vector128.FusedMultiplyAdd(c6, b, a); c7 = Vector128.FusedMultiplyAdd(c7, b, a); c8 = Vector128.FusedMultiplyAdd(c8, b, a);
            c9 = Vector128.FusedMultiplyAdd(c9, b, a); ca = Vector128.FusedMultiplyAdd(ca, b, a); cb = Vector128.FusedMultiplyAdd(cb, b, a);
        }
        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + ca + cb)[0];
    }

    private static (double Ordinary, double Streaming) MeasureTriads()
    {
        const int n = 16_000_000;
        float[] a = Data.Floats(n, 1), b = Data.Floats(n, 2), c = new float[n];   // memory never written would all be one page of zeros
        var (ordinary, streaming) = Alternate.Time(() => HandWritten.Triad(a, b, c), () => HandWritten.StreamingTriad(a, b, c));
        return (12.0 * n / ordinary, 12.0 * n / streaming);
    }
}
