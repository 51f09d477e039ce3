namespace Adjoint.Benchmarks;

/// <summary>Arrays of numbers in [-1, 1), the same in every run.</summary>
internal static class Data
{
    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        var data = new float[count];
        foreach (ref float x in data.AsSpan())
            x = 2 * random.NextSingle() - 1;
        return data;
    }

    public static int[] Labels(int count, int classes, int seed)
    {
        var random = new Random(seed);
        var data = new int[count];
        foreach (ref int x in data.AsSpan())
            x = random.Next(classes);
        return data;
    }
}
