using System.Globalization;
using Adjoint.Solvers;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>
/// Minimisations from start to end, per iteration: Rosenbrock's valley by each method,
/// beside MathNet.Numerics on the same function written by hand; and a 7-joint arm that
/// follows a path by Levenberg-Marquardt, per solve, against a tick of its control loop.
/// </summary>
internal static class SolverSuite
{
    private const double Tick = 1e-3;

    public static IEnumerable<Measurement> Run()
    {
        foreach (int n in new[] { 2, 10 })
        {
            var start = Vector<double>.Build.DenseOfArray(Start(n));
            var byHand = ObjectiveFunction.Gradient(Valley, ValleyGradient);
            var options = new SolverOptions { GradientTolerance = 1e-6, MaxIterations = 300 };
            double bfgs = Peer(() => new BfgsMinimizer(1e-6, 1e-12, 1e-12, 1000).FindMinimum(byHand, start));
            double limited = Peer(() => new LimitedMemoryBfgsMinimizer(1e-6, 1e-12, 1e-12, 8, 1000).FindMinimum(byHand, start));
            var f = Rosenbrock(n);
            yield return Of($"rosenbrock {n}, l-bfgs", new LBfgs(f, options: options), n, "mathnet l-bfgs", limited);
            yield return Of($"rosenbrock {n}, conjugate gradients", new ConjugateGradient(f, options: options), n, "mathnet bfgs", bfgs);
            yield return Of($"rosenbrock {n}, gradient descent", new GradientDescent(f, options: options), n, "mathnet bfgs", bfgs);
        }
        yield return FollowPath();
    }

    // Seconds per iteration of both.
    private static Measurement Of(string name, FirstOrderSolver solver, int n, string rival, double rivalSeconds)
    {
        double[] x = new double[n], start = Start(n);
        SolverReport Solve()
        {
            start.CopyTo(x, 0);
            return solver.Minimise(x);
        }
        var report = Solve();
        double seconds = Alternate.Time(() => Solve()) / report.Iterations;
        double evaluations = (double)report.Evaluations / report.Iterations;
        return new("solvers", string.Create(CultureInfo.InvariantCulture,
            $"{name}, per iteration of {report.Iterations} ({evaluations:0.0} evaluations), {BytesOf(() => Solve())} bytes"), seconds, rival, rivalSeconds);
    }

    private static double Peer(Func<MinimizationResult> solve) => Alternate.Time(() => solve()) / solve().Iterations;

    // The target goes round a circle, 1,000 poses; each solve starts from the pose before.
    private static Measurement FollowPath()
    {
        const int Poses = 1000;
        var arm = Arm.Kinematics();
        Variable target = new("target", [6], dtype: DType.Float64);
        var store = new ParameterStore();
        var residuals = new Computation([arm.Inputs[0]], [arm.Outputs[0].Value - target], name: "tracking");
        var solver = new LevenbergMarquardt(residuals, store: store, options: new() { TargetValue = 1e-16, MaxIterations = 50 });
        double[] x = [0, 0.6, 0, -1.4, 0, 1.1, 0], goal = new double[6];
        var (tick, iterations) = (0, 0);
        void Solve()
        {
            double turn = 2 * Math.PI * (tick++ % Poses) / Poses;
            (goal[0], goal[1], goal[2], goal[5]) = (0.5 + 0.1 * Math.Cos(turn), 0.1 * Math.Sin(turn), 0.4, -1);
            store.Set<double>("target", goal);
            iterations += solver.Minimise(x).Iterations;
        }
        void Round()
        {
            for (int i = 0; i < Poses; i++)
                Solve();
        }
        Round();
        iterations = 0;
        Round();
        double each = iterations / (double)Poses, seconds = Alternate.Time(Round, 2) / Poses;
        return new("solvers", string.Create(CultureInfo.InvariantCulture,
            $"arm of 7 joints, levenberg-marquardt, per solve of {each:0.0} iterations, {BytesOf(Solve)} bytes"),
            seconds, "tick at 1 kHz", Tick);
    }

    private static long BytesOf(Action solve)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        solve();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double[] Start(int n) => [.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? -1.2 : 1)];

    private static Computation Rosenbrock(int n)
    {
        Node x = Input("x", DType.Float64, [n]), here = Slice(x, 0, 0, n - 1), next = Slice(x, 0, 1, n);
        return new([x], [Sum(100 * Square(next - Square(here)) + Square(1 - here))], name: "rosenbrock");
    }

    private static double Valley(Vector<double> x)
    {
        double sum = 0;
        for (int i = 0; i + 1 < x.Count; i++)
        {
            double bend = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
            sum += 100 * bend * bend + rest * rest;
        }
        return sum;
    }

    private static Vector<double> ValleyGradient(Vector<double> x)
    {
        var slopes = Vector<double>.Build.Dense(x.Count);
        for (int i = 0; i + 1 < x.Count; i++)
        {
            double bend = x[i + 1] - x[i] * x[i];
            slopes[i] += -400 * bend * x[i] - 2 * (1 - x[i]);
            slopes[i + 1] += 200 * bend;
        }
        return slopes;
    }
}
