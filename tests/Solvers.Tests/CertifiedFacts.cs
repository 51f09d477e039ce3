using Adjoint.Laws.Nist;

namespace Adjoint.Solvers.Tests;

/// <summary>
/// The NIST StRD nonlinear regressions by our own Levenberg-Marquardt: certified digits of every parameter from both starts. Skipped where
/// the data are not beside the repository; the hardest problems stand here in full.
/// </summary>
public class CertifiedFacts(Xunit.Abstractions.ITestOutputHelper output)
{
    public static TheoryData<string> Problems => RegressionProblem.Names is { Length: > 0 } names ? [.. names] : ["none"];

    private static RegressionProblem Load(string name)
    {
        Skip.If(name == "none", $"the data are not at {RegressionProblem.Folder}");
        return RegressionProblem.Load(name);
    }

    private double Digits(RegressionProblem p, int start)
    {
        var solver = new LevenbergMarquardt(new([.. p.Inputs], [p.Residuals]), p.Data);
        double[] b = [.. p.Starts[start]];
        var report = solver.Minimise(b);
        double digits = Digits(b, p.Certified);
        output.WriteLine($"{p.Name} from start {start + 1}: {digits:0.0} digits, {report}");
        return digits;
    }

    /// <summary>The fewest digits that any parameter has right; 11 are certified.</summary>
    private static double Digits(double[] found, double[] certified) => found.Zip(certified, (got, truth) =>
        double.IsFinite(got) ? Math.Min(11, -Math.Log10(Math.Max(1e-16, Math.Abs(got - truth) / Math.Abs(truth)))) : 0).Min();

    [SkippableTheory, MemberData(nameof(Problems))]
    public void From_the_nearer_start_every_problem_has_six_digits(string name) => Assert.InRange(Digits(Load(name), 1), 6, 11);

    [SkippableFact]
    public void From_the_farther_start_nine_in_ten_have_six_digits()
    {
        Skip.If(RegressionProblem.Names.Length == 0, $"the data are not at {RegressionProblem.Folder}");
        int solved = RegressionProblem.Names.Count(name => Digits(Load(name), 0) >= 6);
        Assert.True(solved >= 0.9 * RegressionProblem.Names.Length, $"{solved} of {RegressionProblem.Names.Length}");
    }

    /// <summary>Public data of the collection: three problems on which many solvers fail.</summary>
    public static TheoryData<string, double[], double[], double[], double[]> Hard => new()
    {
        { "BoxBOD", [1, 1], [100, 0.75], [2.1380940889e2, 5.4723748542e-1], [109, 149, 149, 191, 213, 224] },
        { "MGH10", [2, 400000, 25000], [0.02, 4000, 250], [5.6096364710e-3, 6.1813463463e3, 3.4522363462e2],
            [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872] },
        { "MGH17", [50, 150, -100, 1, 2], [0.5, 1.5, -1, 0.01, 0.02],
            [3.7541005211e-1, 1.9358469127, -1.4646871366, 1.2867534640e-2, 2.2122699662e-2],
            [.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603, .580, .558, .538, .522, .506,
                .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406] },
    };

    [Theory, MemberData(nameof(Hard))]
    public void Hard_ones_have_six_digits(string name, double[] far, double[] near, double[] certified, double[] response)
    {
        Node b = Input("b", DType.Float64, [certified.Length]), x = Input("x", DType.Float64, [response.Length]),
            y = Input("y", DType.Float64, [response.Length]);
        Node B(int i) => Reshape(Slice(b, 0, i, i + 1), []);
        var (model, predictor) = name switch
        {
            "BoxBOD" => (B(0) * (1 - Exp(-B(1) * x)), new double[] { 1, 2, 3, 5, 7, 10 }),
            "MGH10" => (B(0) * Exp(B(1) / (x + B(2))), [.. Enumerable.Range(0, 16).Select(i => 50.0 + 5 * i)]),
            _ => (B(0) + B(1) * Exp(-x * B(3)) + B(2) * Exp(-x * B(4)), [.. Enumerable.Range(0, 33).Select(i => 10.0 * i)]),
        };
        var solver = new LevenbergMarquardt(new([b, x, y], [y - model]), [predictor, response]);
        foreach (double[] start in new[] { near, far })
        {
            double[] found = [.. start];
            var report = solver.Minimise(found);
            output.WriteLine($"{name}: {Digits(found, certified):0.0} digits, {report}");
            Assert.True(Digits(found, certified) >= 6, $"{name} from {string.Join(" ", start)}: {string.Join(" ", found)}, {report}");
        }
    }
}
