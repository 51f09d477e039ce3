namespace Adjoint.Benchmarks.AdBench;

/// <summary>The mixture's log likelihood by plain loops, a point and a component at a time: what the machine makes of scalar C#.</summary>
internal static class GmmScalar
{
    public static double LogLikelihood(int d, int k, int n, double[] alpha, double[] mu, double[] icf, double[] points)
    {
        int t = d + d * (d - 1) / 2;
        var (diagonal, sums, b, centred) = (new double[k * d], new double[k], new double[k], new double[d]);
        for (int c = 0; c < k; c++)
            for (int j = 0; j < d; j++)
            {
                diagonal[c * d + j] = Math.Exp(icf[c * t + j]);
                sums[c] += icf[c * t + j];
            }
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            for (int c = 0; c < k; c++)
            {
                for (int j = 0; j < d; j++)
                    centred[j] = points[i * d + j] - mu[c * d + j];
                b[c] = alpha[c] + sums[c] - 0.5 * SquaredDistance(d, diagonal.AsSpan(c * d, d), icf.AsSpan(c * t + d, t - d), centred);
            }
            total += LogSumExp(b);
        }
        return total - n * (LogSumExp(alpha) + 0.5 * d * Math.Log(2 * Math.PI));
    }

    private static double SquaredDistance(int d, ReadOnlySpan<double> diagonal, ReadOnlySpan<double> below, ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int row = 0; row < d; row++)
        {
            double y = diagonal[row] * x[row];
            for (int column = 0, at = row - 1; column < row; at += d - column - 2, column++)
                y += below[at] * x[column];
            sum += y * y;
        }
        return sum;
    }

    private static double LogSumExp(double[] x)
    {
        double most = x.Max(), sum = 0;
        foreach (double v in x)
            sum += Math.Exp(v - most);
        return most + Math.Log(sum);
    }
}
