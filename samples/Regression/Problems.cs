using Adjoint;
using static Adjoint.Ops;

namespace Regression;

/// <summary>A nonlinear regression with certified parameters.</summary>
/// <param name="Name">Its name in the collection.</param>
/// <param name="Formula">The model, for people.</param>
/// <param name="Model">The model, from parameters and predictor.</param>
/// <param name="Starts">The farther start, then the nearer one.</param>
/// <param name="Certified">Parameters, to 11 digits.</param>
/// <param name="X">Predictor.</param>
/// <param name="Y">Response.</param>
internal sealed record Problem(
    string Name, string Formula, Func<Node[], Node, Node> Model, double[][] Starts, double[] Certified, double[] X, double[] Y)
{
    /// <summary>The digits that a solution has right, the fewest of all parameters.</summary>
    public double Digits(double[] b) => b.Zip(Certified, (got, truth) =>
        double.IsFinite(got) ? Math.Min(11, -Math.Log10(Math.Max(1e-16, Math.Abs(got - truth) / Math.Abs(truth)))) : 0).Min();

    /// <summary>Residuals of observations (x, y), as a graph.</summary>
    public Computation Residuals()
    {
        Node b = Input("b", DType.Float64, [Certified.Length]), x = Input("x", DType.Float64, ["n"]), y = Input("y", DType.Float64, ["n"]);
        return new([b, x, y], [y - Model(Each(b), x)], name: Name);
    }

    /// <summary>The model's values, as a graph.</summary>
    public Computation Curve()
    {
        Node b = Input("b", DType.Float64, [Certified.Length]), x = Input("x", DType.Float64, ["n"]);
        return new([b, x], [Model(Each(b), x)], name: Name);
    }

    private Node[] Each(Node b) => [.. Enumerable.Range(0, Certified.Length).Select(i => Reshape(Slice(b, 0, i, i + 1), []))];
}

/// <summary>Four of the NIST Statistical Reference Datasets for nonlinear regression (public domain), the hardest among them.</summary>
internal static class Problems
{
    public static Problem[] All { get; } =
    [
        new("Misra1a", "b1 (1 - exp(-b2 x))", (b, x) => b[0] * (1 - Exp(-b[1] * x)), [[500, 0.0001], [250, 0.0005]],
            [2.3894212918e2, 5.5015643181e-4],
            [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760],
            [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78]),
        new("BoxBOD", "b1 (1 - exp(-b2 x))", (b, x) => b[0] * (1 - Exp(-b[1] * x)), [[1, 1], [100, 0.75]],
            [2.1380940889e2, 5.4723748542e-1], [1, 2, 3, 5, 7, 10], [109, 149, 149, 191, 213, 224]),
        new("MGH10", "b1 exp(b2 / (x + b3))", (b, x) => b[0] * Exp(b[1] / (x + b[2])), [[2, 400000, 25000], [0.02, 4000, 250]],
            [5.6096364710e-3, 6.1813463463e3, 3.4522363462e2], [.. Enumerable.Range(0, 16).Select(i => 50.0 + 5 * i)],
            [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]),
        new("MGH17", "b1 + b2 exp(-x b4) + b3 exp(-x b5)", (b, x) => b[0] + b[1] * Exp(-x * b[3]) + b[2] * Exp(-x * b[4]),
            [[50, 150, -100, 1, 2], [0.5, 1.5, -1, 0.01, 0.02]],
            [3.7541005211e-1, 1.9358469127, -1.4646871366, 1.2867534640e-2, 2.2122699662e-2],
            [.. Enumerable.Range(0, 33).Select(i => 10.0 * i)],
            [.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603, .580, .558, .538, .522, .506,
                .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406]),
    ];
}
