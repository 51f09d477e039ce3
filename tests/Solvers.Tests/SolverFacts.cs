using Adjoint.Tests;

namespace Adjoint.Solvers.Tests;

/// <summary>Each solver finds known minima, says how it went, and refuses what does not fit.</summary>
public class SolverFacts
{
    private static readonly Node X = Input("x", DType.Float64, [10]);

    // A curved valley, minimum 0 at ones.
    private static Computation Rosenbrock =>
        new([X], [Sum(100 * Square(Slice(X, 0, 1) - Square(Slice(X, 0, 0, 9))) + Square(1 - Slice(X, 0, 0, 9)))]);

    private static Computation RosenbrockResiduals =>
        new([X], [Concat([10 * (Slice(X, 0, 1) - Square(Slice(X, 0, 0, 9))), 1 - Slice(X, 0, 0, 9)], 0)]);

    // A bowl with axes of very different lengths, minimum at 1, 2, 3, ...
    private static Computation Bowl
    {
        get
        {
            Node i = Iota([10], 0, DType.Float64);
            return new([X], [Sum((1 + 20 * i) * Square(X - i - 1))]);
        }
    }

    private static double[] Start => [.. Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? -1.2 : 1.0)];

    private static FirstOrderSolver Solver(string name, Computation f, SolverOptions? options = null) => name switch
    {
        "descent" => new GradientDescent(f, options: options),
        "conjugate" => new ConjugateGradient(f, options: options),
        _ => new LBfgs(f, options: options),
    };

    [Theory]
    [InlineData("descent", 5000), InlineData("conjugate", 100), InlineData("l-bfgs", 100)]
    public void A_bowl_is_descended_to_its_bottom(string name, int most)
    {
        double[] x = Start;
        var report = Solver(name, Bowl, new() { MaxIterations = most }).Minimise(x);
        Assert.True(report.Converged, report.ToString());
        for (int i = 0; i < 10; i++)
            Assert.Equal(i + 1, x[i], 1e-8);
        Assert.InRange(report.GradientNorm, 0, 1e-8);
    }

    [Theory]
    [InlineData("conjugate"), InlineData("l-bfgs")]
    public void A_curved_valley_is_followed_to_a_stationary_point(string name)
    {
        double[] x = Start;
        var report = Solver(name, Rosenbrock).Minimise(x);
        Assert.True(report.Converged, report.ToString());
        Assert.InRange(report.GradientNorm, 0, 1e-8);
        Assert.True(report.Value < 1e-12 || Math.Abs(report.Value - 3.98) < 0.1, report.ToString());   // the other minimum, x[0] = -0.99
    }

    [Fact]
    public void Least_squares_follows_the_valley_in_few_steps()
    {
        double[] x = Start;
        var report = new LevenbergMarquardt(RosenbrockResiduals).Minimise(x);
        Assert.True(report.Converged, report.ToString());
        Assert.All(x, v => Assert.Equal(1, v, 1e-9));
    }

    [Fact]
    public void Fewer_residuals_than_unknowns_reach_the_target_nearby()
    {
        Node q = Input("q", DType.Float64, [3]), target = Input("target", DType.Float64, [2]);
        Node angles = CumulativeSum(q);
        Node tip = Stack([Sum(Cos(angles)), Sum(Sin(angles))]);
        var solver = new LevenbergMarquardt(new([q, target], [tip - target]), [new[] { 1.2, 0.7 }]);
        double[] joints = [0.1, 0.4, 0.3];
        var report = solver.Minimise(joints);
        Assert.True(report.Value < 1e-24, report.ToString());
    }

    [Fact]
    public void Variables_are_read_anew_in_each_call()
    {
        var store = new ParameterStore();
        var goal = new Variable("goal", [2], dtype: DType.Float64);
        Node x = Input("x", DType.Float64, [2]);
        var solver = new LevenbergMarquardt(new([x], [x * x * x + x - goal]), store: store);
        foreach (double value in new[] { 2.0, 10.0 })
        {
            store.Set<double>("goal", [value, value]);
            double[] point = [0, 5];
            solver.Minimise(point);
            Assert.All(point, p => Assert.Equal(value, p * p * p + p, 1e-9));
        }
    }

    [Theory]
    [InlineData("descent"), InlineData("conjugate"), InlineData("l-bfgs")]
    public void Reports_say_why_it_stopped(string name)
    {
        double[] x = Start;
        Assert.Equal(StopReason.IterationLimit, Solver(name, Rosenbrock, new() { MaxIterations = 3 }).Minimise(x).Reason);
        Assert.NotEqual(Start, x);
        Assert.Equal(StopReason.ValueReached, Solver(name, Rosenbrock, new() { TargetValue = 50 }).Minimise(x).Reason);
        double[] bad = [.. Start.Select(_ => double.NaN)];
        Assert.Equal(StopReason.StartNotFinite, Solver(name, Rosenbrock).Minimise(bad).Reason);
        Assert.Equal(StopReason.Cancelled, Solver(name, Rosenbrock).Minimise(Start, cancellationToken: new(true)).Reason);
        Node u = Input("u", DType.Float64, [1]);
        var falling = Solver(name, new([u], [-Sum(Exp(u))])).Minimise(new double[1]);
        Assert.Contains(falling.Reason, new[] { StopReason.Unbounded, StopReason.NoFurtherDescent, StopReason.StepSmall });
        Assert.Contains("iterations", falling.ToString());
    }

    [Fact]
    public void Least_squares_reports_too()
    {
        var solver = new LevenbergMarquardt(RosenbrockResiduals, options: new() { MaxIterations = 2, GradientTolerance = 0 });
        double[] x = Start;
        Assert.Equal(StopReason.IterationLimit, solver.Minimise(x).Reason);
        Assert.Equal(StopReason.Cancelled, solver.Minimise(x, cancellationToken: new(true)).Reason);
        Assert.Equal(StopReason.StartNotFinite, solver.Minimise([.. Start.Select(_ => double.PositiveInfinity)]).Reason);
    }

    [Fact]
    public void What_is_no_problem_is_refused()
    {
        Assert.Contains("3 numbers", Assert.Throws<ArgumentException>(() => new LBfgs(Rosenbrock).Minimise(new double[3])).Message);
        Assert.Contains("no scalar", Assert.Throws<ArgumentException>(() => new LBfgs(RosenbrockResiduals)).Message);
        Assert.Contains("data", Assert.Throws<ArgumentException>(() => new LBfgs(Rosenbrock, [1.0])).Message);
        Node f = Input("f", DType.Float32, [2]), n = Input("n", DType.Float64, ["n"]);
        Assert.Contains("float64", Assert.Throws<ArgumentException>(() => new LBfgs(new([f], [Sum(f)]))).Message);
        Assert.Contains("numbers", Assert.Throws<ArgumentException>(() => new LBfgs(new([n], [Sum(n)]))).Message);
    }

    [Theory]
    [InlineData(0.0), InlineData(-1.0), InlineData(double.NaN)]
    public void A_radius_without_a_step_is_refused(double radius) =>
        Assert.Contains("InitialRadius",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SolverOptions { InitialRadius = radius }).Message);

    private sealed class Recorder : IProgress<SolverProgress>
    {
        public List<SolverProgress> Seen { get; } = [];

        public void Report(SolverProgress value) => Seen.Add(value);
    }

    [Fact]
    public void Progress_tells_of_every_iteration()
    {
        var (seen, least) = (new Recorder(), new Recorder());
        var report = new LBfgs(Rosenbrock).Minimise(Start, seen);
        Assert.Equal(Enumerable.Range(1, report.Iterations), seen.Seen.Select(p => p.Iteration));
        Assert.True(seen.Seen.Zip(seen.Seen.Skip(1)).All(p => p.Second.Value < p.First.Value));
        report = new LevenbergMarquardt(RosenbrockResiduals).Minimise(Start, least);
        Assert.Equal(report.Iterations, least.Seen.Count);
    }

    [Theory]
    [InlineData("descent"), InlineData("conjugate"), InlineData("l-bfgs"), InlineData("least squares")]
    public void Steady_use_allocates_nothing(string name)
    {
        var first = name == "least squares" ? null : Solver(name, Rosenbrock, new() { MaxIterations = 50 });
        var least = name == "least squares" ? new LevenbergMarquardt(RosenbrockResiduals) : null;
        double[] start = Start, x = new double[10];
        double Turn()
        {
            start.CopyTo(x, 0);
            return (first is not null ? first.Minimise(x) : least!.Minimise(x)).Value;
        }
        Garbage.AssertNone(() => Assert.True(Turn() >= 0), calls: 5);
    }
}
