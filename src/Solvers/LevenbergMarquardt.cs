using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Solvers;

/// <summary>
/// Least squares, <c>min |r(x)|²</c>, by Gauss-Newton steps within a radius: each minimises <c>|J p + r|²</c> over
/// <c>|D p| &lt;= radius</c>, that is <c>|J p + r|² + damping |D p|²</c> for some damping, by orthogonal factors, so
/// that nothing is squared; D holds the largest lengths that columns of J have had. Residuals, Jacobian, factors, step
/// and trial are compiled. K. Levenberg 1944, D. Marquardt 1963; radius, scaling and damping after J. Moré, "The
/// Levenberg-Marquardt algorithm: implementation and theory", 1978.
/// </summary>
/// <remarks>For one thread at a time. Data are bound when it is compiled; variables of the store are read anew in each call.</remarks>
/// <example><code>
/// var fit = new LevenbergMarquardt(new Computation([b, x, y], [y - b0 * (1 - Exp(-b1 * x))]), [xs, ys]);
/// double[] parameters = [500, 0.0001];
/// SolverReport report = fit.Minimise(parameters);
/// </code></example>
public sealed class LevenbergMarquardt
{
    /// <summary>A step may be longer or shorter than the radius by this share of it.</summary>
    private const double Slack = 0.1;

    /// <summary>Of what a step promises, how much it must keep to be taken.</summary>
    private const double LeastRatio = 1e-4;

    /// <summary>
    /// What all steps have, beside columns of length 1: where J lacks
    /// rank, as of an arm with joints to spare, nothing moves for no gain.
    /// </summary>
    private const double LeastDamping = 1e-18;

    /// <summary>Of the unknowns' length, the radius within which rounding hides all.</summary>
    private const double LeastRadius = 1.0 / (1L << 53);

    private readonly Problem problem;
    private readonly Session linear;
    private readonly Session step;
    private readonly Session trial;
    private readonly double[] best;
    private readonly double[] scale;

    /// <summary>Compiles a problem.</summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as
    /// first input, then data; one output, the residuals, of any shape.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live: what changes between calls, such as a target.</param>
    /// <param name="options">When to stop. The gradient's tolerance is against the
    /// lengths of columns and residuals: the cosine of the largest angle.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public LevenbergMarquardt(Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null,
        SolverOptions? options = null)
    {
        Options = options ?? new() { GradientTolerance = 1e-15, MaxIterations = 10_000 };
        problem = new(f, data);
        (best, scale) = (new double[problem.Count], new double[problem.Count]);
        Node x = Input("solver x", DType.Float64, problem.Unknowns.Shape);
        bool tall = problem.ValueCount >= problem.Count;
        linear = Linearised(x, tall, store);
        int rows = tall ? problem.Count : (int)problem.ValueCount;
        step = Step(rows, store);
        trial = Trial(x, rows, store);
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
        var (radius, damping, iteration, evaluations) = (0.0, 0.0, 0, 1);
        if (!Linearise())
            return new(StopReason.StartNotFinite, 0, 1, Sum, Norm);
        while (true)
        {
            if (Settled(iteration, cancellationToken) is { } reason)
                return new(reason, iteration, evaluations, Sum, Norm);
            double size = Size();
            if (evaluations == 1)
                radius = Options.InitialRadius * (size > 0 ? size : 1);
            damping = StepWithin(radius, damping);
            Try();
            evaluations++;
            double before = Sum, length = Length;
            if (evaluations == 2)
                radius = Math.Min(radius, length);
            double ratio = Resize(ref radius, ref damping, length, before);
            if (!(ratio >= LeastRatio) || !(TrialSum <= before))
            {
                if (Change <= Options.StepTolerance)
                    return new(StopReason.StepSmall, iteration, evaluations, before, Norm);
                if (!(radius > LeastRadius * size))
                    return new(StopReason.NoFurtherDescent, iteration, evaluations, before, Norm);
                continue;
            }
            double change = Change;
            trial.Get<double>(0).CopyTo(best);
            if (!Linearise())
                return new(StopReason.NoFurtherDescent, iteration, evaluations, TrialSum, double.NaN);
            iteration++;
            progress?.Report(new(iteration, Sum, Norm, damping));
            if (change <= Options.StepTolerance)
                return new(StopReason.StepSmall, iteration, evaluations, Sum, Norm);
            if (Options.ReductionTolerance > 0 && before - Sum <= Options.ReductionTolerance * before)
                return new(StopReason.ReductionSmall, iteration, evaluations, Sum, Norm);
        }
    }

    // How much of its promise the step kept. Where that is little, the radius falls to where a parabola through both values has its least
    // one, within a tenth and a half; where it is most, or all steps were inside, the radius is twice the step.
    private double Resize(ref double radius, ref double damping, double length, double before)
    {
        double reduction = 0.1 * Math.Sqrt(TrialSum) < Math.Sqrt(before) ? 1 - TrialSum / before : -1;
        double ratio = Predicted > 0 ? reduction * before / Predicted : 0;
        if (ratio is <= 0.25 or double.NaN)
        {
            double slope = -(Moved + damping * length * length) / before;
            double shrink = reduction >= 0 ? 0.5 : 0.5 * slope / (slope + 0.5 * reduction);
            shrink = reduction > -1 && shrink >= 0.1 ? shrink : 0.1;
            (radius, damping) = (shrink * Math.Min(radius, 10 * length), damping / shrink);
        }
        else if (damping == 0 || ratio >= 0.75)
        {
            (radius, damping) = (2 * length, 0.5 * damping);
        }
        return ratio;
    }

    // The damping under which the step is as long as the radius, but for the slack; none where the whole step is inside. Newton's iteration
    // on 1 / |D p| - 1 / radius, kept between bounds.
    private double StepWithin(double radius, double damping)
    {
        Solve(LeastDamping);
        double excess = Length - radius;
        if (excess <= Slack * radius)
            return 0;
        double least = double.IsFinite(excess) ? excess / (radius * Bend) : 0, most = Steepness / radius;
        least = double.IsFinite(least) ? least : 0;
        damping = Math.Min(Math.Max(damping, least), most);
        for (int turn = 0; turn < 10; turn++)
        {
            damping = Math.Max(damping, LeastDamping);
            double last = excess;
            Solve(damping);
            excess = Length - radius;
            if (Math.Abs(excess) <= Slack * radius || (least == 0 && excess <= last && last < 0))
                break;
            (least, most) = excess > 0 ? (Math.Max(least, damping), most) : (least, Math.Min(most, damping));
            if (turn < 9)
                damping = Math.Max(least, damping + excess / (radius * Bend));
        }
        return damping;
    }

    // |D x|.
    private double Size()
    {
        double sum = 0;
        for (int i = 0; i < best.Length; i++)
            sum += best[i] * best[i] * (scale[i] > 0 ? scale[i] * scale[i] : 1);
        return Math.Sqrt(sum);
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

    private double Moved => trial.Get<double>(1)[3];

    private double Length => step.Get<double>(1)[0];

    private double Bend => step.Get<double>(1)[1];

    private double Steepness => step.Get<double>(1)[2];

    // Residuals, Jacobian and its triangle at the best point.
    private bool Linearise()
    {
        linear.Set<double>(0, best);
        linear.Run();
        TensorPrimitives.Max(scale, linear.Get<double>(2), scale);
        step.Set(0, linear.Get<double>(0));
        step.Set(1, linear.Get<double>(1));
        step.Set<double>(2, scale);
        return double.IsFinite(Sum) && double.IsFinite(Norm);
    }

    private void Solve(double damping)
    {
        step.Set(3, new ReadOnlySpan<double>(in damping));
        step.Run();
    }

    private void Try()
    {
        trial.Set<double>(0, best);
        trial.Set(1, linear.Get<double>(0));
        trial.Set(2, linear.Get<double>(1));
        trial.Set(3, step.Get<double>(0));
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
        return problem.Open([x], [triangle, right, columns, Stack([Sum(r * r), 2 * Max(Abs(gradient)), cosine])], store,
            Options.Compilation);
    }

    // The damped step: the triangle with the scaled unit matrix below it, made triangular again. Beside it |D p|, what that loses when the
    // damping grows (the square of S^-T D p / |D p|, S being the new triangle), and the length of the scaled gradient.
    private Session Step(int rows, ParameterStore? store)
    {
        int n = problem.Count;
        Node triangle = Input("solver triangle", DType.Float64, [rows, n]), right = Input("solver right", DType.Float64, [rows]);
        Node scaling = Input("solver scale", DType.Float64, [n]), damping = Input("solver damping", DType.Float64, []);
        Node d = Where(scaling > 0, scaling, OnesLike(scaling)), scaledTriangle = triangle / d;
        var (q, r) = Qr(Concat([scaledTriangle, Sqrt(damping) * IdentityMatrix(n, DType.Float64)], 0));
        Node scaled = TriangularSolve(r, Reshape(MatMul(Slice(Transpose(q), 1, 0, rows), right), [n, 1]), lower: false);
        Node length = Norm2(scaled), bend = TriangularSolve(Transpose(r), scaled / length, lower: true);
        return problem.Open([triangle, right, scaling, damping],
            [-Reshape(scaled, [n]) / d, Stack([length, Sum(bend * bend), Norm2(MatMul(right, scaledTriangle))])], store,
            Options.Compilation);
    }

    // What a step leads to, and what it promised: |r|² - |J p + r|².
    private Session Trial(Node x, int rows, ParameterStore? store)
    {
        int n = problem.Count;
        Node triangle = Input("solver triangle", DType.Float64, [rows, n]), right = Input("solver right", DType.Float64, [rows]);
        Node step = Input("solver step", DType.Float64, [n]), moved = MatMul(triangle, step);
        Node next = x + Reshape(step, x.Shape), value = problem.At(next);
        Node promised = -Sum(moved * (moved + 2 * right)), change = Objective.Relative(Reshape(step, x.Shape), next);
        return problem.Open([x, triangle, right, step],
            [next, Stack([Sum(value * value), promised, change, Sum(moved * moved)])], store, Options.Compilation);
    }
}
