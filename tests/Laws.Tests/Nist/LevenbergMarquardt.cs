namespace Adjoint.Laws.Nist;

/// <summary>
/// Least squares by damped Gauss-Newton steps from residuals and their Jacobian: enough of a method to hold compiled derivatives to certified
/// parameters. Steps solve the damped problem by orthogonal columns, so that nothing is squared. After K. Levenberg and D. Marquardt.
/// </summary>
internal static class LevenbergMarquardt
{
    /// <summary>Parameters at a minimum of the sum of squares, from a start.</summary>
    /// <param name="evaluate">Residuals, and their derivatives row by row.</param>
    /// <param name="start">Parameters.</param>
    public static double[] Minimise(Func<double[], (double[] Residuals, double[] Jacobian)> evaluate, double[] start)
    {
        var (b, damping) = (start, 1e-3);
        var (r, j) = evaluate(b);
        for (int step = 0; step < 2_000 && damping < 1e30; step++)
        {
            double[] change = Step(r, j, b.Length, damping), next = [.. b.Zip(change, (p, d) => p - d)];
            var (rNext, jNext) = evaluate(next);
            if (!(Sum(rNext) <= Sum(r)))
            {
                damping *= 4;
                continue;
            }
            bool settled = change.Zip(next).All(p => Math.Abs(p.First) <= 1e-13 * Math.Abs(p.Second));
            (b, r, j, damping) = (next, rNext, jNext, Math.Max(damping / 8, 1e-16));
            if (settled)
                break;
        }
        return b;
    }

    private static double Sum(double[] r) => r.Sum(v => v * v);

    // Minimises |J d - r|² + damping |D d|², D the lengths of J's columns: columns scaled to length 1, then modified Gram-Schmidt, twice.
    private static double[] Step(double[] r, double[] j, int n, double damping)
    {
        int m = r.Length;
        double[] scale = [.. Enumerable.Range(0, n).Select(c => Math.Sqrt(Enumerable.Range(0, m).Sum(i => j[i * n + c] * j[i * n + c])))];
        double[][] q = [.. Enumerable.Range(0, n).Select(c => Enumerable.Range(0, m + n)
            .Select(i => i < m ? j[i * n + c] / scale[c] : i - m == c ? Math.Sqrt(damping) : 0).ToArray())];
        double[] right = [.. r, .. new double[n]], solution = new double[n];
        var upper = new double[n, n];
        for (int c = 0; c < n; c++)
        {
            for (int pass = 0; pass < 2; pass++)
                for (int k = 0; k < c; k++)
                    upper[k, c] += Remove(q[c], q[k]);
            upper[c, c] = Math.Sqrt(Sum(q[c]));
            q[c] = Array.ConvertAll(q[c], v => v / upper[c, c]);
            solution[c] = Remove(right, q[c]);
        }
        for (int c = n - 1; c >= 0; c--)
            solution[c] = (solution[c] - Enumerable.Range(c + 1, n - c - 1).Sum(k => upper[c, k] * solution[k])) / upper[c, c];
        return [.. solution.Zip(scale, (s, d) => s / d)];
    }

    // Takes the part along a unit vector out of another, and says how long it was.
    private static double Remove(double[] from, double[] unit)
    {
        double along = from.Zip(unit, (a, b) => a * b).Sum();
        for (int i = 0; i < from.Length; i++)
            from[i] -= along * unit[i];
        return along;
    }
}
