namespace Adjoint.Runtime.Tests;

/// <summary>Kernels as codegen will emit them, written by hand.</summary>
internal static unsafe class Kernels
{
    /// <summary>y[i] = a x[i]. Words: x, y, address of a.</summary>
    public static int Scale(long args, long begin, long end)
    {
        float* x = Floats(args, 0), y = Floats(args, 1), a = Floats(args, 2);
        for (long i = begin; i < end; i++) y[i] = *a * x[i];
        return 0;
    }

    /// <summary>y[i] = x[i] + b, b in the word itself. Words: x, y, bits of b.</summary>
    public static int Shift(long args, long begin, long end)
    {
        float* x = Floats(args, 0), y = Floats(args, 1);
        float b = BitConverter.Int32BitsToSingle((int)Word(args, 2));
        for (long i = begin; i < end; i++) y[i] = x[i] + b;
        return 0;
    }

    /// <summary>Code i + 1 for the first i of the range from which on everything fails. Words: that i.</summary>
    public static int FailFrom(long args, long begin, long end)
    {
        long i = Math.Max(begin, Word(args, 0));
        return i < end ? (int)i + 1 : 0;
    }

    /// <summary>Counts visits: counts[i] += 1. Words: counts.</summary>
    public static int Visit(long args, long begin, long end)
    {
        for (long i = begin; i < end; i++) ((int*)Word(args, 0))[i]++;
        return 0;
    }

    public static int Nothing(long args, long begin, long end) => 0;

    public static long Word(long args, int index) => ((long*)args)[index];

    private static float* Floats(long args, int index) => (float*)Word(args, index);
}
