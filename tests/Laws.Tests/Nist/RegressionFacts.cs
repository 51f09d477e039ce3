namespace Adjoint.Laws.Nist;

/// <summary>
/// Certified answers of the NIST StRD nonlinear regressions: sums of squares, gradients and Jacobians of the models at certified
/// parameters, by compiled code in float64. Skipped where the data are not beside the repository.
/// </summary>
public class RegressionFacts
{
    public static TheoryData<string> Problems => RegressionProblem.Names is { Length: > 0 } names ? [.. names] : ["none"];

    private static RegressionProblem Load(string name)
    {
        Skip.If(name == "none", $"the data are not at {RegressionProblem.Folder}");
        return RegressionProblem.Load(name);
    }

    /// <summary>
    /// Parameters are given to 11 digits; at a minimum the sum hides
    /// their rounding. Of Lanczos1 it is rounding noise itself.
    /// </summary>
    [SkippableTheory, MemberData(nameof(Problems))]
    public void The_sum_of_squares_is_the_certified_one(string name)
    {
        var p = Load(name);
        double got = Running.Run(Running.Of(p.Inputs, SumOfSquares(p.Residuals)), p.At(p.Certified))[0].Scalar<double>();
        double largest = p.Data[0].Doubles().Max(Math.Abs),
            noise = p.Data[0].Length * Math.Pow(1e-10 * largest, 2) + largest * 1e-15 * Math.Sqrt(p.SumOfSquares);
        Assert.True(Math.Abs(got - p.SumOfSquares) <= 1e-10 * p.SumOfSquares + noise,
            $"{name}: {got:E12}, certified {p.SumOfSquares:E12}, noise {noise:E1}");
    }

    /// <summary>At a minimum the terms of each partial derivative cancel.</summary>
    [SkippableTheory, MemberData(nameof(Problems))]
    public void The_gradient_vanishes_against_its_terms(string name)
    {
        var p = Load(name);
        Node j = Jacobian.Of(p.Residuals, p.Parameters), terms = 2 * ExpandDims(p.Residuals, 1) * j;
        Node gradient = Gradient.Of(SumOfSquares(p.Residuals), [p.Parameters])[0];
        var got = Running.Run(Running.Of(p.Inputs, gradient, Sum(terms, [0]), Sum(Abs(terms), [0])), p.At(p.Certified));
        var (g, viaJacobian, size) = (got[0].Doubles(), got[1].Doubles(), got[2].Doubles());
        for (int i = 0; i < g.Length; i++)
        {
            Assert.True(Math.Abs(g[i] - viaJacobian[i]) <= 1e-12 * size[i],
                $"{name}, b{i + 1}: {g[i]:R} in reverse mode, {viaJacobian[i]:R} by the Jacobian");
            if (p.SumOfSquares > 1e-20)
                Assert.True(Math.Abs(g[i]) <= 1e-4 * size[i], $"{name}, b{i + 1}: gradient {g[i]:E2} of terms {size[i]:E2}");
        }
    }

    [SkippableTheory, MemberData(nameof(Problems))]
    public void The_jacobian_is_the_same_in_both_modes_and_what_differences_say(string name)
    {
        var p = Load(name);
        Node forward = Jacobian.Of(p.Model, p.Parameters, DerivativeMode.Forward),
            reverse = Jacobian.Of(p.Model, p.Parameters, DerivativeMode.Reverse);
        foreach (double[] b in (double[][])[p.Certified, .. p.Starts])
        {
            var got = Running.Run(Running.Of(p.Inputs, forward, reverse), p.At(b));
            var (f, r, model) = (got[0].Doubles(), got[1].Doubles(), Running.Of(p.Inputs, p.Model));
            double[] Moved(int i, double by) => Running.Truth(model, p.At([.. b.Select((v, k) => k == i ? v + by : v)]))[0].Doubles();
            for (int i = 0; i < b.Length; i++)
            {
                double[] column = [.. f.Where((_, k) => k % b.Length == i)], other = [.. r.Where((_, k) => k % b.Length == i)];
                double h = 1e-5 * Math.Abs(b[i]), largest = column.Max(Math.Abs),
                    values = Running.Truth(model, p.At(b))[0].Doubles().Max(Math.Abs);
                var (up, down) = (Moved(i, h), Moved(i, -h));
                for (int k = 0; k < column.Length; k++)
                {
                    Assert.True(Math.Abs(column[k] - other[k]) <= 1e-12 * largest,
                        $"{name}, observation {k}, b{i + 1}: {column[k]:R} forward, {other[k]:R} reverse");
                    Assert.True(Math.Abs(column[k] - (up[k] - down[k]) / (2 * h)) <= 1e-6 * largest + 1e-14 * values / h,
                        $"{name}, observation {k}, b{i + 1}: {column[k]:R}, differences {(up[k] - down[k]) / (2 * h):R}");
                }
            }
        }
    }

    [SkippableTheory, MemberData(nameof(Problems))]
    public void Second_derivatives_are_symmetric_and_the_same_in_both_modes(string name)
    {
        var p = Load(name);
        Node loss = SumOfSquares(p.Residuals);
        Node forward = Hessian.Of(loss, p.Parameters), reverse = Hessian.Of(loss, p.Parameters, DerivativeMode.Reverse);
        var got = Running.Run(Running.Of(p.Inputs, forward, reverse), p.At(p.Starts[1]));
        var (f, r, n) = (got[0].Doubles(), got[1].Doubles(), p.Certified.Length);
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
            {
                double size = Math.Sqrt(Math.Abs(f[i * n + i] * f[k * n + k])) + Math.Abs(f[i * n + k]);
                Assert.True(Math.Abs(f[i * n + k] - r[i * n + k]) <= 1e-9 * size
                    && Math.Abs(f[i * n + k] - f[k * n + i]) <= 1e-9 * size,
                    $"{name}: [{i}, {k}] is {f[i * n + k]:R}, reverse {r[i * n + k]:R}, mirrored {f[k * n + i]:R}");
            }
    }
}
