namespace Adjoint.Laws;

/// <summary>
/// Random numbers: the generator's published answers, distributions
/// within what chance allows, and keys that keep draws apart.
/// </summary>
public class RandomFacts
{
    private const int Many = 1 << 17;

    /// <summary>Known answers of Threefry-2x32-20 from the authors' distribution (Random123): counter, key, result.</summary>
    public static TheoryData<uint[], uint[], uint[]> Published => new()
    {
        { [0, 0], [0, 0], [0x6b200159, 0x99ba4efe] },
        { [0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7] },
        { [0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], [0xc4923a9c, 0x483df7a0] },
    };

    [Theory, MemberData(nameof(Published))]
    public void The_generator_gives_its_published_answers(uint[] counter, uint[] key, uint[] expected)
    {
        Assert.Equal((expected[0], expected[1]), Threefry.Block((key[0], key[1]), (counter[0], counter[1])));
        Node[] x = [.. Enumerable.Range(0, 4).Select(i => Input($"x{i}", DType.Int32, [19]))];
        HostTensor[] data = [.. key.Concat(counter).Select(w => HostTensor.From(Enumerable.Repeat(unchecked((int)w), 19).ToArray()))];
        for (int word = 0; word < 2; word++)
            foreach (var width in Running.Widths)
                Assert.All(Running.Run(Running.Of(x, Node.Of(new Threefry(word), Origin.None, x)), data,
                    Running.At(width))[0].ToArray<int>(),
                    w => Assert.Equal(expected[word], unchecked((uint)w)));
    }

    [Fact]
    public void Draws_have_the_moments_of_their_distributions()
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Moments(RandomUniform(RandomKey.Of(1), [Many], dtype), 0.5, 1 / 12.0, 0, 1.8, 0, Math.BitDecrement(1));
            Moments(RandomNormal(RandomKey.Of(2), [Many], dtype), 0, 1, 0, 3, -7, 7);
            Moments(RandomExponential(RandomKey.Of(3), [Many], dtype), 1, 1, 2, 9, 0, 30);
            Moments(RandomGumbel(RandomKey.Of(4), [Many], dtype), 0.5772156649, Math.PI * Math.PI / 6, 1.1395, 5.4, -4, 30);
        }
    }

    /// <summary>Between bounds on either side and far out, where nothing but the tail's own digits are left.</summary>
    [Theory]
    [InlineData(-2, 2)]
    [InlineData(-1, 0.5)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(8, 9)]
    [InlineData(-12.5, -12)]
    [InlineData(double.NegativeInfinity, -7)]
    public void Draws_between_bounds_have_the_moments_of_a_normal_cut_off(double low, double high)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            var (mean, variance, skewness, kurtosis) = MomentsBetween(Math.Max(low, -14), Math.Min(high, 14));
            Moments(RandomTruncatedNormal(RandomKey.Of(10), [Many], low, high, dtype), mean, variance, skewness, kurtosis, low, high);
            Node Bound(double b) => FillLike(Iota([Many], 0, dtype), 3 + 0.5 * b);
            Moments((Reparameterised.TruncatedNormal(RandomKey.Of(11), Scalar(dtype, 3), Scalar(dtype, 0.5), Bound(low),
                Bound(high)) - 3) / 0.5,
                mean, variance, skewness, kurtosis, low - 1e-5, high + 1e-5);
        }
    }

    [Fact]
    public void Of_bounds_beyond_all_tails_the_nearer_is_drawn_and_crossed_bounds_are_refused()
    {
        Node x = RandomTruncatedNormal(RandomKey.Of(12), [100], 50, 60),
            y = RandomTruncatedNormal(RandomKey.Of(12), [100], double.NegativeInfinity, -50);
        var results = Running.Run(Running.Of([], x, y, RandomTruncatedNormal(RandomKey.Of(12), [100], 1, 1)), []);
        Assert.All(results.Zip((float[])[50, -50, 1]), p => Assert.All(p.First.ToArray<float>(), v => Assert.Equal(p.Second, v)));
        Assert.Contains("lower bound first",
            Assert.Throws<GraphException>(() => RandomTruncatedNormal(RandomKey.Of(1), [3], 1, 0)).Message);
    }

    // By sums over a fine grid, the density scaled so that its largest value is about 1.
    private static (double Mean, double Variance, double Skewness, double Kurtosis) MomentsBetween(double low, double high)
    {
        const int steps = 1 << 20;
        double nearest = low > 0 ? low : high < 0 ? high : 0;
        (double X, double Weight)[] grid = [.. Enumerable.Range(0, steps).Select(i => low + (high - low) * (i + 0.5) / steps)
            .Select(x => (x, Math.Exp((nearest - x) * (nearest + x) / 2)))];
        double total = grid.Sum(p => p.Weight), mean = grid.Sum(p => p.X * p.Weight) / total;
        double Central(int k) => grid.Sum(p => Math.Pow(p.X - mean, k) * p.Weight) / total;
        double variance = Central(2);
        return (mean, variance, Central(3) / Math.Pow(variance, 1.5), Central(4) / (variance * variance));
    }

    // Mean, variance, skewness and kurtosis within five standard errors or so of a sample; all values within bounds.
    private static void Moments(Node draw, double mean, double variance, double skewness, double kurtosis, double low, double high)
    {
        double[] x = Running.Run(Running.Of([], draw), [])[0].Doubles();
        double Moment(int k) => x.Average(v => Math.Pow((v - mean) / Math.Sqrt(variance), k));
        double error = 5 / Math.Sqrt(Many);
        Assert.All(x, v => Assert.InRange(v, low, high));
        Assert.InRange(Moment(1), -error, error);
        Assert.InRange(Moment(2), 1 - 4 * error, 1 + 4 * error);
        Assert.InRange(Moment(3), skewness - 20 * error, skewness + 20 * error);
        Assert.InRange(Moment(4), kurtosis - 120 * error, kurtosis + 120 * error);
    }

    [Fact]
    public void Classes_and_truths_come_as_often_as_they_should()
    {
        Node logits = BroadcastTo(Log(Constant(new[] { 0.1f, 0.2f, 0, 0.7f })), [Many, 4]);
        var counts = Running.Run(Running.Of([], BinCount(RandomCategorical(RandomKey.Of(5), logits), 4)), [])[0].ToArray<long>();
        double[] shares = [0.1, 0.2, 0, 0.7];
        for (int k = 0; k < 4; k++)
            Assert.InRange(counts[k] / (double)Many, shares[k] - 0.007, shares[k] + 0.007);
        Assert.Equal(0, counts[2]);
        foreach (float p in (float[])[0, 0.3f, 1])
            Assert.InRange(Running.Run(Running.Of([],
                CountNonZero(RandomBernoulli(RandomKey.Of(6), FillLike(Iota([Many], 0, DType.Float32), p)))),
                [])[0].Scalar<long>() / (double)Many,
                p is 0 or 1 ? p : p - 0.007, p is 0 or 1 ? p : p + 0.007);
    }

    /// <summary>
    /// Split, folded and original keys share no word; equal keys
    /// give equal bits, however the result is shaped or computed.
    /// </summary>
    [Fact]
    public void Keys_keep_draws_apart()
    {
        var key = RandomKey.Of(42);
        RandomKey[] keys = [key, .. key.Split(3), key.Fold(0), key.Fold(1), key.Split(1)[0].Fold(0), RandomKey.Of(43)];
        var f = Running.Of([], [.. keys.Select(k => RandomBits(k, [64])), RandomBits(key, [8, 8]), RandomBits(key, [64], DType.Int64)]);
        var results = Running.Run(f, []);
        var words = results.Take(keys.Length).SelectMany(r => r.ToArray<int>()).ToList();
        Assert.True(words.Distinct().Count() >= words.Count - 1);
        Assert.Equal(results[0].ToArray<int>(), results[^2].ToArray<int>());
        Assert.Equal(results[0].ToArray<int>(), results[^1].ToArray<long>().Select(w => unchecked((int)w)));
        foreach (var width in Running.Widths)
            foreach (int threads in (int[])[1, 4])
                foreach (var (a, b) in results.Zip(Running.Run(f, [], Running.At(width, threads))))
                    Running.AssertSameBits(a, b, $"{width}, {threads} threads");
    }

    [Fact]
    public void A_key_that_is_data_gives_what_a_known_key_gives()
    {
        Node words = Input("key", DType.Int32, [2]), step = Input("step", DType.Int32, []);
        Node Draw(RandomKey key, Node number) => RandomBits(key.Fold(number).Split(2)[1], [33], DType.Int64);
        var known = Running.Run(Running.Of([], Draw(RandomKey.Of(-5), Scalar(DType.Int32, 9))), [])[0];
        Running.AssertSameBits(known, Running.Run(Running.Of([words, step], Draw(RandomKey.From(words), step)),
            [new[] { -5, -1 }, 9])[0], "key as data");
    }

    /// <summary>What is dropped going forward is dropped going back, and the others grow so that the mean stays.</summary>
    [Fact]
    public void Dropout_drops_the_same_both_ways()
    {
        Node x = Input("x", DType.Float32, [Many]), y = Dropout(x, RandomKey.Of(8), 0.25);
        var results = Running.Run(Running.Of([x], y, Gradient.Of(Sum(y), [x])[0],
            Dropout(x, RandomKey.Of(8), 0.25, training: false)), [Enumerable.Repeat(3f, Many).ToArray()]);
        float[] values = results[0].ToArray<float>(), slopes = results[1].ToArray<float>();
        Assert.All(values.Zip(slopes), p => Assert.True(p is (0, 0) or (4, 4 / 3f), $"{p}"));
        Assert.InRange(values.Average(), 2.97, 3.03);
        Assert.All(results[2].ToArray<float>(), v => Assert.Equal(3f, v));
        Assert.Throws<GraphException>(() => Dropout(x, RandomKey.Of(1), 1.5));
    }

    [Fact]
    public void A_permutation_holds_every_number_once()
    {
        var p = Running.Run(Running.Of([], RandomPermutation(RandomKey.Of(9), 1000)), [])[0].ToArray<long>();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), p.Order());
        Assert.True(p.Where((v, i) => v == i).Count() < 10);
    }
}
