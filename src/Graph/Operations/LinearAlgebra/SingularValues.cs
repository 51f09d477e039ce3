using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Reduced singular values of matrices with at least as many rows as columns, <c>A = U diag(s) V^T</c>: s descending, U and V with
    /// orthonormal columns. The first of the largest components of each column of V is positive. Values below the square of a rounding
    /// error beside the largest are 0.
    /// </summary>
    public sealed record SingularValues : MatrixRoutine
    {
        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) => base.Work(operands) * 30;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandMatrices(x);
            x.RequireAtMost(x[0].Shape[-1], x[0].Shape[-2], "there are more columns than rows", "give the transpose, and exchange U and V");
            var (columns, shape) = (x[0].Shape[-1], x[0].Shape);
            return [x[0], new(x[0].DType, Shape.Of([.. shape.Take(shape.Rank - 2), columns])), new(x[0].DType, shape.With(-2, columns))];
        }

        /// <inheritdoc/>
        public override void Lower(Procedure p) => new OneSidedJacobi(p).Write();

        // Eigenvectors of A^T A by Jacobi's method on the rows of A^T, in float64.
        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) =>
            EachItem(e, (x, y) => (y[0], y[1], y[2]) = OrthogonalColumns.Of(x[0], (int)e.Inputs[0].Shape[^2], (int)e.Inputs[0].Shape[^1]));

        // A' = U (E(U^T U') S + S E(V^T V') + diag(s')) V^T + (I - U U^T) U' S^-1 V^T, E(X)[i, j] = (X - X^T)[i, j] / (s[j]^2 - s[i]^2).
        // J. Townsend, "Differentiating the Singular Value Decomposition", 2016. Between equal values a term that is not 0 is
        // infinite; below a value of 0 the last term is 0: the remarks for users tell what holds by that and what does not.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0])
                return [null];
            var (u, s, v) = (y[0], y[1], y[2]);
            Node? sum = ct[1] is { } values ? Times(Columns(u, values.Value), T(v)) : null;
            Node Join(Node term) => sum is null ? term : sum + term;
            if (ct[0] is { Value: var left })
            {
                var along = Times(T(u), left);
                sum = Join(Times(Columns(Times(u, Skew(along, s)), s), T(v)));
                sum += Times(Columns(left - Times(u, along), ReciprocalOrZero(s)), T(v));
            }
            if (ct[2] is { Value: var right })
                sum = Join(Times(Columns(u, s), Skew(Times(T(v), right), s), T(v)));
            return [Whole(sum!, ct[0], ct[1], ct[2])];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null, null];
            var (u, s, v) = (y[0], y[1], y[2]);
            var (onV, gaps) = (Times(tangent, v), Gaps(s));
            var inside = Times(T(u), onV);
            var (byColumns, byRows) = (Columns(inside, s), T(Columns(T(inside), s)));   // P S and S P
            var outside = Columns(onV - Times(u, inside), ReciprocalOrZero(s));
            return [Times(u, OverGaps(byColumns + T(byColumns), gaps)) + outside, Ops.Diagonal(inside),
                Times(v, OverGaps(byRows + T(byRows), gaps))];
        }

        private static Node Skew(Node x, Node s) => OverGaps(x - T(x), Gaps(s));

        private static Node Gaps(Node s) => Ops.Square(Ops.ExpandDims(s, -2)) - Ops.Square(Ops.ExpandDims(s, -1));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Reduced singular value decomposition, <c>A = U diag(s) V^T</c>, singular values descending.</summary>
        /// <param name="a">Floats of shape [.., m, n]; where rows are fewer than columns, both are numbers.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns> U [.., m, k], s [.., k] and V [.., n, k] (not transposed), k the
        /// smaller of m and n. The first of the largest components of each column of V
        /// (of U where m &lt; n) is positive. Vectors of equal values are not unique.
        /// </returns>
        /// <remarks>
        /// Where two singular values are equal, their vectors have no derivative: what would turn one of the two into
        /// the other is infinite (and sums with it may be NaN), never a wrong number. Where one is 0, what leads out of
        /// the space of the columns counts as 0. First derivatives of functions of the values alone that treat them
        /// alike, and of vectors of values without equals and not 0, are finite and hold there. Functions such as
        /// <c>U f(s) V^T</c>, and second derivatives, want another form there: MatMul, Inverse and Determinant have
        /// derivatives of every order.
        /// </remarks>
        /// <exception cref="GraphException">A holds no matrices of floats.</exception>
        public static (Node U, Node S, Node V) Svd(Node a,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            bool wide = a.Rank >= 2 && IsWide(a);
            var results = Apply.Of(new SingularValues(), origin, wide ? T(a) : a).Results;
            return wide ? (results[2], results[1], results[0]) : (results[0], results[1], results[2]);
        }
    }
}
