using System.Globalization;

namespace Adjoint.OnnxConformance;

/// <summary>The weights of the scalar that gradients are of, <c>c(j, k) = (((7j + 5k + 3) mod 11) - 5) / 4</c>.</summary>
internal static class Pattern
{
    private static readonly string[] Columns = ["sum", "l2", "dot_with_pattern"];

    /// <summary>The weights of output k as a tensor of its shape.</summary>
    public static HostTensor Seed(DType dtype, ReadOnlySpan<long> shape, int k)
    {
        var seed = HostTensor.Zeros(dtype, shape);
        for (int j = 0; j < seed.Length; j++)
            if (dtype == DType.Float32)
                seed.Span<float>()[j] = (float)At(j, k);
            else
                seed.Span<double>()[j] = At(j, k);
        return seed;
    }

    /// <summary>Compares sum, 2-norm and dot product with the pattern of a weight's gradient with a line of the file.</summary>
    public static string? Difference(string name, HostTensor gradient, Dictionary<string, string> row, double tolerance)
    {
        double[] g = Comparison.Doubles(gradient);
        var got = HostTensor.From(new[] { g.Sum(), Math.Sqrt(g.Sum(v => v * v)), g.Select((v, j) => v * At(j, 0)).Sum() });
        var expected = HostTensor.From(Columns.Select(c => double.Parse(row[c], CultureInfo.InvariantCulture)).ToArray());
        // A sum is as exact as the largest terms allow, so errors are scaled by the norm too.
        double scale = Math.Max(1, expected.Span<double>()[1]);
        return Comparison.Difference($"gradient of weight '{name}' (sum, norm, pattern)", Scaled(got, scale),
            Scaled(expected, scale), tolerance);
    }

    private static HostTensor Scaled(HostTensor t, double by) =>
        HostTensor.From(Array.ConvertAll(t.ToArray<double>(), v => v / by));

    private static double At(long j, long k) => ((7 * j + 5 * k + 3) % 11 - 5) / 4.0;
}
