namespace Adjoint.Laws;

/// <summary>Sorting and what runs along an axis, where values tie, are no numbers, or are infinite.</summary>
public class OrderFacts
{
    private const double Inf = double.PositiveInfinity, NaN = double.NaN;

    [Theory]
    [InlineData(false, new[] { -Inf, -0.0, 0.0, 1, 1, Inf, NaN, NaN }, new long[] { 6, 1, 4, 3, 7, 0, 2, 5 })]
    [InlineData(true, new[] { Inf, 1, 1, -0.0, 0.0, -Inf, NaN, NaN }, new long[] { 0, 3, 7, 1, 4, 6, 2, 5 })]
    public void Equals_keep_their_order_and_NaN_is_last(bool descending, double[] sorted, long[] positions)
    {
        double[] values = [Inf, -0.0, NaN, 1, 0.0, NaN, -Inf, 1];
        Node x = Input("x", DType.Float64, [8]);
        var got = Running.Run(Running.Of([x], Sort(x, descending: descending), ArgSort(x, descending: descending)), [values]);
        Assert.Equal(sorted.Select(BitConverter.DoubleToInt64Bits), got[0].Doubles().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(positions, got[1].ToArray<long>());
    }

    [Fact]
    public void Every_permutation_of_few_is_sorted()
    {
        Node x = Input("x", DType.Int32, ["rows", 6]);
        int[][] rows = [.. Permutations([.. Enumerable.Range(0, 6)])];
        var data = new int[rows.Length, 6];
        for (int r = 0; r < rows.Length; r++)
            for (int c = 0; c < 6; c++)
                data[r, c] = rows[r][c];
        int[] got = Running.Run(Running.Of([x], Sort(x)), [data])[0].ToArray<int>();
        Assert.All(got.Chunk(6), row => Assert.Equal(Enumerable.Range(0, 6), row));
    }

    [Theory, InlineData(9), InlineData(64), InlineData(65), InlineData(1000), InlineData(4097)]
    public void Long_lines_are_what_the_library_sorts(int n)
    {
        var data = Running.Random(new Random(n), DType.Float32, [3, n]);
        Node x = Input("x", DType.Float32, [3, n]);
        var got = Running.Run(Running.Of([x], Sort(x), ArgSort(x)), [data], Running.At(VectorWidths.Best, 2));
        Assert.All(data.ToArray<float>().Chunk(n).Zip(got[0].ToArray<float>().Chunk(n)), r => Assert.Equal(r.First.Order(), r.Second));
        Assert.All(data.ToArray<float>().Chunk(n).Zip(got[0].ToArray<float>().Chunk(n), got[1].ToArray<long>().Chunk(n)),
            r => Assert.Equal(r.Second, r.Third.Select(i => r.First[i])));
    }

    [Fact]
    public void From_the_first_NaN_on_the_extreme_is_NaN()
    {
        Node x = Input("x", DType.Float64, [5]);
        var got = Running.Run(Running.Of([x], CumulativeMax(x), CumulativeMin(x), CumulativeArgMax(x)), [new[] { 1, 2, NaN, 5, NaN }]);
        Assert.Equal([1, 2, NaN, NaN, NaN], got[0].Doubles());
        Assert.Equal([1, 1, NaN, NaN, NaN], got[1].Doubles());
        Assert.Equal([0, 1, 2, 2, 2], got[2].ToArray<long>());
    }

    [Fact]
    public void On_ties_the_first_holder_takes_the_derivative()
    {
        Node x = Input("x", DType.Float64, [4]);
        var f = Running.Of([x], Gradient.Of(Sum(CumulativeMax(x)), [x])[0], Gradient.Of(Sum(CumulativeMax(x, reverse: true)), [x])[0]);
        var got = Running.Run(f, [new[] { 3.0, 3, 1, 3 }]);
        Assert.Equal([4, 0, 0, 0], got[0].Doubles());
        Assert.Equal([0, 0, 0, 4], got[1].Doubles());
    }

    [Fact]
    public void Products_with_zeros_have_exact_slopes()
    {
        Node x = Input("x", DType.Float64, [3]);
        var f = Running.Of([x], Gradient.Of(Sum(CumulativeProduct(x) * Constant(new double[] { 0, 0, 1 })), [x])[0]);
        Assert.Equal([6, 0, 0], Running.Run(f, [new[] { 0.0, 2, 3 }])[0].Doubles());
    }

    [Fact]
    public void Log_sums_of_nothing_and_of_infinities_have_no_NaN()
    {
        Node x = Input("x", DType.Float64, [4]);
        var y = CumulativeLogSumExp(x);
        var f = Running.Of([x], y, Gradient.Of(Sum(Where(y > -Inf, y, ZerosLike(y))), [x])[0]);
        var got = Running.Run(f, [new[] { -Inf, -Inf, 800, -Inf }]);
        Assert.Equal([-Inf, -Inf, 800, 800], got[0].Doubles());
        Assert.Equal([0, 0, 2, 0], got[1].Doubles());
        Assert.Equal([1, Inf, Inf, Inf], Running.Run(Running.Of([x], y), [new[] { 1, Inf, 2, -Inf }])[0].Doubles());
    }

    [Fact]
    public void A_quantile_beside_an_infinity_is_no_NaN_and_one_beside_NaN_is()
    {
        Node x = Input("x", DType.Float64, [3]);
        var f = Running.Of([x], Median(x), Quantile(x, 0.25), Quantile(x, 1));
        Assert.Equal([2, 1.5, Inf], Running.Run(f, [new[] { Inf, 1, 2 }]).Select(t => t.Scalar<double>()));
        Assert.All(Running.Run(f, [new[] { 1, NaN, 2 }]), t => Assert.True(double.IsNaN(t.Scalar<double>())));
    }

    [Fact]
    public void Bits_are_the_same_for_every_width_and_number_of_threads()
    {
        Node x = Input("x", DType.Float32, [7, 90, 130]);
        var f = Running.Of([x], CumulativeSum(x, 1), CumulativeLogSumExp(x, 0), CumulativeProduct(x, 2), CumulativeMax(x, 1), Sort(x, 1),
            LinearRecurrence(Sin(x), x, 1), Gradient.Of(Sum(CumulativeLogSumExp(x, 1) * CumulativeSum(x, 1)), [x])[0]);
        HostTensor[] data = [Running.Random(new Random(3), DType.Float32, [7, 90, 130])];
        var expected = Running.Run(f, data, Running.At(VectorWidth.Scalar));
        foreach (var width in Running.Widths)
            foreach (int threads in (int[])[1, 3])
                foreach (var (e, a) in expected.Zip(Running.Run(f, data, Running.At(width, threads))))
                    Running.AssertSameBits(e, a, $"{width}, {threads} threads");
    }

    private static IEnumerable<int[]> Permutations(int[] of) => of.Length == 0 ? [[]]
        : of.SelectMany(first => Permutations([.. of.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
