using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// The lower triangular L with <c>A = L L^T</c> of symmetric positive definite matrices. Reads the lower triangle alone; a pivot
    /// that is not positive, NaN included, is an error while running. Derivatives are those of symmetric changes.
    /// </summary>
    public sealed record Cholesky : MatrixRoutine
    {
        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandSquare(x);
            return [x[0]];
        }

        // Rows of u = L^T lie side by side: row j is that of A less what the rows above have taken, over the root of its pivot.
        /// <inheritdoc/>
        public override void Lower(Procedure p)
        {
            var (a, l, size) = (p.Operand(0), p.Result(0), p.OperandType(0).Shape[-1]);
            var (u, n) = (p.Scratch(a.Type, size, size), p.Extent(size));
            p.For(0, n, i => p.For(0, i + 1, j => u[j, i] = a[i, j]));
            p.For(0, n, j =>
            {
                p.Lanes(j, n, i =>
                {
                    var rest = p.Local(u[j, i]);
                    p.For(0, j, k => rest.Value = (-u[k, j]).TimesPlus(u[k, i], rest.Value));
                    u[j, i] = rest.Value;
                });
                var pivot = u[j, j];
                p.Require(pivot > 0, "matrix is not positive definite: a pivot is not positive");
                var root = p.Let(pivot.Sqrt());
                p.Lanes(j + 1, n, i => u[j, i] = u[j, i] / root);
                u[j, j] = root;
            });
            p.For(0, n, i =>
            {
                p.For(0, i + 1, j => l[i, j] = u[j, i]);
                p.Lanes(i + 1, n, j => l[i, j] = 0);
            });
        }

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => EachItem(e, (x, y) =>
        {
            int n = (int)e.Inputs[0].Shape[^1];
            var (a, l) = (x[0], y[0]);
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++)
                {
                    double rest = a[i * n + j];
                    for (int k = 0; k < j; k++)
                        rest -= l[i * n + k] * l[j * n + k];
                    if (i == j && !(rest > 0))
                        throw new ArithmeticException($"{Name}: matrix is not positive definite: a pivot is not positive.");
                    l[i * n + j] = i == j ? Math.Sqrt(rest) : rest / l[j * n + j];
                }
        });

        // With S = L^-T phi(L^T L') L^-1, phi the lower triangle with half the diagonal: A' = (S + S^T) / 2.
        // I. Murray, "Differentiation of the Cholesky decomposition", 2016.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var l = y[0];
            var left = Solved(l, LowerHalf(Times(T(l), Ops.Tril(seed.Value))), transposed: true);
            return [Whole(Symmetric(Solved(l, T(left), transposed: true)), seed)];
        }

        // L^-1 A' L^-T has the lower half phi; L' = L phi.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null];
            var left = Solved(y[0], Symmetric(tangent), transposed: false);
            return [Times(y[0], LowerHalf(T(Solved(y[0], T(left), transposed: false))))];
        }

        private static Node Solved(Node l, Node b, bool transposed) => Ops.TriangularSolve(l, b, lower: true, transpose: transposed);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// The lower triangular L with <c>A = L L^T</c>. A matrix
        /// that is not positive definite is an error while running.
        /// </summary>
        /// <param name="a">Floats of shape [.., n, n], symmetric positive definite; the upper triangle is not read.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>L, zero above the diagonal, its diagonal positive. Gradients
        /// are symmetric: they hold for symmetric changes of A.</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Cholesky(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Cholesky(), Origin.At(file, line), a);
    }
}
