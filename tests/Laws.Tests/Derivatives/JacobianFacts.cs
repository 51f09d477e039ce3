namespace Adjoint.Laws;

/// <summary>Matrices of derivatives: both modes give the same, element by element what differences say, along symbols too.</summary>
public class JacobianFacts
{
    private static readonly HostTensor X = HostTensor.From(new[] { 0.3, -1.2, 0.8, 2.0, 0.1, -0.4 }, [2, 3]);

    // [2, 3] to [3]; more operands than results.
    private static Node Some(Node x) => Sum(Sin(x) * x, [0]) + Exp(Sum(x, [0]) * 0.3);

    [Theory]
    [InlineData(DerivativeMode.Forward)]
    [InlineData(DerivativeMode.Reverse)]
    [InlineData(DerivativeMode.Cheapest)]
    public void Elements_are_partial_derivatives(DerivativeMode mode)
    {
        Node x = Input("x", DType.Float64, [2, 3]);
        var j = Jacobian.Of(Some(x), x, mode);
        Assert.Equal<Shape>([3, 2, 3], j.Shape);
        double[] got = Running.Run(Running.Of([x], j), [X])[0].Doubles();
        var f = Running.Of([x], Some(x));
        for (int b = 0; b < 6; b++)
        {
            const double H = 1e-6;
            double[] Moved(double h) => Running.Truth(f,
                HostTensor.From(X.Doubles().Select((v, i) => i == b ? v + h : v).ToArray(), X.Shape))[0].Doubles();
            var (up, down) = (Moved(H), Moved(-H));
            for (int a = 0; a < 3; a++)
                Assert.Equal((up[a] - down[a]) / (2 * H), got[a * 6 + b], 1e-7);
        }
    }

    [Fact]
    public void A_jacobian_is_one_subgraph_however_many_rows_it_has()
    {
        Node x = Input("x", DType.Float64, [50]), w = Input("w", DType.Float64, [40, 50]);
        int Count(DerivativeMode mode) =>
            Differentiate.Run(Running.Of([x, w], Jacobian.Of(Tanh(MatMul(w, Tanh(x))), x, mode))).Applies.Length;
        Assert.InRange(Count(DerivativeMode.Forward), 1, 60);
        Assert.InRange(Count(DerivativeMode.Reverse), 1, 60);
    }

    [Fact]
    public void Extents_may_be_symbols()
    {
        Node x = Input("x", DType.Float64, ["n"]), y = x * x * Sum(x);
        foreach (var mode in Enum.GetValues<DerivativeMode>())
        {
            double[] got = Running.Run(Running.Of([x], Jacobian.Of(y, x, mode)), [new double[] { 1, 2, 4 }])[0].Doubles();
            Assert.Equal([15, 1, 1, 4, 32, 4, 16, 16, 72], got);
        }
    }

    [Fact]
    public void The_hessian_of_a_quadratic_form_is_its_matrix_and_its_transpose()
    {
        Node x = Input("x", DType.Float64, [3]), a = Input("a", DType.Float64, [3, 3]);
        double[,] values = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 10 } };
        Node h = Hessian.Of(MatMul(x, MatMul(a, x)), x);
        Assert.Equal([2, 6, 10, 6, 10, 14, 10, 14, 20],
            Running.Run(Running.Of([x, a], h), [new double[] { 1, -2, 3 }, values])[0].Doubles());
    }

    [Fact]
    public void Blocks_of_a_hessian_are_transposes_of_each_other_and_times_a_vector_they_are_its_product()
    {
        Node x = Input("x", DType.Float64, [2]), y = Input("y", DType.Float64, [3]), u = Input("u", DType.Float64, [2]),
            v = Input("v", DType.Float64, [3]);
        Node loss = Sum(Exp(ExpandDims(x, 1) * y) * y) + Sum(x * x * x);
        var h = Hessian.Of(loss, [x, y]);
        var product = Hessian.VectorProduct(loss, [x, y], [u, v]);
        Node[] by = [MatMul(h[0, 0], u) + MatMul(h[0, 1], v), MatMul(h[1, 0], u) + MatMul(h[1, 1], v)];
        HostTensor[] data = [new[] { 0.5, -1 }, new[] { 0.2, 0.4, -0.7 }, new[] { 1.0, 2 }, new[] { -1.0, 0.5, 3 }];
        var got = Running.Run(Running.Of([x, y, u, v], [.. product, .. by, h[0, 1], Transpose(h[1, 0])]), data);
        for (int i = 0; i < 2; i++)
            Running.AssertClose(got[i], got[2 + i], 1e-14, $"block row {i}");
        Running.AssertClose(got[4], got[5], 1e-14, "symmetry");
    }

    [Fact]
    public void Jacobians_are_differentiated_and_batched_like_anything_else()
    {
        Node x = Input("x", DType.Float64, ["batch", 2]);
        Node each = Vmap.Map(row => Jacobian.Of(row * row * Sum(row), row), x);
        Node gradient = Gradient.Of(Sum(each), [x])[0];
        // Sum of the Jacobian of x_i² s, s = x + y: 2xs + x² + x² + ... = 2 s² + 2 (x² + y²); its slope 4 s + 4 x.
        Assert.Equal([4 * 3 + 4, 4 * 3 + 8, 4 * 1 + 12, 4 * 1 - 8],
            Running.Run(Running.Of([x], gradient), [new double[,] { { 1, 2 }, { 3, -2 } }])[0].Doubles());
    }

    [Fact]
    public void Integers_have_none() => Assert.Contains("jacobian", Assert.Throws<GraphException>(() =>
        Jacobian.Of(Input("i", DType.Int32, [2]), Input("x", DType.Float32, [2]))).Message);
}
