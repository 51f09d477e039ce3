using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Adjoint.Solvers.Tests;

/// <summary>The optimisers of MathNet.Numerics converge on compiled graphs.</summary>
public class MathNetFacts
{
    private static readonly Node X = Input("x", DType.Float64, [2]);

    private static Node At(int i) => Reshape(Slice(X, 0, i, i + 1), []);

    private static Computation Rosenbrock => new([X], [100 * Square(At(1) - Square(At(0))) + Square(1 - At(0))]);

    private static Vector<double> Start => Vector<double>.Build.Dense([-1.2, 1.0]);

    private static void AssertOnes(Vector<double> found, double tolerance)
    {
        Assert.Equal(1, found[0], tolerance);
        Assert.Equal(1, found[1], tolerance);
    }

    [Fact]
    public void Bfgs_converges() =>
        AssertOnes(new BfgsMinimizer(1e-9, 1e-12, 1e-12, 1000)
            .FindMinimum(MathNetObjective.Gradient(Rosenbrock), Start).MinimizingPoint, 1e-6);

    [Fact]
    public void Limited_memory_bfgs_converges() =>
        AssertOnes(new LimitedMemoryBfgsMinimizer(1e-9, 1e-12, 1e-12, 8, 1000)
            .FindMinimum(MathNetObjective.Gradient(Rosenbrock), Start).MinimizingPoint, 1e-6);

    [Fact]
    public void Newton_converges() =>
        AssertOnes(new NewtonMinimizer(1e-9, 1000, true)
            .FindMinimum(MathNetObjective.GradientHessian(Rosenbrock), Start).MinimizingPoint, 1e-8);

    [Fact]
    public void Levenberg_marquardt_fits_data()
    {
        Node x = Input("t", DType.Float64, ["n"]), y = Input("y", DType.Float64, ["n"]);
        double[] times = [.. Enumerable.Range(0, 30).Select(i => 0.1 * i)], values = [.. times.Select(t => 3 * Math.Exp(-1.5 * t))];
        var model = MathNetObjective.LeastSquares(new([X, x, y], [At(0) * Exp(-At(1) * x) - y]), [times, values]);
        var found = new LevenbergMarquardtMinimizer().FindMinimum(model, Vector<double>.Build.Dense([1.0, 1.0])).MinimizingPoint;
        Assert.Equal(3, found[0], 1e-6);
        Assert.Equal(1.5, found[1], 1e-6);
    }

    [Fact]
    public void A_start_of_the_wrong_size_is_refused() => Assert.Contains("holds 2",
        Assert.ThrowsAny<Exception>(() =>
            MathNetObjective.Gradient(Rosenbrock).EvaluateAt(Vector<double>.Build.Dense(3))).GetBaseException().Message);
}
