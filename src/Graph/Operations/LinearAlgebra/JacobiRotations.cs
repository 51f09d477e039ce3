namespace Adjoint.Operations;

/// <summary>
/// Jacobi's method, plain: rotates away one element after the other.
/// The truth for eigenvalues, by another way than the kernels'.
/// </summary>
internal static class JacobiRotations
{
    /// <summary>Eigenvalues, ascending, and eigenvectors in columns, of the symmetric matrix whose lower triangle is given.</summary>
    public static (double[] Values, double[] Vectors) Of(double[] matrix, int n)
    {
        var (a, v) = (new double[n, n], new double[n, n]);
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                (a[i, j], a[j, i], v[i, i]) = (matrix[i * n + j], matrix[i * n + j], 1);
        for (int sweep = 0; sweep < 60 && Rotate(a, v, n); sweep++) { }
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => a[i, i])];
        double[] signs = [.. order.Select(k => MainSign.Of(Enumerable.Range(0, n).Select(i => v[i, k])))];
        return ([.. order.Select(k => a[k, k])], [.. Enumerable.Range(0, n * n).Select(i => v[i / n, order[i % n]] * signs[i % n])]);
    }

    private static bool Rotate(double[,] a, double[,] v, int n)
    {
        bool any = false;
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++)
                if (Math.Abs(a[i, j]) > 1e-300 && Math.Abs(a[i, j]) > 1e-17 * Math.Sqrt(Math.Abs(a[i, i] * a[j, j])))
                {
                    double angle = 0.5 * Math.Atan2(2 * a[i, j], a[j, j] - a[i, i]), c = Math.Cos(angle), s = Math.Sin(angle);
                    for (int k = 0; k < n; k++)
                        (a[k, i], a[k, j], v[k, i], v[k, j]) =
                            (c * a[k, i] - s * a[k, j], s * a[k, i] + c * a[k, j], c * v[k, i] - s * v[k, j], s * v[k, i] + c * v[k, j]);
                    for (int k = 0; k < n; k++)
                        (a[i, k], a[j, k]) = (c * a[i, k] - s * a[j, k], s * a[i, k] + c * a[j, k]);
                    any = true;
                }
        return any;
    }
}
