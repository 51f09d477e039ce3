using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Eigenvalues of symmetric matrices, ascending, and orthonormal eigenvectors in columns, <c>A = V diag(l) V^T</c>. Reads the lower
    /// triangle alone. The first of a vector's largest components is positive. Derivatives are those of symmetric changes.
    /// </summary>
    public sealed record SymmetricEigen : MatrixRoutine
    {
        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) => base.Work(operands) * 8;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandSquare(x);
            return [new(x[0].DType, Shape.Of(x[0].Shape.Take(x[0].Rank - 1))), x[0]];
        }

        /// <inheritdoc/>
        public override void Lower(Procedure p) => new TridiagonalQr(p).Write();

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) =>
            EachItem(e, (x, y) => (y[0], y[1]) = JacobiRotations.Of(x[0], (int)e.Inputs[0].Shape[^1]));

        // A' = V (diag(l') + F * (V^T V')) V^T with F[i, j] = 1 / (l[j] - l[i]), made symmetric. Between equal eigenvalues
        // a term that is not 0 is infinite: what functions keep and what they lose is told where users read it.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0])
                return [null];
            var v = y[1];
            Node? values = ct[0] is { } l ? Times(Columns(v, l.Value), T(v)) : null;
            Node? vectors = ct[1] is { } c ? Symmetric(Times(v, OverGaps(Times(T(v), c.Value), Gaps(y[0])), T(v))) : null;
            return [Whole(values is null ? vectors! : vectors is null ? values : values + vectors, ct[0], ct[1])];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null];
            var inside = Times(T(y[1]), Symmetric(tangent), y[1]);
            return [Ops.Diagonal(inside), Times(y[1], OverGaps(inside, Gaps(y[0])))];
        }

        private static Node Gaps(Node l) => Ops.ExpandDims(l, -2) - Ops.ExpandDims(l, -1);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Eigenvalues, ascending, and orthonormal eigenvectors of symmetric matrices, <c>A = V diag(l) V^T</c>.</summary>
        /// <param name="a">Floats of shape [.., n, n]; the upper triangle is not read.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns> Values [.., n] and vectors in the columns of [.., n, n], the first of
        /// each one's largest components positive. Vectors of equal values are not unique.
        /// </returns>
        /// <remarks>
        /// Where two eigenvalues are equal, their vectors have no derivative: what would turn one of the two into the
        /// other is infinite (and sums with it may be NaN), never a wrong number. First derivatives of functions of the
        /// values alone that treat them alike (sums of <c>f(l)</c>) and of vectors of values without equals are finite
        /// and hold there. Functions such as <c>V f(l) V^T</c>, and second derivatives, want another form there:
        /// MatMul, Inverse and Determinant have derivatives of every order.
        /// </remarks>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static (Node Values, Node Vectors) SymmetricEigen(Node a,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var results = Apply.Of(new SymmetricEigen(), Origin.At(file, line), a).Results;
            return (results[0], results[1]);
        }
    }
}
