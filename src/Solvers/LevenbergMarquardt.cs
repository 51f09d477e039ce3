using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Solvers;

/// <summary>
/// Least squares, <c>min |r(x)|²</c>, by damped Gauss-Newton steps: each minimises <c>|J p + r|² + damping |D p|²</c> by orthogonal factors,
/// so that nothing is squared; D holds the largest lengths that columns of J have had. Residuals, Jacobian, factors, step and trial are
/// compiled. K. Levenberg 1944, D. Marquardt 1963; scaling after J. Moré 1978, damping after H. Nielsen 1999.
/// </summary>
/// <remarks>For one thread at a time. Data are bound when it is compiled; variables of the store are read anew in each call.</remarks>
/// <example><code>
/// var fit = new LevenbergMarquardt(new Computation([b, x, y], [y - b0 * (1 - Exp(-b1 * x))]), [xs, ys]);
/// double[] parameters = [500, 0.0001];
/// SolverReport report = fit.Minimise(parameters);
/// </code></example>
public sealed class LevenbergMarquardt
{
    private const double LeastDamping = 1e-18, MostDamping = 1e80;

    private readonly Problem problem;
    private readonly Session linear;
    private readonly Session trial;
    private readonly double[] best;
    private readonly double[] scale;

    /// <summary>Compiles a problem.</summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as first input, then data; one output, the residuals, of any shape.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live: what changes between calls, such as a target.</param>
    /// <param name="options">When to stop. The gradient's tolerance is against the lengths of columns and residuals: the cosine of the largest angle.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public LevenbergMarquardt(Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null, SolverOptions? options = null)
    {
        Options = options ?? new() { GradientTolerance = 1e-15, MaxIterations = 10_000 };
        problem = new(f, data);
        (best, scale) = (new double[problem.Count], new double[problem.Count]);
        Node x = Input("solver x", DType.Float64, problem.Unknowns.Shape);
        bool tall = problem.ValueCount >= problem.Count;
        linear = Linearised(x, tall, store);
        trial = Trial(x, tall ? problem.Count : (int)problem.ValueCount, store);
    }

    /// <summary>When it stops.</summary>
    public SolverOptions Options { get; }

    /// <summary>Minimises the sum of squares from a start.</summary>
    /// <param name="x">The start; afterwards the best point found, whatever the reason to stop. Row-major, as many as the unknowns.</param>
    /// <param name="progress">Told of each iteration, on this thread.</param>
    /// <param name="cancellationToken">Looked at before each trial; stopping is reported, not thrown.</param>
    /// <exception cref="ArgumentException">The start has the wrong size. Nothing is changed.</exception>
    public SolverReport Minimise(Span<double> x, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        problem.DemandSize(x);
        x.CopyTo(best);
        Array.Clear(scale);
        var report = Run(progress, cancellationToken);
        best.CopyTo(x);
        return report;
    }

    private SolverReport Run(IProgress<SolverProgress>? progress, CancellationToken cancellationToken)
    {
        var (damping, growth, iteration, evaluations) = (Math.Max(LeastDamping, Options.InitialDamping), 2.0, 0, 1);
        if (!Linearise())
            return new(StopReason.StartNotFinite, 0, 1, Sum, Norm);
        while (true)
        {
            if (Settled(iteration, cancellationToken) is { } reason)
                return new(reason, iteration, evaluations, Sum, Norm);
            Try(damping);
            evaluations++;
            double before = Sum, ratio = Predicted > 0 ? (before - TrialSum) / Predicted : 0;
            if (!(TrialSum <= before))
            {
                if (Change <= Options.StepTolerance || damping > MostDamping)
                    return new(damping > MostDamping ? StopReason.NoFurtherDescent : StopReason.StepSmall, iteration, evaluations, before, Norm);
                (damping, growth) = (damping * growth, growth * 2);
                continue;
            }
            double change = Change;
            trial.Get<double>(0).CopyTo(best);
            if (!Linearise())
                return new(StopReason.NoFurtherDescent, iteration, evaluations, TrialSum, double.NaN);
            (damping, growth) = (Math.Max(LeastDamping, damping * Math.Max(1.0 / 8, 1 - Math.Pow(2 * Math.Min(ratio, 1) - 1, 3))), 2);
            iteration++;
            progress?.Report(new(iteration, Sum, Norm, damping));
            if (change <= Options.StepTolerance)
                return new(StopReason.StepSmall, iteration, evaluations, Sum, Norm);
            if (Options.ReductionTolerance > 0 && before - Sum <= Options.ReductionTolerance * before)
                return new(StopReason.ReductionSmall, iteration, evaluations, Sum, Norm);
        }
    }

    private StopReason? Settled(int iteration, CancellationToken cancellationToken) =>
        Norm == 0 || Cosine <= Options.GradientTolerance ? StopReason.GradientSmall
        : Sum <= Options.TargetValue ? StopReason.ValueReached
        : cancellationToken.IsCancellationRequested ? StopReason.Cancelled
        : iteration >= Options.MaxIterations ? StopReason.IterationLimit : null;

    private double Sum => linear.Get<double>(3)[0];

    private double Norm => linear.Get<double>(3)[1];

    private double Cosine => linear.Get<double>(3)[2];

    private double TrialSum => trial.Get<double>(1)[0];

    private double Predicted => trial.Get<double>(1)[1];

    private double Change => trial.Get<double>(1)[2];

    // Residuals, Jacobian and its triangle at the best point.
    private bool Linearise()
    {
        linear.Set<double>(0, best);
        linear.Run();
        TensorPrimitives.Max(scale, linear.Get<double>(2), scale);
        return double.IsFinite(Sum) && double.IsFinite(Norm);
    }

    private void Try(double damping)
    {
        trial.Set<double>(0, best);
        trial.Set(1, linear.Get<double>(0));
        trial.Set(2, linear.Get<double>(1));
        trial.Set<double>(3, scale);
        trial.Set(4, new ReadOnlySpan<double>(in damping));
        trial.Run();
    }

    // The triangle R of J = Q R and Q^T r carry all that steps need; where there are fewer residuals than unknowns, J and r themselves do.
    private Session Linearised(Node x, bool tall, ParameterStore? store)
    {
        Node value = problem.At(x), r = Reshape(value, [problem.ValueCount]);
        Node j = Reshape(Jacobian.Of(value, x), [problem.ValueCount, problem.Count]);
        var (triangle, right) = (j, r);
        if (tall)
        {
            var (q, upper) = Qr(j);
            (triangle, right) = (upper, MatMul(r, q));
        }
        Node gradient = MatMul(r, j), columns = Norm2(j, [0]), length = Norm2(r);
        Node cosine = Max(Abs(gradient) / Maximum(columns * length, 1e-300));
        return problem.Open([x], [triangle, right, columns, Stack([Sum(r * r), 2 * Max(Abs(gradient)), cosine])], store, Options.Compilation);
    }

    // The damped step: the triangle with the scaled unit matrix below it, made triangular again. What it promises is |r|² - |J p + r|².
    private Session Trial(Node x, int rows, ParameterStore? store)
    {
        int n = problem.Count;
        Node triangle = Input("solver triangle", DType.Float64, [rows, n]), right = Input("solver right", DType.Float64, [rows]);
        Node scaling = Input("solver scale", DType.Float64, [n]), damping = Input("solver damping", DType.Float64, []);
        Node d = Where(scaling > 0, scaling, OnesLike(scaling));
        var (q, r) = Qr(Concat([triangle / d, Sqrt(damping) * IdentityMatrix(n, DType.Float64)], 0));
        Node scaled = TriangularSolve(r, Reshape(MatMul(Slice(Transpose(q), 1, 0, rows), right), [n, 1]), lower: false);
        Node step = -Reshape(scaled, [n]) / d, moved = MatMul(triangle, step);
        Node next = x + Reshape(step, x.Shape), value = problem.At(next);
        Node promised = -Sum(moved * (moved + 2 * right)), change = Objective.Relative(Reshape(step, x.Shape), next);
        return problem.Open([x, triangle, right, scaling, damping], [next, Stack([Sum(value * value), promised, change])], store, Options.Compilation);
    }
}
