using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>
/// Tangents of tangents: functions that are linear in each element alone have exact differences, of any width, so that the
/// reverse slope of the k-th tangent is held to differences of that.
/// </summary>
public class ForwardOrderFacts
{
    private static readonly Dictionary<string, (Func<Node, Node> F, double[] At)> Rows = new()
    {
        ["no zeros meet"] = (Factors, [3, 2, 5, 4, 7, -1]),
        ["two zeros meet"] = (Factors, [3, 2, 0, 4, 0, -1]),
        ["three zeros meet"] = (Factors, [0, 2, 0, 4, 0, 1]),
        ["four zeros meet"] = (Factors, [0, 2, 0, 4, 0, 0]),
        ["determinant at the identity"] = (Determinants, [1, 0, 0, 0, 1, 0, 0, 0, 1]),
        ["determinant at rank one"] = (Determinants, [1, 2, 3, 2, 4, 6, -1, -2, -3]),
        ["determinant at zero"] = (Determinants, new double[9]),
    };

    public static TheoryData<string> EveryRow() => [.. Rows.Keys];

    [Theory, MemberData(nameof(EveryRow))]
    public void Tangents_of_every_order_are_exact(string name)
    {
        var (build, at) = Rows[name];
        Node x = Input("x", DType.Float64, [at.Length]), f = Sweep.Inline(build(x), [x]);
        for (int order = 1; order <= 3; order++)
        {
            double[] got = Doubles(Eval(Sweep.Pullback(f, [x], Constant(1.0))[0] ?? ZerosLike(x), (x, at)));
            for (int e = 0; e < at.Length; e++)
                AssertClose([Moved(f, x, at, e, 0.5) - Moved(f, x, at, e, -0.5)], [got[e]], 1e-11);
            double[] direction = [.. at.Select((_, i) => Math.Sin(3 * i + order))];
            f = Sweep.Inline(Sweep.Pushforward(f, [x], [Constant(direction)])!, [x]);
        }
    }

    private static double Moved(Node f, Node x, double[] at, int element, double by) =>
        Doubles(Eval(f, (x, at.Select((v, i) => i == element ? v + by : v).ToArray())))[0];

    // Elements 0, 2, 4 and 5 meet in one cell.
    private static Node Factors(Node x) => Sum(Scatter(Slice(x, 0, 0, 2), Constant(new[] { 0, 1, 0, 0 }), Slice(x, 0, 2, 6), 0,
        ScatterMode.Multiply));

    private static Node Determinants(Node x) => Determinant(Reshape(x, [3, 3]));
}
