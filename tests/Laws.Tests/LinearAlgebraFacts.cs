namespace Adjoint.Laws;

/// <summary>Factors multiply to what was factored, whatever the size; edges, errors and singular matrices; bits.</summary>
public class LinearAlgebraFacts
{
    private static readonly long[] Sizes = [1, 2, 3, 7, 16, 17, 33, 100];

    public static TheoryData<DType, long> Every()
    {
        var data = new TheoryData<DType, long>();
        foreach (long n in Sizes)
        {
            data.Add(DType.Float32, n);
            data.Add(DType.Float64, n);
        }
        return data;
    }

    [Theory, MemberData(nameof(Every))]
    public void Cholesky_factors(DType type, long n) => Residuals(type, [2, n, n], a =>
    {
        var definite = MatMul(a, T(a)) * (1.0 / n) + IdentityMatrix(n, type);
        var l = Cholesky(definite);
        return [MatMul(l, T(l)) - definite, Triu(l, 1)];
    });

    [Theory, MemberData(nameof(Every))]
    public void Lu_factors(DType type, long n) => Residuals(type, [3, n, n], a =>
    {
        var (l, u, rows) = Lu(a);
        return [MatMul(l, u) - MatMul(OneHot(rows, n, type), a), Relu(Abs(l) - 1)];
    });

    [Theory, MemberData(nameof(Every))]
    public void Solutions(DType type, long n) => Residuals(type, [2, n, n], a =>
    {
        var far = a + IdentityMatrix(n, type) * Math.Sqrt(n) * 3;
        var b = Slice(a, 2, 0, 1);
        return [MatMul(far, Solve(far, b)) - b, MatMul(T(far), Solve(far, b, transpose: true)) - b,
            MatMul(Inverse(far), far) - IdentityMatrix(n, type)];
    });

    [Theory, MemberData(nameof(Every))]
    public void Qr_factors(DType type, long n) => Residuals(type, [2, n + 3, n], a =>
    {
        var (q, r) = Qr(a);
        return [MatMul(q, r) - a, MatMul(T(q), q) - IdentityMatrix(n, type), Tril(r, -1), Relu(-Diagonal(r))];
    });

    [Theory, MemberData(nameof(Every))]
    public void Eigenvalues_and_vectors(DType type, long n) => Residuals(type, [2, n, n], a =>
    {
        var symmetric = a + T(a);
        var (l, v) = SymmetricEigen(symmetric);
        return [MatMul(symmetric, v) - v * ExpandDims(l, -2), MatMul(T(v), v) - IdentityMatrix(n, type),
            Relu(Slice(l, 1, 0, n - 1) - Slice(l, 1, 1, n))];
    }, magnitude: 2 * n);

    [Theory, MemberData(nameof(Every))]
    public void Singular_values_and_vectors(DType type, long n)
    {
        foreach (var shape in (long[][])[[2, n + 3, n], [2, n, n + 2]])
            Residuals(type, shape, a =>
            {
                var (u, s, v) = Svd(a);
                Node One(Node x) => MatMul(T(x), x) - IdentityMatrix(n, type);
                return [MatMul(u * ExpandDims(s, -2), T(v)) - a, One(u), One(v), Relu(Slice(s, 1, 1, n) - Slice(s, 1, 0, n - 1))];
            }, magnitude: 2 * n);
    }

    [Theory, MemberData(nameof(Every))]
    public void Exponentials_of_a_sum_of_what_commutes(DType type, long n) => Residuals(type, [n, n], a =>
    {
        var x = a * (2.0 / n);
        return [MatMul(MatrixExponential(x), MatrixExponential(x * 2)) - MatrixExponential(x * 3),
            Trace(MatrixExponential(IdentityMatrix(n, type) * Max(a) * 0)) - n];
    }, magnitude: 500);

    [Fact]
    public void The_logarithm_of_the_determinant_of_an_exponential_is_the_trace() => Residuals(DType.Float64, [4, 9, 9], a =>
    {
        var (sign, log) = SignAndLogDeterminant(MatrixExponential(a));
        return [log - Trace(a), sign - 1, Determinant(MatrixExponential(a * 0.1)) - Exp(Trace(a * 0.1))];
    });

    [Fact]
    public void Equal_and_zero_singular_values_still_have_orthonormal_vectors()
    {
        foreach (double[,] a in (double[][,])[new double[5, 3], Dense(5, 3, (i, j) => i + 1),
            Dense(4, 4, (i, j) => i == j ? 2 : 0), Dense(4, 3, (i, j) => i % 2)])
        {
            Node x = Input("x", DType.Float64, [a.GetLength(0), a.GetLength(1)]);
            var (u, s, v) = Svd(x);
            var got = Running.Run(Running.Of([x], MatMul(u * ExpandDims(s, -2), T(v)) - x,
                MatMul(T(u), u) - IdentityMatrix(a.GetLength(1), x.DType)), [a]);
            Assert.All(got.SelectMany(t => t.Doubles()), e => Assert.InRange(e, -1e-14, 1e-14));
        }
    }

    [Theory, InlineData(-1.0), InlineData(0.0), InlineData(double.NaN)]
    public void A_pivot_that_is_not_positive_is_an_error_that_names_the_line(double pivot)
    {
        Node a = Input("a", DType.Float64, ["items", 2, 2]);
        var f = Running.Of([a], Cholesky(a)).Compile();
        var data = new double[3, 2, 2];
        for (int i = 0; i < 3; i++)
            (data[i, 0, 0], data[i, 1, 1]) = (4, i == 1 ? pivot : 9);
        var e = Assert.Throws<ComputationException>(() => f.Run(data));
        Assert.Contains("a pivot is not positive (cholesky at ", e.Message, StringComparison.Ordinal);
        Assert.Contains("LinearAlgebraFacts.cs", e.Message, StringComparison.Ordinal);
        data[1, 1, 1] = 9;
        Assert.Equal([2, 0, 0, 3, 2, 0, 0, 3, 2, 0, 0, 3], f.Run(data)[0].Doubles());
    }

    [Fact]
    public void Only_the_lower_triangle_is_read()
    {
        Node a = Input("a", DType.Float64, [2, 2]);
        var f = Running.Of([a], Cholesky(a), SymmetricEigen(a).Values);
        var got = Running.Run(f, [new[,] { { 4, double.NaN }, { 2, 5 } }]);
        Assert.Equal([2, 0, 1, 2], got[0].Doubles());
        Assert.All(got[1].Doubles(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void A_singular_matrix_has_determinant_0_cofactors_and_an_infinite_logarithm()
    {
        Node a = Input("a", DType.Float64, [3, 3]);
        var f = Running.Of([a], Determinant(a), Gradient.Of(Determinant(a), [a])[0], LogDeterminant(a),
            SignAndLogDeterminant(a).Sign, Solve(a, OnesLike(a)));
        var got = Running.Run(f, [new double[,] { { 1, 2, 3 }, { 2, 4, 6 }, { 1, 0, 1 } }]);
        Assert.Equal(0, got[0].Scalar<double>());
        double[] cofactors = [4, 4, -4, -2, -2, 2, 0, 0, 0];
        Assert.All(cofactors.Zip(got[1].Doubles()), c => Assert.Equal(c.First, c.Second, 1e-13));
        Assert.Equal(double.NegativeInfinity, got[2].Scalar<double>());
        Assert.Equal(0, got[3].Scalar<double>());
        Assert.Contains(got[4].Doubles(), v => !double.IsFinite(v));
    }

    [Fact]
    public void Second_derivatives_of_a_determinant_are_exact_at_rank_one_and_at_the_identity()
    {
        Node a = Input("a", DType.Float64, [3, 3]), t = Input("t", DType.Float64, [3, 3]);
        var second = Gradient.Of(Sum(Gradient.Of(Determinant(a), [a])[0] * t), [a])[0];
        foreach (double[,] at in (double[][,])[Dense(3, 3, (i, j) => (i + 1) * (j - 1)),
            Dense(3, 3, (i, j) => i == j ? 1 : 0), new double[3, 3]])
        {
            double[,] along = Dense(3, 3, (i, j) => Math.Sin(3 * i + j));
            double[] got = Running.Run(Running.Of([a, t], second), [at, along])[0].Doubles();
            for (int e = 0; e < 9; e++)
            {
                // The determinant of three rows is linear in each: cofactors change linearly, so differences are exact.
                double[,] up = (double[,])at.Clone(), down = (double[,])at.Clone();
                (up[e / 3, e % 3], down[e / 3, e % 3]) = (up[e / 3, e % 3] + 0.5, down[e / 3, e % 3] - 0.5);
                double expected = Enumerable.Range(0, 9)
                    .Sum(k => (Cofactor(up, k / 3, k % 3) - Cofactor(down, k / 3, k % 3)) * along[k / 3, k % 3]);
                Assert.Equal(expected, got[e], 1e-13);
            }
        }
    }

    [Fact]
    public void Functions_that_do_not_depend_on_the_choice_of_vectors_have_derivatives_at_equal_eigenvalues()
    {
        Node x = Input("x", DType.Float64, [3, 3]);
        var (l, v) = SymmetricEigen(x);
        var root = MatMul(v * ExpandDims(Sqrt(l), -2), T(v));
        double[] got = Running.Run(Running.Of([x], Gradient.Of(Sum(l * l), [x])[0], Gradient.Of(Trace(root), [x])[0]),
            [Dense(3, 3, (i, j) => i == j ? 4 : 0)])
            .SelectMany(t => t.Doubles()).ToArray();
        Assert.All(got.Zip([8, 0, 0, 0, 8, 0, 0, 0, 8, .25, 0, 0, 0, .25, 0, 0, 0, .25]), c => Assert.Equal(c.Second, c.First, 1e-14));
    }

    /// <summary>
    /// Along T from the identity: log det (I + hT) has the third
    /// derivative 2 tr T^3, the sum of the inverse -6 times that of T^3.
    /// </summary>
    [Fact]
    public void What_turns_vectors_of_equal_values_into_each_other_has_no_finite_slope()
    {
        Node a = Input("a", DType.Float64, [2, 2]);
        var weights = Constant(new double[,] { { 1, 2 }, { 3, 5 } });
        var f = Running.Of([a], Gradient.Of(Sum(SymmetricEigen(a).Vectors * weights), [a])[0],
            Gradient.Of(Sum(Svd(a).V * weights), [a])[0]);
        foreach (var slope in Running.Run(f, [new double[,] { { 2, 0 }, { 0, 2 } }]))
            Assert.Contains(slope.Doubles(), v => !double.IsFinite(v));
        foreach (var slope in Running.Run(f, [new double[,] { { 2, 0 }, { 0, 3 } }]))
            Assert.All(slope.Doubles(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void Third_derivatives_of_logarithms_and_inverses_hold_at_equal_singular_values()
    {
        Node h = Input("h", DType.Float64, []);
        var t = Constant(Dense(3, 3, (i, j) => Math.Sin(4 * i + j)));
        var moved = IdentityMatrix(3, DType.Float64) + t * h;
        Node Third(Node y) => Gradient.Of(Gradient.Of(Gradient.Of(y, [h])[0], [h])[0], [h])[0];
        var cube = MatMul(t, MatMul(t, t));
        double[][] got = [.. Running.Run(Running.Of([h], Third(LogDeterminant(moved)), 2 * Trace(cube),
            Third(Sum(Inverse(moved))), -6 * Sum(cube)), [0.0])
            .Select(r => r.Doubles())];
        Assert.Equal(got[1][0], got[0][0], 1e-13);
        Assert.Equal(got[3][0], got[2][0], 1e-13);
    }

    [Fact]
    public void Dead_items_may_be_singular()
    {
        Node a = Input("a", DType.Float64, [2, 2, 2]), alive = Input("alive", DType.Bool, [2]);
        var value = Sum(Where(alive, LogDeterminant(a), Constant(new double[2])));
        double[] got = Running.Run(Running.Of([a, alive], Gradient.Of(value, [a])[0]),
            [new double[,,] { { { 2, 0 }, { 0, 4 } }, { { 1, 1 }, { 1, 1 } } }, new[] { true, false }])[0].Doubles();
        Assert.Equal([0.5, 0, 0, 0.25, 0, 0, 0, 0], got);
    }

    [Fact]
    public void Numbers_near_the_ends_of_the_range_neither_overflow_nor_vanish()
    {
        foreach (double scale in new[] { 1e-200, 1e200 })
        {
            Node x = Input("x", DType.Float64, [4, 3]);
            var f = Running.Of([x], Svd(x).S, Qr(x).R, SymmetricEigen(Slice(x, 0, 0, 3)).Values);
            double[,] a = Dense(4, 3, (i, j) => Math.Cos(i + 2 * j));
            var small = Running.Run(f, [a]);
            var got = Running.Run(f, [Dense(4, 3, (i, j) => a[i, j] * scale)]);
            Assert.All(small.Zip(got).SelectMany(r => r.First.Doubles().Zip(r.Second.Doubles())),
                c => Assert.Equal(c.First, c.Second / scale, 1e-14));
        }
    }

    [Fact]
    public void NaN_and_infinities_end_the_iterations()
    {
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            Node x = Input("x", DType.Float64, [5, 5]);
            var f = Running.Of([x], SymmetricEigen(x).Values, Svd(x).S, MatrixExponential(x), Determinant(x), Qr(x).R);
            var got = Running.Run(f, [Dense(5, 5, (i, j) => i == 3 && j == 2 ? bad : i + j)]);
            Assert.All(got, t => Assert.Contains(t.Doubles(), v => !double.IsFinite(v)));
        }
    }

    [Fact]
    public void Bits_are_the_same_for_every_width_and_number_of_threads()
    {
        foreach (var type in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", type, [5, 37, 37]);
            var definite = MatMul(x, T(x)) + IdentityMatrix(37, type) * 40;
            var (u, s, v) = Svd(x);
            var f = Running.Of([x], Cholesky(definite), Inverse(x), Qr(x).Q, SymmetricEigen(definite).Vectors, u, s, v,
                MatrixExponential(x * 0.1), Determinant(x),
                TriangularSolve(definite, Concat([x, x, x], 2)), Gradient.Of(Sum(Sin(Cholesky(definite))), [x])[0]);
            HostTensor[] data = [Running.Random(new Random(3), type, [5, 37, 37])];
            var expected = Running.Run(f, data, Running.At(VectorWidth.Scalar));
            foreach (var width in Running.Widths)
                foreach (int threads in (int[])[1, 3])
                    foreach (var (e, a) in expected.Zip(Running.Run(f, data, Running.At(width, threads))))
                        Running.AssertSameBits(e, a, $"{type} {width}, {threads} threads");
        }
    }

    // Everything that the function gives is zero but for rounding.
    private static void Residuals(DType type, long[] shape, Func<Node, Node[]> zeros, double magnitude = 1)
    {
        Node a = Input("a", type, Shape.Of(shape.Select(Dim.Of)));
        var results = Running.Run(Running.Of([a], zeros(a)),
            [Running.Random(new Random((int)shape[^1]), type, shape, -1, 1)], Running.At(VectorWidths.Best, 2));
        double rounding = Math.ScaleB(1, type == DType.Float32 ? -23 : -52), allowed = rounding * 8 * shape[^1] * Math.Max(1, magnitude);
        for (int i = 0; i < results.Length; i++)
            Assert.All(results[i].Doubles(), e => Assert.True(Math.Abs(e) <= allowed, $"result {i}: {e} exceeds {allowed}"));
    }

    private static double Cofactor(double[,] a, int row, int column)
    {
        int[] r = [.. Enumerable.Range(0, 3).Where(i => i != row)], c = [.. Enumerable.Range(0, 3).Where(j => j != column)];
        return ((row + column) % 2 == 0 ? 1 : -1) * (a[r[0], c[0]] * a[r[1], c[1]] - a[r[0], c[1]] * a[r[1], c[0]]);
    }

    private static double[,] Dense(int rows, int columns, Func<int, int, double> element)
    {
        var a = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                a[i, j] = element(i, j);
        return a;
    }

    private static Node T(Node x) => Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);
}
