using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Normalisations against loops written from their formulas, and at the points where formulas divide by 0.</summary>
public class NormalisationFacts
{
    private const int N = 3, C = 4, L = 5;
    private const double Epsilon = 1e-3;
    private static readonly double[] Data = Sample(N * C * L, 1), Gamma = Sample(C, 2), Beta = Sample(C, 3),
        OldMean = Sample(C, 4), OldVariance = [0.5, 1, 1.5, 2];

    private static double[] Sample(int n, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * 6 - 2)];
    }

    private static Node Tensor(double[] values, params long[] shape) => Constant(HostTensor.From(values, shape));

    private static Node X => Tensor(Data, N, C, L);

    private static Node PerChannel(double[] values) => Tensor(values, C);

    private static int At(int n, int c, int i) => (n * C + c) * L + i;

    // Scale and shift per channel of (x - m) / sqrt(v + epsilon), with m and v over all elements of the same set.
    private static double[] Expected(Func<int, int, int> set, double[]? gamma = null, double[]? beta = null)
    {
        var y = new double[Data.Length];
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < L; i++)
                {
                    var members = Members(set, set(n, c));
                    double m = members.Sum() / members.Count, v = members.Sum(x => (x - m) * (x - m)) / members.Count;
                    y[At(n, c, i)] = (Data[At(n, c, i)] - m) / Math.Sqrt(v + Epsilon) * (gamma?[c] ?? 1) + (beta?[c] ?? 0);
                }
        return y;
    }

    private static List<double> Members(Func<int, int, int> set, int which) =>
        [.. Enumerable.Range(0, Data.Length).Where(p => set(p / (C * L), p / L % C) == which).Select(p => Data[p])];

    [Fact]
    public void A_layer_norm_over_two_axes_takes_each_example_alone() =>
        AssertClose(Expected((n, _) => n), Doubles(Eval(LayerNorm(X, epsilon: Epsilon, axis: 1))), 1e-14);

    [Fact]
    public void An_instance_norm_takes_each_channel_of_each_example_alone() =>
        AssertClose(Expected((n, c) => n * C + c, Gamma, Beta),
            Doubles(Eval(InstanceNorm(X, PerChannel(Gamma), PerChannel(Beta), Epsilon))), 1e-14);

    [Fact]
    public void A_group_norm_takes_neighbouring_channels_together_and_scales_each()
    {
        AssertClose(Expected((n, c) => n * C + c / 2, Gamma, Beta),
            Doubles(Eval(GroupNorm(X, 2, PerChannel(Gamma), PerChannel(Beta), Epsilon))), 1e-14);
        AssertClose(Expected((n, c) => n * C + c / 2, [3, 3, 7, 7], [1, 1, -1, -1]),
            Doubles(Eval(GroupNorm(X, 2, Tensor([3, 7], 2), Tensor([1, -1], 2), Epsilon))), 1e-14);
    }

    [Fact]
    public void A_batch_norm_in_training_takes_a_channel_of_all_examples_and_moves_the_running_statistics()
    {
        var (y, mean, variance) = BatchNormTraining(X, PerChannel(OldMean), PerChannel(OldVariance), PerChannel(Gamma),
            PerChannel(Beta), Epsilon, momentum: 0.7);
        var unbiased = BatchNormTraining(X, PerChannel(OldMean), PerChannel(OldVariance), momentum: 0.7, unbiased: true).RunningVariance;
        AssertClose(Expected((_, c) => c, Gamma, Beta), Doubles(Eval(y)), 1e-14);
        for (int c = 0; c < C; c++)
        {
            var members = Members((_, k) => k, c);
            double m = members.Average(), squares = members.Sum(x => (x - m) * (x - m));
            AssertClose([0.7 * OldMean[c] + 0.3 * m], [Doubles(Eval(mean))[c]], 1e-14);
            AssertClose([0.7 * OldVariance[c] + 0.3 * squares / (N * L)], [Doubles(Eval(variance))[c]], 1e-14);
            AssertClose([0.7 * OldVariance[c] + 0.3 * squares / (N * L - 1)], [Doubles(Eval(unbiased))[c]], 1e-14);
        }
    }

    [Fact]
    public void A_batch_norm_in_inference_takes_the_statistics_that_it_is_given()
    {
        var y = Doubles(Eval(BatchNorm(X, PerChannel(OldMean), PerChannel(OldVariance), PerChannel(Gamma), PerChannel(Beta), Epsilon)));
        for (int p = 0; p < y.Length; p++)
        {
            int c = p / L % C;
            AssertClose([(Data[p] - OldMean[c]) / Math.Sqrt(OldVariance[c] + Epsilon) * Gamma[c] + Beta[c]], [y[p]], 1e-14);
        }
    }

    /// <summary>A mean far larger than the deviations leaves their digits alone: variance is not E[x²] - E[x]².</summary>
    [Fact]
    public void A_large_mean_costs_no_digits()
    {
        double[] small = [1, 2, 3, 5], large = [.. small.Select(x => x + 1e8)];
        AssertClose(Eval(x => LayerNorm(x), small), Eval(x => LayerNorm(x), large), 1e-7);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3.5), InlineData(double.PositiveInfinity)]
    public void Rows_are_divided_by_their_norm_however_large_or_small(double p)
    {
        double[] row = [3, -4, 0, 1];
        double norm = double.IsPositiveInfinity(p) ? 4 : Math.Pow(row.Sum(x => Math.Pow(Math.Abs(x), p)), 1 / p);
        foreach (double unit in (double[])[1, 1e-200, 1e200])
            AssertClose([.. row.Select(x => x / norm)], Eval(x => LpNormalise(x, p: p), [.. row.Select(x => x * unit)]), 1e-14);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(double.PositiveInfinity)]
    public void A_row_of_zeros_stays_and_has_slope_0(double p)
    {
        Node x = Input("x", DType.Float64, [2, 2]);
        var at = HostTensor.From(new double[] { 0, 0, 3, 4 }, [2, 2]);
        Assert.Equal([0, 0], Doubles(Eval(LpNormalise(x, p: p), (x, at)))[..2]);
        var slopes = Doubles(Eval(Sweep.Pullback(Sweep.Inline(LpNormalise(x, p: p), [x]), [x], Tensor([1, 2, 3, 5], 2, 2))[0]!, (x, at)));
        Assert.Equal([0, 0], slopes[..2]);
        Assert.All(slopes, s => Assert.True(double.IsFinite(s)));
    }

    [Theory, InlineData(3), InlineData(4), InlineData(1), InlineData(9)]
    public void A_local_response_is_over_a_window_of_channels_whose_larger_half_is_above(int size)
    {
        var y = Doubles(Eval(LocalResponseNorm(X, size, 0.3, 0.6, 1.5)));
        for (int p = 0; p < y.Length; p++)
        {
            int c = p / L % C, low = Math.Max(0, c - (size - 1) / 2), high = Math.Min(C - 1, c + size / 2);
            double squares = Enumerable.Range(low, high - low + 1).Sum(k => Math.Pow(Data[p + (k - c) * L], 2));
            AssertClose([Data[p] / Math.Pow(1.5 + 0.3 / size * squares, 0.6)], [y[p]], 1e-14);
        }
    }

    [Fact]
    public void Hardmax_takes_the_first_of_several_largest() =>
        Assert.Equal([0, 1, 0, 0], Eval(x => Hardmax(x), 1, 3, 3, 2));

    [Fact]
    public void A_mean_variance_normalisation_of_equal_values_is_0() =>
        Assert.Equal([0, 0, 0], Eval(x => MeanVarianceNormalise(x), 7, 7, 7));

    [Fact]
    public void Nothing_kept_of_a_row_gives_zeros_with_slope_0()
    {
        Node x = Input("x", DType.Float64, [2, 3]), keep = Constant(new[,] { { false, false, false }, { true, false, true } });
        var at = HostTensor.From(new[] { 1, 2, 3, 0, NaN, Math.Log(3) }, [2, 3]);
        AssertClose([0, 0, 0, 0.25, 0, 0.75], Doubles(Eval(MaskedSoftmax(x, keep), (x, at))), 1e-15);
        Node y = Sweep.Inline(MaskedSoftmax(x, keep), [x]);
        AssertClose([0, 0, 0, -3.0 / 16 * 2, 0, 3.0 / 16 * 2],
            Doubles(Eval(Sweep.Pullback(y, [x], Tensor([1, 2, 3, 4, 5, 6], 2, 3))[0]!, (x, at))), 1e-15);
    }

    [Fact]
    public void Older_softmax_takes_all_axes_from_one_on_as_a_row()
    {
        Node flat = OverMatrix(X, 1, m => Softmax(m)), direct = Reshape(Softmax(Reshape(X, [N, C * L])), X.Shape);
        AssertSame(Doubles(Eval(direct)), Doubles(Eval(flat)));
        Assert.All(Doubles(Eval(OverMatrix(X, 3, m => Softmax(m)))), y => Assert.Equal(1, y));
    }
}
