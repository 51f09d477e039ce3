namespace Adjoint.Laws;

/// <summary>
/// Estimators whose average over all outcomes, each with its probability,
/// is the derivative of the expectation: exactly, no sampling.
/// </summary>
public class SurrogateFacts
{
    // E[cost] = sum over outcomes of p(k) cost(k); the estimator's derivative, weighted by p(k) as a constant, must sum to its derivative.
    private static (Node Exact, Node Estimated) Expectation(Node logits, Node cost, Node? baseline = null)
    {
        Node all = Iota([3], 0, DType.Int64), logs = Vmap.Map(k => LogDensity.Categorical(k, logits), all), p = Exp(logs);
        return (Sum(p * cost), Sum(StopGradient(p) * Surrogate.ScoreFunction(cost, logs, baseline)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_score_function_gives_first_derivatives_of_an_expectation_also_with_a_baseline(bool baseline)
    {
        Node logits = Input("logits", DType.Float64, [3]), cost = Input("cost", DType.Float64, [3]);
        var (exact, estimated) = Expectation(logits, cost * Exp(logits * 0.1), baseline ? Sum(cost) : null);
        Node[] outputs = [exact, estimated, .. Gradient.Of(exact, [logits, cost]), .. Gradient.Of(estimated, [logits, cost])];
        var got = Running.Run(Running.Of([logits, cost], outputs), [new[] { 0.2, -0.5, 1 }, new[] { 1.0, 4, -2 }]);
        Running.AssertClose(got[0], got[1], 1e-15, "value");
        Running.AssertClose(got[2], got[4], 1e-14, "slope along logits");
        Running.AssertClose(got[3], got[5], 1e-14, "slope along costs");
    }

    [Fact]
    public void And_second_derivatives()
    {
        Node logits = Input("logits", DType.Float64, [3]), cost = Input("cost", DType.Float64, [3]);
        var (exact, estimated) = Expectation(logits, cost);
        var got = Running.Run(Running.Of([logits, cost], Hessian.Of(exact, logits), Hessian.Of(estimated, logits)),
            [new[] { 0.2, -0.5, 1 }, new[] { 1.0, 4, -2 }]);
        Running.AssertClose(got[0], got[1], 1e-14, "hessian");
    }

    [Fact]
    public void Densities_integrate_to_one_and_probabilities_sum_to_one()
    {
        const int N = 4000;
        Node x = Input("x", DType.Float64, ["n"]), s = Scalar(DType.Float64, 0.7), m = Scalar(DType.Float64, 0.3);
        double[] grid = [.. Enumerable.Range(0, N).Select(i => -8 + 16.0 * (i + 0.5) / N)];
        Node logits = Constant(new[] { 0.4, -3 });
        var got = Running.Run(Running.Of([x], Sum(Exp(LogDensity.Normal(x, m, s))) * (16.0 / N),
            Sum(Exp(LogDensity.Uniform(x, m - 1, m + 1))) * (16.0 / N),
            Exp(LogDensity.Bernoulli(OnesLike(logits), logits)) + Exp(LogDensity.Bernoulli(ZerosLike(logits), logits))), [grid]);
        Assert.Equal(1, got[0].Scalar<double>(), 1e-12);
        Assert.Equal(1, got[1].Scalar<double>(), 1e-3);
        Assert.All(got[2].Doubles(), p => Assert.Equal(1, p, 1e-15));
    }

    [Fact]
    public void Gradients_flow_through_reparameterised_draws_to_parameters_and_not_to_noise()
    {
        Node noise = Input("noise", DType.Float64, [2]), mean = Input("mean", DType.Float64, []),
            deviation = Input("deviation", DType.Float64, []);
        Node draw = Sum(Square(Reparameterised.Normal(noise, mean, deviation)));
        var g = Running.Run(Running.Of([noise, mean, deviation], Gradient.Of(draw, [mean, deviation, noise])),
            [new[] { 1.0, -2 }, 0.5, 2.0]);
        Assert.Equal(2 * (2.5 - 3.5), g[0].Scalar<double>());
        Assert.Equal(2 * (2.5 * 1 - 3.5 * -2), g[1].Scalar<double>());
        Assert.Equal([0, 0], g[2].Doubles());
    }

    // Averages of so many draws lie within five standard errors.
    private const int Draws = 200_000;

    [Fact]
    public void Averages_over_draws_estimate_the_slopes_of_an_expectation()
    {
        Node logits = Input("logits", DType.Float64, [3]), cost = Constant(new[] { 1.0, 4, -2 });
        Node rows = BroadcastTo(logits, [Draws, 3]), drawn = RandomCategorical(RandomKey.Of(7), rows);
        Node estimated = Mean(Surrogate.ScoreFunction(Gather(cost, drawn), LogDensity.Categorical(drawn, rows), Scalar(DType.Float64, 1)));
        var got = Running.Run(Running.Of([logits], Gradient.Of(estimated, [logits])[0],
            Gradient.Of(Sum(Softmax(logits) * cost), [logits])[0]), [new[] { 0.2, -0.5, 1 }]);
        Running.AssertClose(got[1], got[0], 5 * 3 / Math.Sqrt(Draws), "score function");
    }

    [Fact]
    public void Reparameterised_draws_estimate_slopes_too_and_follow_their_key()
    {
        Node m = Input("m", DType.Float64, []), s = Input("s", DType.Float64, []);
        Node Wide(Node x) => BroadcastTo(x, [Draws]);
        Node normal = Mean(Square(Reparameterised.Normal(RandomKey.Of(3), Wide(m), Wide(s)))),
            uniform = Mean(Square(Reparameterised.Uniform(RandomKey.Of(3), Wide(m), Wide(s))));
        var got = Running.Run(Running.Of([m, s], [.. Gradient.Of(normal, [m, s]), .. Gradient.Of(uniform, [m, s])]),
            [0.5, 2.0]).Select(t => t.Scalar<double>()).ToArray();
        // E[x²] is m² + s² of the normal, (m² + ms + s²) / 3 of the uniform distribution.
        foreach (var (expected, slope) in new[] { 1, 4, (2 * 0.5 + 2) / 3, (2 * 2 + 0.5) / 3 }.Zip(got))
            Assert.Equal(expected, slope, 5 * 8 / Math.Sqrt(Draws));
    }

    [Fact]
    public void A_relaxed_category_is_nearly_one_hot_and_sums_to_one()
    {
        Node logits = Input("logits", DType.Float64, [100, 3]);
        double[] got = Running.Run(Running.Of([logits], Reparameterised.Categorical(RandomKey.Of(5), logits, 0.01)),
            [new double[100, 3]])[0].Doubles();
        Assert.All(got.Chunk(3), row => Assert.Equal(1, row.Sum(), 1e-12));
        Assert.True(got.Chunk(3).Count(row => row.Max() > 0.99) > 90);
    }

    [Fact]
    public void A_vmap_over_keys_draws_what_each_key_draws()
    {
        Node keys = Input("keys", DType.Int32, ["n", 2]);
        Node each = Vmap.Map(k => RandomNormal(RandomKey.From(k), [3], DType.Float64), keys);
        Node one = RandomNormal(RandomKey.From(Squeeze(Slice(keys, 0, 1, 2), [0])), [3], DType.Float64);
        var got = Running.Run(Running.Of([keys], each, one), [new[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }]);
        Assert.Equal(got[1].Doubles(), got[0].Doubles()[3..6]);
        Assert.Equal(9, got[0].Doubles().Distinct().Count());
    }
}
