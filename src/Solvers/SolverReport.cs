namespace Adjoint.Solvers;

/// <summary>Why a solver stopped.</summary>
public enum StopReason
{
    /// <summary>The largest element of the gradient is at most the tolerance.</summary>
    GradientSmall,

    /// <summary>The last step moved no unknown by more than the tolerance, relative to its value.</summary>
    StepSmall,

    /// <summary>The last step lowered the value by no more than the tolerance, relative to the value.</summary>
    ReductionSmall,

    /// <summary>The value is at most the one that was asked for.</summary>
    ValueReached,

    /// <summary>No step along the last direction lowers the value: rounding hides what is left, or the gradient is wrong.</summary>
    NoFurtherDescent,

    /// <summary>As many iterations as allowed.</summary>
    IterationLimit,

    /// <summary>The token asked to stop.</summary>
    Cancelled,

    /// <summary>Value or derivatives at the start are NaN or infinite; nothing was done.</summary>
    StartNotFinite,

    /// <summary>The value falls without bound.</summary>
    Unbounded,
}

/// <summary>How a minimisation ended. The unknowns hold the best point found.</summary>
/// <param name="Reason">Why it stopped.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Evaluations">Evaluations of the objective, those of rejected steps included.</param>
/// <param name="Value">The objective there; of least squares, the sum of squares.</param>
/// <param name="GradientNorm">The largest element of the gradient there, by magnitude.</param>
public readonly record struct SolverReport(StopReason Reason, int Iterations, int Evaluations, double Value, double GradientNorm)
{
    /// <summary>Whether a criterion of convergence was met.</summary>
    public bool Converged => Reason <= StopReason.ValueReached;

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{(Converged ? "converged" : "stopped")} ({Reason}) after {Iterations} iterations and {Evaluations} evaluations: value {Value:G10}, gradient {GradientNorm:G3}");
}

/// <summary>Where a minimisation is, after each iteration.</summary>
/// <param name="Iteration">Steps taken so far.</param>
/// <param name="Value">The objective; of least squares, the sum of squares.</param>
/// <param name="GradientNorm">The largest element of the gradient, by magnitude.</param>
/// <param name="Step">How far the last step went along its direction; of Levenberg-Marquardt, the damping.</param>
public readonly record struct SolverProgress(int Iteration, double Value, double GradientNorm, double Step);

/// <summary>When a solver stops.</summary>
public sealed record SolverOptions
{
    /// <summary>Most iterations.</summary>
    public int MaxIterations { get; init; } = 1_000;

    /// <summary>Stops when no element of the gradient is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-8;

    /// <summary>Stops when no unknown moves by more than this, relative to its value.</summary>
    public double StepTolerance { get; init; } = 1e-13;

    /// <summary>Stops when a step lowers the value by no more than this, relative to the value; 0 for never.</summary>
    public double ReductionTolerance { get; init; }

    /// <summary>Stops when the value is at most this.</summary>
    public double TargetValue { get; init; } = double.NegativeInfinity;

    /// <summary>
    /// Of Levenberg-Marquardt, how far the first step may go, in lengths of the start,
    /// both scaled by the columns of the Jacobian: a larger one trusts the linear model
    /// farther, a smaller one stays near. From a start of zeros, in those scaled units.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double InitialRadius
    {
        get;
        init => field = value > 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value,
                $"{nameof(InitialRadius)} must be positive: within no radius there is no step; leave it at 1.");
    } = 1;

    /// <summary>How the graphs are compiled.</summary>
    public CompileOptions Compilation { get; init; } = new();
}
