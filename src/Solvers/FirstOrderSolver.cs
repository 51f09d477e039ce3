namespace Adjoint.Solvers;

/// <summary>
/// Descent by gradients: a direction, a step along it that meets the strong Wolfe conditions,
/// and again. The loss with its gradient, and the arithmetic of directions, are compiled; a
/// solver is compiled once and minimises from any number of starts without allocating.
/// </summary>
/// <remarks>For one thread at a time. Data are bound when it is compiled; variables of the store are read anew in each call.</remarks>
public abstract class FirstOrderSolver
{
    private readonly double[] best;

    private protected FirstOrderSolver(Computation f, ReadOnlySpan<HostTensor> data, ParameterStore? store, SolverOptions? options)
    {
        Options = options ?? new();
        Objective = new(f, data, store, Options.Compilation);
        best = new double[Objective.Problem.Count];
    }

    /// <summary>When it stops.</summary>
    public SolverOptions Options { get; }

    private protected Objective Objective { get; }

    private protected virtual double Curvature => 0.9;

    /// <summary>Minimises from a start.</summary>
    /// <param name="x">The start; afterwards the best point found, whatever the reason to stop. Row-major, as many as the unknowns.</param>
    /// <param name="progress">Told of each iteration, on this thread.</param>
    /// <param name="cancellationToken">Looked at before each iteration; stopping is reported, not thrown.</param>
    /// <exception cref="ArgumentException">The start has the wrong size. Nothing is changed.</exception>
    public SolverReport Minimise(Span<double> x, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Objective.Problem.DemandSize(x);
        x.CopyTo(best);
        Array.Clear(Direction);
        var report = Run(progress, cancellationToken);
        best.CopyTo(x);
        return report;
    }

    /// <summary>The direction, written by <see cref="Turn"/>.</summary>
    private protected abstract double[] Direction { get; }

    /// <summary>Sets the first direction, or one that forgets what was learnt: downhill.</summary>
    /// <param name="gradient">At the point.</param>
    private protected abstract void Restart(ReadOnlySpan<double> gradient);

    /// <summary>Sets the next direction.</summary>
    /// <param name="x">The point before the last step.</param>
    /// <param name="gradient">The gradient there.</param>
    /// <param name="nextX">The point.</param>
    /// <param name="nextGradient">The gradient there.</param>
    /// <returns>The slope along the direction; a direction that does not descend is replaced.</returns>
    private protected abstract double Turn(ReadOnlySpan<double> x, ReadOnlySpan<double> gradient,
        ReadOnlySpan<double> nextX, ReadOnlySpan<double> nextGradient);

    /// <summary>The step to try first.</summary>
    private protected abstract double FirstStep(double lastStep, double lastSlope, double slope);

    private protected double[] LastGradient { get; private set; } = [];

    private SolverReport Run(IProgress<SolverProgress>? progress, CancellationToken cancellationToken)
    {
        if (LastGradient.Length == 0)
            LastGradient = new double[best.Length];
        Objective.Evaluations = 0;
        Objective.SetStart(best);
        Objective.SetDirection(Direction);
        if (!Objective.Evaluate(0))
            return new(StopReason.StartNotFinite, 0, 1, Objective.Value, Objective.GradientNorm);
        var state = new State(Objective.Value, Objective.GradientNorm);
        Objective.Slopes.CopyTo(LastGradient);
        Restart(LastGradient);
        double slope = SlopeOf(LastGradient), lastSlope = 0, step = 0;
        bool fresh = true;
        StopReason? reason = state.Norm <= Options.GradientTolerance ? StopReason.GradientSmall
            : state.Value <= Options.TargetValue ? StopReason.ValueReached : null;
        while (reason is null)
        {
            if (cancellationToken.IsCancellationRequested || state.Iteration >= Options.MaxIterations)
            {
                reason = cancellationToken.IsCancellationRequested ? StopReason.Cancelled : StopReason.IterationLimit;
                break;
            }
            Objective.SetDirection(Direction);
            double first = fresh ? Math.Min(1, 1 / Math.Sqrt(-slope)) : FirstStep(step, lastSlope, slope);
            double found = new LineSearch(Objective, Curvature).Find(state.Value, slope, first);
            if (found == 0)
            {
                if (fresh)
                    reason = StopReason.NoFurtherDescent;
                Restart(LastGradient);
                (slope, fresh) = (SlopeOf(LastGradient), true);
                continue;
            }
            (step, lastSlope, fresh) = (found, slope, false);
            reason = Accept(ref state, step, ref slope, ref fresh, progress);
        }
        return new(reason.Value, state.Iteration, Objective.Evaluations, state.Value, state.Norm);
    }

    private record struct State(double Value, double Norm, int Iteration = 0);

    // The step found becomes the next start; the direction turns.
    private StopReason? Accept(ref State state, double step, ref double slope, ref bool fresh, IProgress<SolverProgress>? progress)
    {
        var (before, change) = (state.Value, Objective.Change);
        state = new(Objective.Value, Objective.GradientNorm, state.Iteration + 1);
        progress?.Report(new(state.Iteration, state.Value, state.Norm, step));
        slope = Turn(best, LastGradient, Objective.At, Objective.Slopes);
        Objective.At.CopyTo(best);
        Objective.Slopes.CopyTo(LastGradient);
        Objective.SetStart(best);
        if (!(slope < 0))
        {
            Restart(LastGradient);
            (slope, fresh) = (SlopeOf(LastGradient), true);
        }
        return state.Value == double.NegativeInfinity ? StopReason.Unbounded
            : state.Norm <= Options.GradientTolerance ? StopReason.GradientSmall
            : state.Value <= Options.TargetValue ? StopReason.ValueReached
            : change <= Options.StepTolerance ? StopReason.StepSmall
            : before - state.Value <= Options.ReductionTolerance * Math.Abs(state.Value)
            && Options.ReductionTolerance > 0 ? StopReason.ReductionSmall : null;
    }

    private double SlopeOf(double[] gradient) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(gradient, Direction);
}
