using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// LU factors with partial pivoting, <c>A[p] = L U</c>: L below the diagonal (its ones left out) and U in one matrix, the int64
    /// row numbers p, and the sign of that permutation. The first of several largest pivots is taken; a column of zeros stays.
    /// </summary>
    public sealed record LuFactor : MatrixRoutine
    {
        /// <inheritdoc/>
        public override string Name => "lu";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandSquare(x);
            var (batch, n) = (x[0].Shape.Take(x[0].Rank - 2), x[0].Shape[-1]);
            return [x[0], new(DType.Int64, Shape.Of([.. batch, n])), new(x[0].DType, Shape.Of(batch))];
        }

        /// <inheritdoc/>
        public override void Lower(Procedure p)
        {
            var (a, lu, rows, sign, n) = (p.Operand(0), p.Result(0), p.Result(1), p.Result(2, 1), p.Extent(p.OperandType(0).Shape[-1]));
            sign[0] = 1;
            p.For(0, n, i =>
            {
                rows[i] = i;
                p.Lanes(0, n, j => lu[i, j] = a[i, j]);
            });
            p.For(0, n, k =>
            {
                var pivot = Largest(p, lu, k, n);
                p.If(k < pivot, () => Exchange(p, lu, rows, sign, k, pivot, n));
                Eliminate(p, lu, k, n);
            });
        }

        // NaN counts as the largest, so that it is not passed over where everything else is 0.
        private static Formula Largest(Procedure p, Cells lu, Formula k, Formula n)
        {
            var (largest, at) = (p.Local(lu[k, k].Abs()), p.Local(k));
            p.For(k + 1, n, i =>
            {
                var size = p.Let(lu[i, k].Abs());
                p.If(largest.Value < size | (!size.Is(size) & largest.Value.Is(largest.Value)),
                    () => (largest.Value, at.Value) = (size, i));
            });
            return p.Let(at.Value);
        }

        private static void Exchange(Procedure p, Cells lu, Cells rows, Cells sign, Formula k, Formula pivot, Formula n)
        {
            p.Lanes(0, n, j =>
            {
                var (upper, lower) = (lu[k, j], lu[pivot, j]);
                (lu[k, j], lu[pivot, j]) = (lower, upper);
            });
            var (first, second) = (rows[k], rows[pivot]);
            (rows[k], rows[pivot]) = (second, first);
            sign[0] = -sign[0];
        }

        private static void Eliminate(Procedure p, Cells lu, Formula k, Formula n)
        {
            var pivot = lu[k, k];
            p.If(!pivot.Is(0), () => p.For(k + 1, n, i =>
            {
                var factor = p.Let(lu[i, k] / pivot);
                lu[i, k] = factor;
                p.Lanes(k + 1, n, j => lu[i, j] = (-factor).TimesPlus(lu[k, j], lu[i, j]));
            }));
        }

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => EachItem(e, (x, y) =>
        {
            int n = (int)e.Inputs[0].Shape[^1];
            double[][] a = [.. x[0].Chunk(Math.Max(1, n))];
            int[] rows = [.. Enumerable.Range(0, n)];
            y[2][0] = 1;
            for (int k = 0; k < n; k++)
            {
                int pivot = Enumerable.Range(k, n - k).MaxBy(i => double.IsNaN(a[i][k]) ? double.PositiveInfinity : Math.Abs(a[i][k]));
                if (pivot != k)
                    (a[k], a[pivot], rows[k], rows[pivot], y[2][0]) = (a[pivot], a[k], rows[pivot], rows[k], -y[2][0]);
                for (int i = k + 1; i < n && a[k][k] != 0; i++)
                {
                    a[i][k] /= a[k][k];
                    for (int j = k + 1; j < n; j++)
                        a[i][j] -= a[i][k] * a[k][j];
                }
            }
            (y[0], y[1]) = ([.. a.SelectMany(r => r)], [.. rows.Select(r => (double)r)]);
        });

        // P A' = L^-T (strictly lower L^T L' + upper U' U^T) U^-T; pivoting is locally constant.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var (lu, l, u) = (y[0], Unit(y[0]), Ops.Triu(y[0]));
            var inner = Ops.Tril(Times(T(l), Ops.Tril(seed.Value, -1)), -1) + Ops.Triu(Times(Ops.Triu(seed.Value), T(u)));
            var left = Ops.TriangularSolve(lu, inner, lower: true, transpose: true, unitDiagonal: true);
            var both = T(Ops.TriangularSolve(lu, T(left), lower: false));
            return [Whole(Rows(both, Ops.PermutationInverse(y[1])), seed)];
        }

        // L^-1 P A' U^-1 splits into L^-1 L' below the diagonal and U' U^-1 above it.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null, null];
            var left = Ops.TriangularSolve(y[0], Rows(tangent, y[1]), lower: true, unitDiagonal: true);
            var both = T(Ops.TriangularSolve(y[0], T(left), lower: false, transpose: true));
            return [Times(Unit(y[0]), Ops.Tril(both, -1)) + Times(Ops.Triu(both), Ops.Triu(y[0])), null, null];
        }

        private static Node Unit(Node lu) => Ops.Tril(lu, -1) + IdentityLike(lu);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>LU factors with partial pivoting, <c>A[p] = L U</c>.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>L with ones on its diagonal, U, and the int64 row numbers p of shape [.., n].</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static (Node L, Node U, Node Rows) Lu(Node a,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            var factors = Apply.Of(new LuFactor(), origin, a).Results;
            return (Tril(factors[0], -1) + IdentityLike(factors[0]), Triu(factors[0]), factors[1]);
        }
    }
}
