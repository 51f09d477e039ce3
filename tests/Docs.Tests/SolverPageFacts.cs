using Adjoint;
using Adjoint.Solvers;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using static Adjoint.Ops;

namespace Docs.Tests;

public class SolverPageFacts
{
    [Fact]
    public void What_the_page_of_solvers_shows_runs()
    {
        // begin
        // A loss of two unknowns. The first input holds the unknowns; there is one output.
        Node x = Input("x", DType.Float64, [2]);
        Node x0 = Slice(x, 0, 0, 1), x1 = Slice(x, 0, 1, 2);
        var valley = new Computation([x], [Sum(100 * Square(x1 - Square(x0)) + Square(1 - x0))]);
        var solver = new LBfgs(valley);                                     // compiled once, minimises from any start
        double[] point = [-1.2, 1];
        SolverReport report = solver.Minimise(point);                       // point is now the minimum, [1, 1]

        // Least squares: residuals of any shape; further inputs are data, bound once, and may have symbols as extents.
        Node b = Input("b", DType.Float64, [2]), t = Input("t", DType.Float64, ["n"]), y = Input("y", DType.Float64, ["n"]);
        Node model = Slice(b, 0, 0, 1) * Exp(-Slice(b, 0, 1, 2) * t);
        double[] times = [0, 1, 2, 3, 4], decay = [3.0, 1.1, 0.41, 0.15, 0.05];
        var fit = new LevenbergMarquardt(new Computation([b, t, y], [y - model]), [times, decay],
            options: new() { MaxIterations = 100, StepTolerance = 1e-12 });
        double[] parameters = [1, 1];
        SolverReport fitted = fit.Minimise(parameters);

        // The same problem for an optimiser of MathNet.Numerics.
        IObjectiveFunction f = MathNetObjective.Gradient(valley);
        MinimizationResult found = new BfgsMinimizer(1e-8, 1e-10, 1e-10).FindMinimum(f, Vector<double>.Build.Dense([-1.2, 1.0]));

        // Second derivatives of a long chain: 298 elements of 10,000, by at most three sweeps.
        Node u = Input("u", DType.Float64, [100]);
        Node energy = Sum(Square(Slice(u, 0, 1) - Sin(Slice(u, 0, 0, 99))));
        SparseMatrix h = SparseHessian.Of(energy, [u]);

        // Only what has changed is computed again.
        Node price = Input("price", DType.Float64, [1000]), rate = Input("rate", DType.Float64, []);
        Session session = new Computation([price, rate], [("value", Sum(Sort(price)) * Exp(-rate))]).CompileSession(options: new() { Seldom = ["price"] });
        session.Set("price", new double[1000]);
        session.Set("rate", 0.03);
        int all = session.Run();
        session.Set("rate", 0.031);
        int few = session.Run();
        // end
        Assert.True(report.Converged && fitted.Converged, $"{report} {fitted}");
        Assert.Equal(1, point[0], 1e-6);
        Assert.Equal(1, found.MinimizingPoint[0], 1e-5);
        Assert.Equal((298, true), (h.Pattern.Count, h.Sweeps <= 3));
        Assert.True(few < all, $"{few} of {all}");
        Assert.Equal(CodeBlock.InSource("SolverPageFacts.cs"), CodeBlock.InPage("docs/solvers.md", "LBfgs"));
    }
}
