using System.Numerics.Tensors;
using static Adjoint.Ops;

namespace Adjoint.Solvers;

/// <summary>
/// Limited-memory BFGS: the last few steps and changes of the gradient stand for the inverse of the matrix of second derivatives. The first
/// choice for smooth losses of many unknowns. J. Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", 1980.
/// </summary>
/// <example><code>
/// var solver = new LBfgs(new Computation([x], [loss]));
/// double[] point = [-1.2, 1];
/// SolverReport report = solver.Minimise(point);
/// Console.WriteLine(report);            // converged (GradientSmall) after 36 iterations ...
/// </code></example>
public sealed class LBfgs : FirstOrderSolver
{
    private const int S = 4, Y = 5, Rho = 6;

    private readonly double[] direction;
    private readonly double[] none;
    private readonly int memory;
    private readonly Session advance;

    /// <summary>Compiles a problem.</summary>
    /// <param name="f">The unknowns (float64, extents that are numbers) as
    /// first input, then data; one output, the scalar to minimise.</param>
    /// <param name="data">A value per further input.</param>
    /// <param name="store">Where its variables live.</param>
    /// <param name="options">When to stop.</param>
    /// <param name="memory">How many steps are remembered.</param>
    /// <exception cref="ArgumentException">The computation is no such problem, or data do not fit.</exception>
    public LBfgs(Computation f, ReadOnlySpan<HostTensor> data = default, ParameterStore? store = null,
        SolverOptions? options = null, int memory = 8)
        : base(f, data, store, options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memory, 1);
        (direction, this.memory) = (new double[Objective.Problem.Count], memory);
        none = new double[memory * direction.Length];
        advance = Advance(direction.Length, memory).CompileSession(options: Options.Compilation);
    }

    private protected override double[] Direction => direction;

    private protected override void Restart(ReadOnlySpan<double> gradient)
    {
        TensorPrimitives.Negate(gradient, direction);
        Forget();
    }

    private protected override double Turn(
        ReadOnlySpan<double> x, ReadOnlySpan<double> gradient, ReadOnlySpan<double> nextX, ReadOnlySpan<double> nextGradient)
    {
        advance.Set(0, x);
        advance.Set(1, gradient);
        advance.Set(2, nextX);
        advance.Set(3, nextGradient);
        advance.Run();
        for (int kept = 0; kept < 3; kept++)
            advance.Set(S + kept, advance.Get<double>(2 + kept));
        advance.Get<double>(0).CopyTo(direction);
        return advance.Get<double>(1)[0];
    }

    private protected override double FirstStep(double lastStep, double lastSlope, double slope) => 1;

    // A step whose curvature counts as 0 has no effect.
    private void Forget()
    {
        advance.Set<double>(S, none);
        advance.Set<double>(Y, none);
        advance.Set<double>(Rho, none.AsSpan(0, memory));
    }

    // Remembers the step s and the change y of the gradient, oldest first, and turns by the two loops over them.
    private static Computation Advance(int n, int memory)
    {
        Node Vector(string name) => Input(name, DType.Float64, [n]);
        Node x = Vector("x"), g = Vector("g"), nextX = Vector("next x"), nextG = Vector("next g");
        Node steps = Input("s", DType.Float64, [memory, n]), changes = Input("y", DType.Float64, [memory, n]),
            rho = Input("rho", DType.Float64, [memory]);
        Node s = nextX - x, y = nextG - g, sy = Sum(s * y), yy = Sum(y * y);
        // Curvature that rounding has made no longer positive is left out: rho 0 makes the pair count for nothing.
        Node inverse = Where(sy > 1e-14 * Sqrt(Sum(s * s) * yy), 1 / sy, ZerosLike(sy));
        Node keptS = Shifted(steps, s), keptY = Shifted(changes, y), keptRho = Concat([Slice(rho, 0, 1), Reshape(inverse, [1])], 0);
        Node d = TwoLoops(nextG, keptS, keptY, keptRho, Where(inverse > 0, sy / yy, OnesLike(sy)), memory);
        return new([x, g, nextX, nextG, steps, changes, rho], [d, Sum(d * nextG), keptS, keptY, keptRho], name: "l-bfgs direction");
    }

    private static Node Shifted(Node rows, Node last) => Concat([Slice(rows, 0, 1), ExpandDims(last, 0)], 0);

    private static Node TwoLoops(Node gradient, Node s, Node y, Node rho, Node scale, int memory)
    {
        Node Row(Node rows, int i) => Reshape(Slice(rows, 0, i, i + 1), Shape.Of(rows.Shape.Skip(1)));
        var (q, alpha) = (gradient, new Node[memory]);
        for (int i = memory - 1; i >= 0; i--)
        {
            alpha[i] = Row(rho, i) * Sum(Row(s, i) * q);
            q -= alpha[i] * Row(y, i);
        }
        q *= scale;
        for (int i = 0; i < memory; i++)
            q += (alpha[i] - Row(rho, i) * Sum(Row(y, i) * q)) * Row(s, i);
        return -q;
    }
}
