using Adjoint.Files;
using Adjoint.Solvers;
using MathNet.Numerics.Distributions;
using static Adjoint.Ops;

namespace Docs.Tests;

/// <summary>What the pages of the cookbook show, run.</summary>
public class CookbookFacts
{
    private delegate double Forces(ReadOnlySpan<double> position, Span<double> force);

    private delegate void Move(ReadOnlySpan<float> position, ReadOnlySpan<float> velocity, ReadOnlySpan<float> goal, float dt,
        Span<float> moved, Span<float> next);

    private delegate (double Price, double Delta, double Vega) Simulate(double spot, double volatility, int seed);

    private delegate void Linearise(ReadOnlySpan<double> u, Span<double> residual, Span<double> values);

    private delegate float Step(ReadOnlySpan<float> points, ReadOnlySpan<int> labels, float rate);

    [Fact]
    public void An_arm_reaches_its_target()
    {
        // begin inverse-kinematics
        // Three links in a plane. The target is a variable: it moves between calls, and nothing is compiled again.
        double[] links = [0.4, 0.3, 0.2];
        Node angles = Input("angles", DType.Float64, [3]), turned = CumulativeSum(angles, 0);
        Node tool = Stack([Sum(Constant(links) * Cos(turned)), Sum(Constant(links) * Sin(turned))]);
        Variable target = new("target", [2], dtype: DType.Float64);
        var store = new ParameterStore();
        var solver = new LevenbergMarquardt(new Computation([angles], [tool - target]), store: store,
            options: new() { TargetValue = 1e-20, MaxIterations = 50 });

        double[] pose = [0.3, 0.3, 0.3], goal = [0.5, 0.4];
        store.Set<double>("target", goal);
        SolverReport report = solver.Minimise(pose);      // the next target starts from this pose
        // end
        Assert.Equal(StopReason.ValueReached, report.Reason);
        Assert.Equal(0.5, 0.4 * Math.Cos(pose[0]) + 0.3 * Math.Cos(pose[0] + pose[1]) + 0.2 * Math.Cos(pose.Sum()), 9);
        AssertShown("inverse-kinematics", "LevenbergMarquardt");
    }

    [Fact]
    public void Forces_are_the_slope_of_an_energy()
    {
        // begin molecular-forces
        // Lennard-Jones, cut off at 2.5. Pairs that do not meet get a distance of 1 before the power, so that no infinity arises.
        Node position = Input("position", DType.Float64, ["n", 3]);
        Node square = Sum(Square(ExpandDims(position, 0) - ExpandDims(position, 1)), [2]);
        Node meets = And(square < 6.25, square > 0), sixth = Pow(Where(meets, square, OnesLike(square)), -3);
        Node energy = 0.5 * Sum(Where(meets, 4 * (sixth * sixth - sixth), ZerosLike(square)));
        Node force = -Gradient.Of(energy, [position])[0];

        // delegate double Forces(ReadOnlySpan<double> position, Span<double> force);
        Forces forces = new Computation([position], [("energy", energy), ("force", force)]).Compile<Forces>();
        double[] at = [0, 0, 0, 1, 0, 0], pull = new double[6];
        double value = forces(at, pull);                  // two particles at distance 1: energy 0, pushed apart by 24
        // end
        Assert.Equal(0, value, 12);
        Assert.Equal([-24, 0, 0, 24, 0, 0], pull.Select(f => Math.Round(f, 9) + 0.0));
        AssertShown("molecular-forces", "Forces forces");
    }

    [Fact]
    public void A_relaxed_schedule_is_descended()
    {
        // begin scheduling
        // How much to make in each of six shifts. Softplus keeps amounts above 0 and rounds every kink, so that slopes exist.
        double[] demand = [4, 4, 9, 12, 5, 2];
        Node plan = Input("plan", DType.Float64, [6]), made = Softplus(plan), stock = CumulativeSum(made - Constant(demand), 0);
        Node storage = 0.1 * Sum(Softplus(stock)), late = 5 * Sum(Softplus(-stock)), overload = Sum(Square(Softplus(made - 8)));
        var solver = new LBfgs(new Computation([plan], [Sum(made) + storage + late + overload]));

        double[] x = new double[6];
        SolverReport report = solver.Minimise(x);
        double[] amounts = [.. x.Select(p => Math.Log(1 + Math.Exp(p)))];
        // end
        Assert.True(report.GradientNorm < 1e-4, $"{report}");
        Assert.True(amounts.All(a => a > 0) && amounts.Take(4).Sum() > 25, string.Join(", ", amounts));
        AssertShown("scheduling", "LBfgs");
    }

    [Fact]
    public void Entities_move_in_lanes()
    {
        // begin games
        // One entity: a damped spring pulls it to a goal that all share.
        Node position = Input("position", DType.Float32, [2]), velocity = Input("velocity", DType.Float32, [2]);
        Node goal = Input("goal", DType.Float32, [2]), dt = Input("dt", DType.Float32, []);
        Node next = velocity + dt * (4 * (goal - position) - 3 * velocity), moved = position + dt * next;

        // All of them: [entities, 2] in, [entities, 2] out, as many at once as a register has lanes.
        Move move = new Computation([position, velocity, goal, dt], [("moved", moved), ("next", next)])
            .CompileBatched<Move>(new() { Shared = ["goal", "dt"] });
        float[] at = new float[2 * 1000], speed = new float[2 * 1000], then = new float[2 * 1000], faster = new float[2 * 1000];
        for (int tick = 0; tick < 600; tick++)
        {
            move(at, speed, [3, 4], 1f / 60, then, faster);
            (at, speed, then, faster) = (then, faster, at, speed);   // results never overlap arguments
        }
        // end
        Assert.Equal(3, at[998], 1e-3f);
        Assert.Equal(4, at[999], 1e-3f);
        AssertShown("games", "CompileBatched");
    }

    [Fact]
    public void Threads_share_one_model()
    {
        // begin serving
        Node x = Input("x", DType.Float32, ["batch", 64]);
        Variable w = new("w", [64, 10], Init.HeNormal(seed: 1)), b = new("b", [10]);
        var store = new ParameterStore();
        // A request is small: one thread each, and as many requests at once as there are callers.
        Executable predict = new Computation([x], [Softmax(MatMul(x, w) + b)]).Compile(store, new() { Threads = 1 });

        float[][] answers = new float[32][];
        Parallel.For(0, answers.Length, i =>
        {
            float[,] request = new float[1 + i % 4, 64];             // batches of different sizes share the code
            answers[i] = predict.Run(request)[0].ToArray<float>();
        });
        store.Set<float>("b", new float[10]);                        // new weights: calls see the old ones or the new, never a mixture
        // end
        Assert.All(answers, a => Assert.Equal(a.Length / 10, a.Sum(), 1e-4f));
        AssertShown("serving", "Parallel.For");
    }

    [Fact]
    public void A_simulation_is_differentiated_along_its_paths()
    {
        // begin options
        // A call on the mean of twelve monthly prices, which has no formula. Each draw makes two paths, mirror images of each other.
        const int Months = 12, Draws = 4096;
        const double Rate = 0.03, Strike = 100;
        Node spot = Input("spot", DType.Float64, []), volatility = Input("volatility", DType.Float64, []), seed = Input("seed", DType.Int32, []);
        Node noise = RandomNormal(RandomKey.Of(1).Fold(seed), [Draws, Months], DType.Float64);
        Node drift = (Rate - 0.5 * Square(volatility)) / Months, spread = volatility * Math.Sqrt(1.0 / Months);
        Node Payoff(Node z) => Relu(Mean(spot * Exp(CumulativeSum(drift + spread * z, 1)), [1]) - Strike);
        Node price = Math.Exp(-Rate) * Mean(0.5 * (Payoff(noise) + Payoff(-noise)));
        Node[] slopes = Gradient.Of(price, [spot, volatility]);

        // delegate (double Price, double Delta, double Vega) Simulate(double spot, double volatility, int seed);
        Simulate simulate = new Computation([spot, volatility, seed], [price, .. slopes]).Compile<Simulate>();
        double mean = 0, delta = 0, vega = 0;
        for (int batch = 0; batch < 16; batch++)
        {
            var one = simulate(100, 0.2, batch);         // the same seed gives the same bits, on any machine
            (mean, delta, vega) = (mean + one.Price / 16, delta + one.Delta / 16, vega + one.Vega / 16);
        }
        // end
        // The geometric mean is lower, and has a formula (Kemna and Vorst, 1990, for monthly prices).
        const double n = Months, deviation = 0.2;
        double sigma = deviation * Math.Sqrt((n + 1) * (2 * n + 1) / (6 * n * n)), d = ((Rate - deviation * deviation / 2) * (n + 1) / (2 * n) + sigma * sigma) / sigma;
        double growth = Math.Exp((Rate - deviation * deviation / 2) * (n + 1) / (2 * n) + sigma * sigma / 2);
        double geometric = Math.Exp(-Rate) * 100 * (growth * Normal.CDF(0, 1, d) - Normal.CDF(0, 1, d - sigma));
        Assert.InRange(mean, geometric, geometric + 0.4);
        Assert.Equal(Math.Exp(-Rate) * growth * Normal.CDF(0, 1, d), delta, 0.02);
        const double h = 1e-3;
        double Whole(double s, double v) => Enumerable.Range(0, 16).Average(batch => simulate(s, v, batch).Price);
        Assert.Equal((Whole(100 + h, 0.2) - Whole(100 - h, 0.2)) / (2 * h), delta, 1e-3);
        Assert.Equal((Whole(100, 0.2 + h / 100) - Whole(100, 0.2 - h / 100)) / (2 * h / 100), vega, 0.1);
        AssertShown("options", "Simulate simulate");
    }

    [Fact]
    public void A_smile_is_calibrated()
    {
        // begin calibration
        // Total variance by log-moneyness, as five numbers (SVI). Any five are a smile: b and s are above 0, rho within -1 and 1.
        Node p = Input("p", DType.Float64, [5]), k = Input("k", DType.Float64, ["quotes"]);
        Node Number(int i) => Reshape(Slice(p, 0, i, i + 1), []);
        Node a = Number(0), b = Softplus(Number(1)), rho = Tanh(Number(2)), m = Number(3), s = Softplus(Number(4));
        Node total = a + b * (rho * (k - m) + Sqrt(Square(k - m) + Square(s)));

        // What the market says changes all day: a variable. Where it says so does not: data, bound once.
        double[] moneyness = [-0.4, -0.25, -0.1, 0, 0.1, 0.2, 0.35, 0.5];
        Variable quoted = new("quoted", [moneyness.Length], dtype: DType.Float64);
        var store = new ParameterStore();
        var fit = new LevenbergMarquardt(new Computation([p, k], [total - quoted]), [moneyness], store, new() { MaxIterations = 200 });

        double[] smile = [0.01, -2, 0, 0, -2];
        store.Set<double>("quoted", [0.1209, 0.0921, 0.0665, 0.0539, 0.0479, 0.0485, 0.0561, 0.0669]);
        SolverReport report = fit.Minimise(smile);
        store.Set<double>("quoted", [0.1234, 0.094, 0.0678, 0.055, 0.0487, 0.0492, 0.0566, 0.0673]);
        SolverReport again = fit.Minimise(smile);        // from the last smile: a few iterations, nothing compiled, nothing allocated
        // end
        Assert.True(report.Value < 1e-6 && again.Value < 1e-6 && again.Iterations <= report.Iterations, $"{report}\n{again}");
        AssertShown("calibration", "LevenbergMarquardt");
    }

    [Fact]
    public void A_throw_is_aimed_through_its_simulation()
    {
        // begin simulation
        // A ball with drag, two seconds in 100 steps. The loop runs while the graph is built: all steps are one graph.
        const double dt = 0.02;
        Node start = Input("start", DType.Float64, [2]), position = Constant(new[] { 0.0, 2.0 }), velocity = start;
        for (int step = 0; step < 100; step++)
        {
            Node drag = 0.05 * velocity * Sqrt(Sum(Square(velocity)));
            velocity += dt * (Constant(new[] { 0, -9.81 }) - drag);
            position += dt * velocity;
        }
        // Which velocity puts it into the basket at (8, 3)? By how much it misses, and the slopes of that by the throw, are one compiled function.
        var solver = new LevenbergMarquardt(new Computation([start], [position - Constant(new[] { 8.0, 3.0 })]));
        double[] aim = [4, 10];
        SolverReport report = solver.Minimise(aim);
        // end
        var (x, y, u, v) = (0.0, 2.0, aim[0], aim[1]);
        for (int step = 0; step < 100; step++)
        {
            double speed = Math.Sqrt(u * u + v * v);
            (u, v) = (u - dt * 0.05 * u * speed, v + dt * (-9.81 - 0.05 * v * speed));
            (x, y) = (x + dt * u, y + dt * v);
        }
        Assert.Equal(8, x, 1e-9);
        Assert.Equal(3, y, 1e-9);
        Assert.True(report.Iterations < 20, $"{report}");
        AssertShown("simulation", "SolverReport");
    }

    [Fact]
    public void A_sparse_system_is_solved_by_newton()
    {
        // begin sparse
        // u'' + e^u = 0 between walls at which u is 0 (Bratu's problem), on 1,000 points: each equation has three unknowns.
        const int n = 1000;
        const double h = 1.0 / (n + 1);
        Node u = Input("u", DType.Float64, [n]), walled = Pad(u, 0, [1], [1]);
        Node residual = Slice(walled, 0, 0, n) - 2 * u + Slice(walled, 0, 2, n + 2) + h * h * Exp(u);
        SparseMatrix jacobian = SparseJacobian.Of(residual, [u]);      // three sweeps instead of a thousand

        // delegate void Linearise(ReadOnlySpan<double> u, Span<double> residual, Span<double> values);
        Linearise linearise = new Computation([u], [residual, jacobian.Values]).Compile<Linearise>();
        double[] x = new double[n], r = new double[n], values = new double[jacobian.Pattern.Count];
        for (int iteration = 0; iteration < 6; iteration++)
        {
            linearise(x, r, values);
            SolveBand(jacobian.Pattern, values, r);                    // r is now the step; any sparse solver takes its place
            for (int i = 0; i < n; i++)
                x[i] -= r[i];
        }
        // end
        linearise(x, r, values);
        Assert.All(r, e => Assert.Equal(0, e, 1e-12));
        Assert.Equal(0.14053921440, x[n / 2], 1e-6);                   // u(1/2), published to many digits
        Assert.Equal(3 * n - 2, jacobian.Pattern.Count);
        AssertShown("sparse", "SparseJacobian");
    }

    // Elimination without pivots in a band of three, rows in order.
    private static void SolveBand(SparsityPattern pattern, double[] values, double[] b)
    {
        int n = b.Length;
        double At(int row, int column) => values[pattern.RowStarts[row] + pattern.Row(row).BinarySearch(column)];
        double[] upper = new double[n];
        for (int i = 0; i < n; i++)
        {
            double below = i > 0 ? At(i, i - 1) : 0, pivot = At(i, i) - (i > 0 ? below * upper[i - 1] : 0);
            upper[i] = i < n - 1 ? At(i, i + 1) / pivot : 0;
            b[i] = (b[i] - (i > 0 ? below * b[i - 1] : 0)) / pivot;
        }
        for (int i = n - 2; i >= 0; i--)
            b[i] -= upper[i] * b[i + 1];
    }

    [Fact]
    public void Only_what_changed_runs()
    {
        // begin incremental
        // The worst of 500 past days for a book of 200 positions. Histories change at night, positions now and then, limits at any time.
        Node history = Input("history", DType.Float64, [500, 200]), positions = Input("positions", DType.Float64, [200]);
        Node limit = Input("limit", DType.Float64, []);
        Node results = Sum(history * positions, [1]), worst = Min(results, [0]);
        var risk = new Computation([history, positions, limit], [("worst", worst), ("breach", Relu(-worst - limit))]);

        // One owner each: its memory keeps what was computed. What depends on seldom-set inputs alone shares no kernel with the rest.
        Session session = risk.CompileSession(options: new() { Seldom = ["history", "positions"] });
        session.Set<double>("history", Enumerable.Range(0, 100_000).Select(i => Math.Sin(i)).ToArray());
        session.Set<double>("positions", Enumerable.Repeat(1.0, 200).ToArray());
        session.Set("limit", 1.5);
        int all = session.Run();                         // how many kernels ran
        session.Set("limit", 1.0);
        int few = session.Run();                         // the day's results are still there
        double breach = session.Scalar<double>("breach");
        // end
        double truth = Enumerable.Range(0, 500).Min(d => Enumerable.Range(0, 200).Sum(i => Math.Sin(200 * d + i)));
        Assert.Equal(Math.Max(0, -truth - 1), breach, 1e-9);
        Assert.True(few < all, $"{few} of {all}");
        AssertShown("incremental", "session.Run");
    }

    [Fact]
    public void A_network_is_trained_and_kept()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("moons.safetensors");
        float[] xs = new float[2 * 256];
        int[] ys = new int[256];
        var random = new Random(1);
        for (int i = 0; i < 256; i++)
        {
            double turn = Math.PI * random.NextDouble();
            (ys[i], xs[2 * i], xs[2 * i + 1]) = (i % 2, (float)(i % 2 == 0 ? Math.Cos(turn) : 1 - Math.Cos(turn)), (float)(i % 2 == 0 ? Math.Sin(turn) : 0.5 - Math.Sin(turn)));
        }
        // begin training
        // Points in a plane, two classes: xs is [points, 2], ys a class each.
        Node x = Input("x", DType.Float32, ["points", 2]), y = Input("y", DType.Int32, ["points"]), rate = Input("rate", DType.Float32, []);
        Variable w1 = new("w1", [2, 32], Init.HeNormal(seed: 1)), b1 = new("b1", [32]);
        Variable w2 = new("w2", [32, 2], Init.HeNormal(seed: 2)), b2 = new("b2", [2]);
        Node logits = MatMul(Tanh(MatMul(x, w1) + b1), w2) + b2, loss = Mean(SoftmaxCrossEntropy(logits, y));
        Node[] gradients = Clip.ByGlobalNorm(Gradient.Of(loss, [w1, b1, w2, b2]), 1);

        // One call is a whole step: loss, gradients, clipping, and new weights and moments in the store.
        var store = new ParameterStore();
        Step step = new Computation([x, y, rate], [loss]).WithUpdates(Adam.Updates([w1, b1, w2, b2], gradients, rate)).Compile<Step>(store);
        Executable classify = new Computation([x], [ArgMax(logits, 1)]).Compile(store);
        float last = 0;
        for (int i = 0; i < 400; i++)
            last = step(xs, ys, 0.02f * (1 - i / 400f));     // the rate is an argument, so that any schedule does

        // All of the store, or a part of it, to a file and back.
        Safetensors.Write(file, store.ToTensors());
        long[] classes = classify.Run(HostTensor.From(xs, [256, 2]))[0].ToArray<long>();
        // end
        Assert.True(last < 0.02, $"loss {last}");
        Assert.True(classes.Zip(ys).Count(p => p.First == p.Second) >= 254);
        Assert.Contains("w1/adam.m", Safetensors.Read(file).Keys);
        AssertShown("training", "Adam.Updates");
    }

    private static void AssertShown(string page, string holding) =>
        Assert.Equal(CodeBlock.InSource("CookbookFacts.cs", page), CodeBlock.InPage($"docs/cookbook/{page}.md", holding));
}
