using static Adjoint.Ops;

namespace Adjoint.Solvers;

/// <summary>A loss along a line, compiled: value, gradient, slope and the gradient's norm at x + t d in one call.</summary>
internal sealed class Objective
{
    private const int X = 0, D = 1, T = 2, Point = 0, Slopes_ = 1, Numbers = 2;

    private readonly Session session;

    /// <exception cref="ArgumentException">The computation is no problem, or its output is no scalar.</exception>
    public Objective(Computation f, ReadOnlySpan<HostTensor> data, ParameterStore? store, CompileOptions options)
    {
        Problem = new(f, data);
        if (Problem.Value.Rank != 0)
            throw new ArgumentException($"{Problem.Value} is no scalar: what is minimised must be one number; of residuals, take LevenbergMarquardt.");
        var shape = Problem.Unknowns.Shape;
        Node x = Input("solver x", DType.Float64, shape), d = Input("solver d", DType.Float64, shape),
            t = Input("solver t", DType.Float64, []);
        Node at = x + t * d, value = Problem.At(at), gradient = Gradient.Of(value, [at])[0];
        session = Problem.Open([x, d, t],
            [("point", at), ("gradient", gradient),
                ("numbers", Stack([value, Sum(gradient * d), Max(Abs(gradient)), Relative(t * d, at)]))], store, options);
    }

    /// <summary>The largest change of an unknown relative to its value; where that is 0, relative to the smallest normal number.</summary>
    public static Node Relative(Node change, Node x) => Max(Abs(change) / Maximum(Abs(x), 1e-300));

    /// <summary>The problem behind it.</summary>
    public Problem Problem { get; }

    /// <summary>How often it was evaluated.</summary>
    public int Evaluations { get; set; }

    /// <summary>The value at the last point.</summary>
    public double Value => session.Get<double>(Numbers)[0];

    /// <summary>The slope along the direction there.</summary>
    public double Slope => session.Get<double>(Numbers)[1];

    /// <summary>The largest element of the gradient there.</summary>
    public double GradientNorm => session.Get<double>(Numbers)[2];

    /// <summary>The largest relative change of an unknown.</summary>
    public double Change => session.Get<double>(Numbers)[3];

    /// <summary>The last point.</summary>
    public ReadOnlySpan<double> At => session.Get<double>(Point);

    /// <summary>The gradient there.</summary>
    public ReadOnlySpan<double> Slopes => session.Get<double>(Slopes_);

    /// <summary>Where lines start.</summary>
    public void SetStart(ReadOnlySpan<double> x) => session.Set(X, x);

    /// <summary>Where they go.</summary>
    public void SetDirection(ReadOnlySpan<double> d) => session.Set(D, d);

    /// <summary>Evaluates at x + t d.</summary>
    public bool Evaluate(double t)
    {
        session.Set(T, new ReadOnlySpan<double>(in t));
        session.Run();
        Evaluations++;
        return double.IsFinite(Value) && double.IsFinite(GradientNorm);
    }
}
