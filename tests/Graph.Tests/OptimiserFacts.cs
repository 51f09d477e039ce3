using static Adjoint.Graph.Tests.Values;

namespace Adjoint.Graph.Tests;

/// <summary>Three steps of each optimiser on the slope g = 2 w - 1, against its published recurrence.</summary>
public class OptimiserFacts
{
    private static readonly double[] Start = [1, -2, 0.5];

    private static readonly Dictionary<string, (Func<Variable, Node, Update[]> Updates, Func<int, double, double, (double Step, double State)> Rule)> Methods = new()
    {
        ["sgd"] = ((w, g) => Sgd.Updates([w], [g], 0.1), (_, g, s) => (0.1 * g, s)),
        ["momentum"] = ((w, g) => Momentum.Updates([w], [g], 0.1, 0.8), (_, g, v) => (0.1 * (0.8 * v + g), 0.8 * v + g)),
        ["nesterov"] = ((w, g) => Nesterov.Updates([w], [g], 0.1, 0.8), (_, g, v) => (0.1 * (g + 0.8 * (0.8 * v + g)), 0.8 * v + g)),
        ["adagrad"] = ((w, g) => Adagrad.Updates([w], [g], 0.1, 1e-3), (_, g, h) => (0.1 * g / (Math.Sqrt(h + g * g) + 1e-3), h + g * g)),
        ["rmsprop"] = ((w, g) => RmsProp.Updates([w], [g], 0.1, 0.9, 1e-3),
            (_, g, v) => (0.1 * g / (Math.Sqrt(0.9 * v + 0.1 * g * g) + 1e-3), 0.9 * v + 0.1 * g * g)),
        ["sgd with a rate that is a node"] = ((w, g) => Sgd.Updates([w], [g], Scalar(DType.Float32, 0.5)), (_, g, s) => (0.5 * g, s)),
    };

    public static TheoryData<string> Every() => [.. Methods.Keys];

    private static Variable Weights => new("w", [3], Init.Values(Start), DType.Float64);

    [Theory, MemberData(nameof(Every))]
    public void Steps_follow_the_recurrence(string name)
    {
        var w = Weights;
        var (expected, state) = (Start.ToArray(), new double[3]);
        for (int t = 1; t <= 3; t++)
            for (int i = 0; i < 3; i++)
            {
                (double step, state[i]) = Methods[name].Rule(t, 2 * expected[i] - 1, state[i]);
                expected[i] -= step;
            }
        AssertClose(expected, Run(w, Methods[name].Updates(w, 2 * w - 1), 3), 1e-14);
    }

    /// <summary>Kingma and Ba, algorithm 1, as published; with decay, Loshchilov and Hutter's decoupled one.</summary>
    [Theory, InlineData(0), InlineData(0.01)]
    public void Adam_follows_its_paper(double decay)
    {
        var w = Weights;
        var expected = Start.ToArray();
        for (int i = 0; i < 3; i++)
            for (double t = 1, m = 0, v = 0; t <= 3; t++)
            {
                double g = 2 * expected[i] - 1;
                (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
                double step = 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
                expected[i] -= step + 0.1 * decay * expected[i];
            }
        AssertClose(expected, Run(w, Adam.Updates([w], [2 * w - 1], 0.1, weightDecay: decay), 3), 1e-11);
    }

    /// <summary>Decay of weights enters the gradient, decay of the rate counts steps from 0, squares start from what is asked.</summary>
    [Fact]
    public void Adagrad_decays_as_its_papers_followers_do()
    {
        var w = Weights;
        var expected = Start.ToArray();
        for (int i = 0; i < 3; i++)
            for (double t = 0, h = 0.5; t < 3; t++)
            {
                double g = 2 * expected[i] - 1 + 0.01 * expected[i];
                h += g * g;
                expected[i] -= 0.1 / (1 + 0.2 * t) * g / (Math.Sqrt(h) + 1e-10);
            }
        AssertClose(expected, Run(w, Adagrad.Updates([w], [2 * w - 1], 0.1, weightDecay: 0.01, rateDecay: 0.2, initial: 0.5), 3), 1e-13);
    }

    [Fact]
    public void Rmsprop_is_centred_and_has_a_velocity_on_request()
    {
        var w = Weights;
        var expected = Start.ToArray();
        for (int i = 0; i < 3; i++)
            for (double t = 0, v = 0, a = 0, b = 0; t < 3; t++)
            {
                double g = 2 * expected[i] - 1;
                (v, a) = (0.9 * v + 0.1 * g * g, 0.9 * a + 0.1 * g);
                b = 0.5 * b + g / (Math.Sqrt(v - a * a) + 1e-4);
                expected[i] -= 0.1 * b;
            }
        AssertClose(expected, Run(w, RmsProp.Updates([w], [2 * w - 1], 0.1, 0.9, 1e-4, 0.5, centred: true), 3), 1e-12);
    }

    /// <summary>
    /// 0.9 times one of the last subnormal numbers rounds to itself:
    /// what a dead unit leaves behind would slow every later step.
    /// </summary>
    [Theory, InlineData("adam"), InlineData("adam in float64"), InlineData("momentum"), InlineData("nesterov"), InlineData("rmsprop")]
    public void What_is_kept_of_old_gradients_falls_to_zero_and_never_among_subnormal_numbers(string name)
    {
        bool wide = name.EndsWith("float64", StringComparison.Ordinal);
        var w = new Variable("w", [4], Init.Zeros, wide ? DType.Float64 : DType.Float32);
        Node g = ZerosLike(w);
        var updates = name switch
        {
            "momentum" => Momentum.Updates([w], [g], 0.1, 0.8),
            "nesterov" => Nesterov.Updates([w], [g], 0.1, 0.8),
            "rmsprop" => RmsProp.Updates([w], [g], 0.1, 0.9, momentum: 0.8, centred: true),
            _ => Adam.Updates([w], [g], 0.1, 0.8, 0.9),
        };
        double least = wide ? 2.2250738585072014e-308 : 1.1754943508222875e-38;
        var kept = updates.Where(u => u.Variable != w && u.Variable.Shape == w.Shape).Select(u => u.Variable).ToList();
        var store = Started(updates);
        foreach (var state in kept)
            store[state] = Eval(Convert(Constant(new[] { least * 1000, least * 1.5, 0, NaN }), w.DType));
        for (int t = 0; t < 100; t++)
        {
            Step(updates, store);
            Assert.All(kept, state => Assert.All(Doubles(store[state]),
                x => Assert.True(x == 0 || x >= least || double.IsNaN(x), $"{state.Name} is {x}")));
            if (t == 0)
                Assert.All(kept, state => Assert.NotEqual(0, Doubles(store[state])[1]));
        }
        Assert.All(kept, state => AssertSame([0, 0, 0, NaN], Doubles(store[state])));
    }

    /// <summary>In float32, 1 - 0.999 by subtraction would be off by 5e-5: the first step would not be the rate.</summary>
    [Fact]
    public void The_first_step_of_adam_is_the_rate_in_float32_too()
    {
        var w = new Variable("w", [1]);
        var step = Adam.Updates([w], [w + 3], 0.01).Single(u => u.Variable == w).Value;
        Assert.Equal(-0.01, Eval(step).Scalar<float>(), 1e-8);
    }

    [Fact]
    public void Clipping_by_norm_scales_all_by_one_factor_and_leaves_short_ones_and_zeros_alone()
    {
        Node a = Constant(new[] { 3.0, 0 }), b = Constant(new float[] { 4 });
        AssertClose([0.6, 0], Doubles(Eval(Clip.ByGlobalNorm([a, b], 1)[0])), 1e-15);
        Assert.Equal([0.8f], Eval(Clip.ByGlobalNorm([a, b], 1)[1]).ToArray<float>());
        Assert.Equal([3, 0], Doubles(Eval(Clip.ByGlobalNorm([a, b], 6)[0])));
        Assert.Equal([0, 0], Doubles(Eval(Clip.ByGlobalNorm([ZerosLike(a)], 1)[0])));
        Assert.Equal([1e30f], Eval(Clip.ByGlobalNorm([Constant(new[] { 2e30f })], 1e30)[0]).ToArray<float>());
        Assert.Equal([1, 0], Doubles(Eval(Clip.ByValue([a], 1)[0])));
    }

    [Fact]
    public void Gradients_that_do_not_belong_are_refused()
    {
        var w = Weights;
        Assert.Contains("1 variables but 0 gradients",
            Assert.Throws<GraphException>(() => Sgd.Updates([w], [], 0.1)).Message, StringComparison.Ordinal);
        Assert.Contains("'w'", Assert.Throws<GraphException>(() => Adam.Updates([w], [Sum(w)])).Message, StringComparison.Ordinal);
    }

    private static double[] Run(Variable w, Update[] updates, int steps)
    {
        var store = Started(updates);
        for (int t = 0; t < steps; t++)
            Step(updates, store);
        return Doubles(store[w]);
    }

    private static Dictionary<Variable, HostTensor> Started(Update[] updates) =>
        new Computation([], [], updates).Variables.ToDictionary(v => v, v => v.Initial.Create(v.Type));

    private static void Step(Update[] updates, Dictionary<Variable, HostTensor> store)
    {
        var f = new Computation([], [], updates);
        foreach (var (update, value) in f.Updates.Zip(Reference.Roots(f, [], null, store)).ToList())
            store[update.Variable] = value;
    }
}
