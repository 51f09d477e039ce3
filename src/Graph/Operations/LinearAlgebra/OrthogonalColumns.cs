namespace Adjoint.Operations;

/// <summary>Singular values in plain float64: columns of A made orthogonal in pairs; what has no direction is completed.</summary>
internal static class OrthogonalColumns
{
    private const double Negligible = 1e-64;

    /// <summary>U [m, n], s [n] and V [n, n] of a matrix with m ≥ n.</summary>
    public static (double[] U, double[] S, double[] V) Of(double[] a, int m, int n)
    {
        double scale = a.DefaultIfEmpty().Max(Math.Abs) is > 0 and < double.PositiveInfinity and var largest ? largest : 1;
        double[][] u = [.. Enumerable.Range(0, n).Select(k => Enumerable.Range(0, m).Select(i => a[i * n + k] / scale).ToArray())];
        double[][] v = [.. Enumerable.Range(0, n).Select(k => Enumerable.Range(0, n).Select(i => i == k ? 1.0 : 0).ToArray())];
        for (int sweep = 0; sweep < 60 && Sweep(u, v); sweep++) { }
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(k => Dot(u[k], u[k]))];
        var done = new List<double[]>();
        foreach (int k in order)
            done.Add(Direction(u[k], done, MainSign.Of(v[k])));
        return ([.. Enumerable.Range(0, m * n).Select(i => done[i % n][i / n])], [.. order.Select(k => Length(u[k]) * scale)],
            [.. Enumerable.Range(0, n * n).Select(i => v[order[i % n]][i / n] * MainSign.Of(v[order[i % n]]))]);
    }

    private static bool Sweep(double[][] u, double[][] v)
    {
        bool any = false;
        for (int i = 0; i < u.Length; i++)
            for (int j = i + 1; j < u.Length; j++)
            {
                double x = Dot(u[i], u[i]), y = Dot(u[j], u[j]), between = Dot(u[i], u[j]);
                if (!(Math.Abs(between) > 1e-15 * Math.Sqrt(x) * Math.Sqrt(y) && x > Negligible && y > Negligible))
                    continue;
                double angle = 0.5 * Math.Atan2(2 * between, y - x);
                Rotate(u[i], u[j], angle);
                Rotate(v[i], v[j], angle);
                any = true;
            }
        return any;
    }

    private static void Rotate(double[] x, double[] y, double angle)
    {
        var (s, c) = Math.SinCos(angle);
        for (int k = 0; k < x.Length; k++)
            (x[k], y[k]) = (c * x[k] - s * y[k], s * x[k] + c * y[k]);
    }

    private static double[] Direction(double[] column, List<double[]> before, double sign)
    {
        double length = Length(column);
        if (length > 0)
            return Array.ConvertAll(column, c => c / length * sign);
        var axes = Enumerable.Range(0, column.Length).Select(i => (Axis: i, Reach: before.Sum(b => b[i] * b[i])));
        double[] rest = [.. column.Select((_, i) => i == axes.MinBy(a => a.Reach).Axis ? 1.0 : 0)];
        for (int turn = 0; turn < 2; turn++)
            foreach (var b in before)
                rest = [.. rest.Zip(b, (r, c) => r - c * Dot(rest, b))];
        return Array.ConvertAll(rest, r => r / Math.Sqrt(Dot(rest, rest)) * sign);
    }

    private static double Length(double[] x) => Dot(x, x) is var square && square <= Negligible ? 0 : Math.Sqrt(square);

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
