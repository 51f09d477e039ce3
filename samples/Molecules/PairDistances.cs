namespace Molecules;

/// <summary>The radial distribution of pairs: how many are at a distance, over how many there would be without forces.</summary>
/// <param name="side">Length of the periodic box.</param>
/// <param name="count">Particles.</param>
internal sealed class PairDistances(double side, int count)
{
    private const int Bins = 100;

    private readonly long[] found = new long[Bins];
    private int samples;

    /// <summary>Counts the pairs of one moment.</summary>
    public void Add(double[] positions)
    {
        samples++;
        for (int i = 0; i < count; i++)
            for (int j = 0; j < i; j++)
            {
                double square = 0;
                for (int axis = 0; axis < 3; axis++)
                {
                    double d = positions[3 * i + axis] - positions[3 * j + axis];
                    d -= side * Math.Round(d / side);
                    square += d * d;
                }
                int bin = (int)(Math.Sqrt(square) / (side / 2) * Bins);
                if (bin < Bins)
                    found[bin]++;
            }
    }

    /// <summary>Distances and how much more, or less, often pairs are that far apart than in an ideal gas.</summary>
    public List<(double X, double Y)> Distribution()
    {
        double width = side / 2 / Bins, pairs = count * (count - 1) / 2.0 / (side * side * side);
        double Shell(int bin) => 4 * Math.PI / 3 * (Math.Pow((bin + 1) * width, 3) - Math.Pow(bin * width, 3));
        return [.. Enumerable.Range(0, Bins).Select(b => ((b + 0.5) * width, found[b] / (Math.Max(1, samples) * pairs * Shell(b))))];
    }
}
