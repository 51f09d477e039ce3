using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Optimization;

namespace Adjoint.Solvers;

/// <summary>Compiled graphs as what the optimisers of MathNet.Numerics ask for: values and exact derivatives, to rounding.</summary>
/// <example><code>
/// IObjectiveFunction f = MathNetObjective.Gradient(new Computation([x], [loss]));
/// MinimizationResult found = new BfgsMinimizer(1e-8, 1e-10, 1e-10).FindMinimum(f, Vector&lt;double&gt;.Build.Dense([-1.2, 1]));
/// </code></example>
public static class MathNetObjective
{
    /// <summary>A loss and its gradient: for BFGS, BFGS-B, L-BFGS, conjugate gradients.</summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as
    /// first input, then data; one output, the scalar to minimise.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public static IObjectiveFunction Gradient(
        Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null, CompileOptions? options = null)
    {
        var point = CompiledProblem.OfLoss(f, data, hessian: false, store, options);
        return ObjectiveFunction.Gradient(x => (point.Value(x), point.Vector(1)));
    }

    /// <summary>A loss, its gradient and its Hessian: for Newton's method and trust regions.</summary>
    /// <inheritdoc cref="Gradient"/>
    public static IObjectiveFunction GradientHessian(
        Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null, CompileOptions? options = null)
    {
        var point = CompiledProblem.OfLoss(f, data, hessian: true, store, options);
        return ObjectiveFunction.GradientHessian(x => (point.Value(x), point.Vector(1), point.Matrix(2)));
    }

    /// <summary>
    /// Residuals and their Jacobian: for Levenberg-Marquardt and
    /// trust regions of least squares. What is fitted to is zero.
    /// </summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as first input, then data; one output, the residuals.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public static IObjectiveModel LeastSquares(
        Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null, CompileOptions? options = null)
    {
        var point = CompiledProblem.OfResiduals(f, data, store, options);
        var zeros = DenseVector.Create(point.Rows, 0);
        return ObjectiveFunction.NonlinearModel((b, _) => point.At(b).Vector(0), (b, _) => point.At(b).Matrix(1), zeros, zeros);
    }
}
