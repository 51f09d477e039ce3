namespace Adjoint.Laws.Sparse;

/// <summary>Sparse derivatives, compiled, are the dense ones.</summary>
public class SparseDerivativeFacts
{
    private static readonly Random Seeded = new(11);

    [Fact]
    public void Camera_and_point_blocks_are_those_of_the_dense_jacobian()
    {
        Node camera = Input("camera", DType.Float64, [6, 5]), point = Input("point", DType.Float64, [9, 3]),
            weight = Input("weight", DType.Float64, [40]);
        int[] of = [.. Enumerable.Range(0, 40).Select(i => i * 5 % 6)], at = [.. Enumerable.Range(0, 40).Select(i => i * 7 % 9)];
        Node c = Gather(camera, Constant(of), 0), p = Gather(point, Constant(at), 0);
        Node ray = Slice(c, 1, 0, 3) * p + Slice(c, 1, 2, 5);
        Node error = Slice(ray, 1, 0, 2) / (2 + Square(Slice(ray, 1, 2, 3))) * ExpandDims(weight, 1);
        Node[] x = [camera, point, weight];
        var j = SparseJacobian.Of(error, x);
        Assert.True(j.Sweeps < 14, $"{j.Sweeps} sweeps");
        Node dense = Concat([.. Jacobian.Of(error, x).Zip(x, (d, n) => Reshape(d, [80, n.Shape.ElementCount]))], 1);
        Node v = Input("v", DType.Float64, [j.Pattern.Columns]), w = Input("w", DType.Float64, [80]);
        HostTensor[] data = [.. new Node[] { camera, point, weight, v, w }.Select(n =>
            Running.Random(Seeded, DType.Float64, n.Shape.Evaluate(new Dictionary<string, long>())))];
        var got = Running.Run(Running.Of([.. x, v, w], dense, j.ToDense(), MatMul(dense, v), j.Times(v),
            MatMul(w, dense), j.TransposedTimes(w)), data);
        Running.AssertClose(got[0], got[1], 1e-13, "elements");
        Running.AssertClose(got[2], got[3], 1e-12, "times a vector");
        Running.AssertClose(got[4], got[5], 1e-12, "transposed times a vector");
    }

    [Theory]
    [InlineData(DerivativeMode.Forward)]
    [InlineData(DerivativeMode.Reverse)]
    public void Both_modes_give_every_element(DerivativeMode mode)
    {
        Node a = Input("a", DType.Float64, [12]), b = Input("b", DType.Float64, [12]);
        Node y = Sin(a) * Roll(b, 1, 0) + Exp(Roll(a, -2, 0) * 0.3);
        var j = SparseJacobian.Of(y, [a, b], mode);
        Node dense = Concat(Jacobian.Of(y, [a, b]), 1);
        HostTensor[] data = [.. new[] { 0, 1 }.Select(_ => Running.Random(Seeded, DType.Float64, [12]))];
        var got = Running.Run(Running.Of([a, b], dense, j.ToDense()), data);
        Running.AssertClose(got[0], got[1], 1e-14, mode.ToString());
        Assert.Equal(36, j.Pattern.Count);
    }

    [Fact]
    public void A_chain_has_a_tridiagonal_hessian_by_three_sweeps_or_fewer()
    {
        Node x = Input("x", DType.Float64, [50]);
        Node loss = Sum(100 * Square(Slice(x, 0, 1) - Square(Slice(x, 0, 0, 49))) + Square(1 - Slice(x, 0, 0, 49)));
        var h = SparseHessian.Of(loss, [x]);
        Assert.Equal(50 + 2 * 49, h.Pattern.Count);
        Assert.True(h.Sweeps <= 3, $"{h.Sweeps} sweeps");
        var got = Running.Run(Running.Of([x], Hessian.Of(loss, x), h.ToDense()), [Running.Random(Seeded, DType.Float64, [50])]);
        Running.AssertClose(got[0], got[1], 1e-13, "hessian");
    }

    [Fact]
    public void An_arrow_shaped_hessian_takes_two_sweeps_and_mirror_images_are_equal()
    {
        Node x = Input("x", DType.Float64, [30]), s = Input("s", DType.Float64, []);
        Node loss = Sum(Exp(x * s) + Square(x));
        var h = SparseHessian.Of(loss, [s, x]);
        Assert.Equal(2, h.Sweeps);
        var blocks = Hessian.Of(loss, [s, x]);
        Node dense = Concat([Concat([Reshape(blocks[0, 0], [1, 1]), Reshape(blocks[0, 1], [1, 30])], 1),
            Concat([Reshape(blocks[1, 0], [30, 1]), blocks[1, 1]], 1)], 0);
        var got = Running.Run(Running.Of([s, x], dense, h.ToDense(), Transpose(h.ToDense())),
            [0.3, Running.Random(Seeded, DType.Float64, [30])]);
        Running.AssertClose(got[0], got[1], 1e-13, "hessian");
        Running.AssertSameBits(got[1], got[2], "mirror images");
    }

    [Fact]
    public void What_depends_on_nothing_has_no_elements()
    {
        Node x = Input("x", DType.Float64, [3]);
        var j = SparseJacobian.Of(Floor(x), [x]);
        Assert.Equal((0, 0), (j.Pattern.Count, j.Sweeps));
        Assert.Equal(new double[9], Running.Run(Running.Of([x], j.ToDense()), [new double[] { 1, 2, 3 }])[0].Doubles());
        Assert.Equal(0, SparseHessian.Of(Sum(3 * x), [x]).Pattern.Count);
    }
}
