using System.Numerics.Tensors;

namespace Adjoint.Solvers;

/// <summary>Steepest descent, <c>d = -g</c>, with steps of a line search: the plainest of methods, slow in narrow valleys.</summary>
/// <example><code>
/// var solver = new GradientDescent(new Computation([x, data], [loss]), [values]);
/// double[] point = [1, 1];
/// SolverReport report = solver.Minimise(point);
/// </code></example>
public sealed class GradientDescent : FirstOrderSolver
{
    private readonly double[] direction;

    /// <summary>Compiles a problem.</summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as
    /// first input, then data; one output, the scalar to minimise.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live.</param>
    /// <param name="options">When to stop.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public GradientDescent(Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null,
        SolverOptions? options = null)
        : base(f, data, store, options) => direction = new double[Objective.Problem.Count];

    private protected override double[] Direction => direction;

    private protected override void Restart(ReadOnlySpan<double> gradient) => TensorPrimitives.Negate(gradient, direction);

    private protected override double Turn(
        ReadOnlySpan<double> x, ReadOnlySpan<double> gradient, ReadOnlySpan<double> nextX, ReadOnlySpan<double> nextGradient)
    {
        Restart(nextGradient);
        return -TensorPrimitives.Dot(nextGradient, nextGradient);
    }

    // As much descent as the last step promised.
    private protected override double FirstStep(double lastStep, double lastSlope, double slope) => lastStep * lastSlope / slope;
}
