using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Solvers;

/// <summary>
/// Nonlinear conjugate gradients, <c>d' = -g' + b d</c> with <c>b = max(0, g'(g' - g) / g g)</c>: little memory, and far faster than
/// steepest descent in narrow valleys. E. Polak, G. Ribière, 1969; restarts after M. Powell, 1984.
/// </summary>
/// <example><code>SolverReport report = new ConjugateGradient(new Computation([x], [loss])).Minimise(point);</code></example>
public sealed class ConjugateGradient : FirstOrderSolver
{
    private readonly double[] direction;
    private readonly Session turn;

    /// <inheritdoc cref="GradientDescent(Computation, ReadOnlySpan{HostTensor}, ParameterStore?, SolverOptions?)"/>
    public ConjugateGradient(Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null,
        SolverOptions? options = null)
        : base(f, data, store, options)
    {
        direction = new double[Objective.Problem.Count];
        Node g = Input("g", DType.Float64, [direction.Length]), next = Input("next", DType.Float64, [direction.Length]),
            d = Input("d", DType.Float64, [direction.Length]);
        Node turned = Maximum(Sum(next * (next - g)) / Sum(g * g), 0) * d - next;
        turn = new Computation([g, next, d], [turned, Sum(turned * next)], name: "conjugate direction")
            .CompileSession(options: Options.Compilation);
    }

    private protected override double[] Direction => direction;

    private protected override double Curvature => 0.1;

    private protected override void Restart(ReadOnlySpan<double> gradient) => TensorPrimitives.Negate(gradient, direction);

    private protected override double Turn(
        ReadOnlySpan<double> x, ReadOnlySpan<double> gradient, ReadOnlySpan<double> nextX, ReadOnlySpan<double> nextGradient)
    {
        turn.Set(0, gradient);
        turn.Set(1, nextGradient);
        turn.Set<double>(2, direction);
        turn.Run();
        turn.Get<double>(0).CopyTo(direction);
        return turn.Get<double>(1)[0];
    }

    private protected override double FirstStep(double lastStep, double lastSlope, double slope) => lastStep * lastSlope / slope;
}
