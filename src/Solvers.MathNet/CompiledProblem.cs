using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Storage;

namespace Adjoint.Solvers;

/// <summary>A problem's values and derivatives at a point, in one session; asked twice for one point, it computes once.</summary>
internal sealed class CompiledProblem
{
    private readonly Problem problem;
    private readonly Session session;

    private CompiledProblem(Problem problem, Output[] outputs, Node x, ParameterStore? store, CompileOptions? options) =>
        (this.problem, session) = (problem, problem.Open([x], outputs, store, options ?? new()));

    /// <summary>How many residuals.</summary>
    public int Rows => (int)problem.ValueCount;

    public static CompiledProblem OfLoss(Computation f, ReadOnlySpan<HostTensor> data, bool hessian,
        ParameterStore? store, CompileOptions? options)
    {
        var problem = new Problem(f, data);
        if (problem.Value.Rank != 0)
            throw new ArgumentException($"{problem.Value} is no scalar: what is minimised must be one number; of residuals, take LeastSquares.");
        Node x = Ops.Input("solver x", DType.Float64, problem.Unknowns.Shape), loss = problem.At(x);
        Output[] outputs = [loss, Adjoint.Gradient.Of(loss, [x])[0]];
        return new(problem, hessian ? [.. outputs, Hessian.Of(loss, x)] : outputs, x, store, options);
    }

    public static CompiledProblem OfResiduals(Computation f, ReadOnlySpan<HostTensor> data, ParameterStore? store, CompileOptions? options)
    {
        var problem = new Problem(f, data);
        Node x = Ops.Input("solver x", DType.Float64, problem.Unknowns.Shape), r = problem.At(x);
        return new(problem, [r, Jacobian.Of(r, x)], x, store, options);
    }

    /// <summary>Moves to a point.</summary>
    /// <exception cref="ArgumentException">It has the wrong size.</exception>
    public CompiledProblem At(Vector<double> x)
    {
        double[] values = x.AsArray() ?? x.ToArray();
        problem.DemandSize(values);
        session.Set<double>(0, values);
        session.Run();
        return this;
    }

    /// <summary>The loss at a point.</summary>
    public double Value(Vector<double> x) => At(x).session.Get<double>(0)[0];

    /// <summary>An output as a vector of its own.</summary>
    public Vector<double> Vector(int output) => DenseVector.OfArray(session.Get<double>(output).ToArray());

    /// <summary>An output, row-major, as a matrix of its own with a column per unknown.</summary>
    public Matrix<double> Matrix(int output)
    {
        var elements = session.Get<double>(output);
        return new DenseMatrix(DenseColumnMajorMatrixStorage<double>.OfRowMajorArray(elements.Length / problem.Count,
            problem.Count, elements.ToArray()));
    }
}
