namespace Springs;

/// <summary>Steps uphill, each number at a pace of its own (Adam; Kingma and Ba, 2015).</summary>
/// <param name="x">What is changed.</param>
/// <param name="learningRate">About how far a number moves in a step.</param>
internal sealed class Ascent(double[] x, double learningRate)
{
    private readonly double[] mean = new double[x.Length], square = new double[x.Length];
    private int steps;

    /// <summary>A start that breaks the symmetry of left and right.</summary>
    public static double[] Start(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => i < count / 2 ? 0.3 * random.NextDouble() : random.NextDouble() - 0.5)];
    }

    /// <summary>One step along slopes.</summary>
    public void Step(double[] slopes)
    {
        steps++;
        for (int i = 0; i < x.Length; i++)
        {
            mean[i] = 0.9 * mean[i] + 0.1 * slopes[i];
            square[i] = 0.999 * square[i] + 0.001 * slopes[i] * slopes[i];
            x[i] += learningRate * mean[i] / (1 - Math.Pow(0.9, steps)) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, steps))) + 1e-8);
        }
    }
}
