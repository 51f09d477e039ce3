namespace Adjoint.Laws;

/// <summary>
/// Products and determinants are linear in each element alone, so that differences along one element are derivatives, of any
/// width. Each order is held to those of the order below, at zeros, singular matrices and equal singular values.
/// </summary>
public class MultilinearFacts
{
    private const int Orders = 4;

    private static readonly Dictionary<string, Func<Node, Node, Node, Node>> Products = new()
    {
        ["slices"] = (x, i, u) => Scatter(x, i, u, 0, ScatterMode.Multiply),
        ["elements"] = (x, i, u) => ScatterElements(x, i, u, 0, ScatterMode.Multiply),
        ["tuples"] = (x, i, u) => ScatterND(x, ExpandDims(i, 1), u, ScatterMode.Multiply),
        ["segments"] = (x, i, u) => SegmentProduct(u, i, 4) + Sin(x) * 0,
    };

    public static TheoryData<string, int> Zeros()
    {
        var data = new TheoryData<string, int>();
        foreach (string form in Products.Keys)
            for (int zeros = 0; zeros <= 4; zeros++)
                data.Add(form, zeros);
        return data;
    }

    /// <summary>Four factors meet in cell 1, two in cell 3, one in cell 0 and none in cell 2; so many of cell 1 are zero.</summary>
    [Theory, MemberData(nameof(Zeros))]
    public void Factors_that_meet(string form, int zeros)
    {
        double[] at = [2, zeros > 1 ? 0 : 3, 5, 7, 1.5, -2, 0.5, 3, -1, 2, 4];
        foreach (int factor in ((int[])[4, 6, 9, 10])[..zeros])
            at[factor] = 0;
        Node places = Constant(new[] { 1, 3, 1, 3, 0, 1, 1 });
        EachOrder(at, v => Products[form](Slice(v, 0, 0, 4), places, Slice(v, 0, 4, 11)));
    }

    /// <summary>What one cell overflows to stays there.</summary>
    [Fact]
    public void Slopes_of_one_cell_do_not_hear_of_another()
    {
        Node u = Input("u", DType.Float64, [6]);
        var y = SegmentProduct(u, Constant(new[] { 0, 1, 0, 1, 0, 1 }), 2);
        double[] got = Running.Run(Running.Of([u], Gradient.Of(Sum(y), [u])[0]), [new[] { 1e200, 2, 1e200, 3, 1e200, 5 }])[0].Doubles();
        Assert.Equal([15, 10, 6], new[] { got[1], got[3], got[5] });
        Assert.All([0, 2, 4], i => Assert.Equal(double.PositiveInfinity, got[i]));
    }

    public static TheoryData<string> Matrices() => [.. Places.Keys];

    private static readonly Dictionary<string, (int N, Func<int, int, double> Element)> Places = new()
    {
        ["identity"] = (3, (i, j) => i == j ? 1 : 0),
        ["two equal values"] = (3, (i, j) => i != j ? 0 : i == 2 ? 3 : 2),
        ["a rotation"] = (2, (i, j) => i == j ? 0.6 : i < j ? -0.8 : 0.8),
        ["a reflection"] = (4, (i, j) => i + j == 3 ? -2 : 0),
        ["anything"] = (4, (i, j) => Math.Sin(5 * i + 3 * j * j + 1)),
        ["nothing but zeros"] = (4, (_, _) => 0),
        ["rank one"] = (4, (i, j) => (i + 1) * (j - 1.5)),
        ["rank two of equal values"] = (4, (i, j) => i == j && i < 2 ? 3 : 0),
        ["nearly singular"] = (4, (i, j) => i != j ? 0 : i < 2 ? 1 : 1e-9),
    };

    [Theory, MemberData(nameof(Matrices))]
    public void Determinants(string place)
    {
        var (n, element) = Places[place];
        double[] one = [.. from i in Enumerable.Range(0, n) from j in Enumerable.Range(0, n) select element(i, j)];
        EachOrder([.. one, .. one.Select(e => 2 - e)], v => Determinant(Reshape(v, [2, n, n])));
    }

    // f[0] is a weighted sum of results, and f[k + 1] the slope of f[k] along a direction.
    private static void EachOrder(double[] at, Func<Node, Node> build)
    {
        Node x = Input("x", DType.Float64, [at.Length]), y = build(x);
        var f = Sum(y * Constant(Numbers((int)y.Shape.ElementCount.Constant, i => 1 + Math.Cos(i))));
        for (int order = 1; order <= Orders; order++)
        {
            int k = order;
            var gradient = Gradient.Of(f, [x])[0];
            var run = Running.Of([x], f, gradient).Compile();
            double[] got = run.Run(at)[1].Doubles();
            for (int e = 0; e < at.Length; e++)
            {
                double Moved(double by) => run.Run(at.Select((v, i) => i == e ? v + by : v).ToArray())[0].Scalar<double>();
                double expected = Moved(0.5) - Moved(-0.5);
                Assert.True(Math.Abs(expected - got[e]) <= 1e-11 * (1 + Math.Abs(expected)),
                    $"order {order}, element {e}: expected {expected}, got {got[e]}");
            }
            f = Sum(gradient * Constant(Numbers(at.Length, i => Math.Sin(3 * i + 7 * k))));
        }
    }

    private static double[] Numbers(int count, Func<int, double> number) => [.. Enumerable.Range(0, count).Select(number)];
}
