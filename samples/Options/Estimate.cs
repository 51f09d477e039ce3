namespace Options;

/// <summary>A Monte-Carlo estimate: means over batches of paths, and how far they may be off.</summary>
/// <param name="Price">The mean.</param>
/// <param name="PriceError">Its standard error.</param>
/// <param name="Slopes">Mean slopes by the parameters.</param>
/// <param name="SlopeErrors">Their standard errors, from the spread between batches.</param>
internal sealed record Estimate(double Price, double PriceError, double[] Slopes, double[] SlopeErrors)
{
    /// <summary>Runs batches with seeds 0, 1, ...</summary>
    public static Estimate Of(Heston.Batch simulate, double[] parameters, int batches)
    {
        int n = Heston.Names.Length;
        var (sums, squares, slopes, square) = (new double[n + 1], new double[n + 1], new double[n], new double[1]);
        for (int b = 0; b < batches; b++)
        {
            double price = simulate(parameters, b, slopes, square);
            for (int i = 0; i <= n; i++)
            {
                double x = i < n ? slopes[i] : price;
                sums[i] += x;
                squares[i] += x * x;
            }
        }
        double Error(int i) => Math.Sqrt(Math.Max(0, squares[i] / batches - Math.Pow(sums[i] / batches, 2)) / Math.Max(1, batches - 1));
        return new(sums[n] / batches, Error(n), [.. Enumerable.Range(0, n).Select(i => sums[i] / batches)],
            [.. Enumerable.Range(0, n).Select(Error)]);
    }
}
