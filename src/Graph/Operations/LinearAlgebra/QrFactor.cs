using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Reduced QR factors of matrices with at least as many rows as columns, <c>A = Q R</c>: orthonormal columns, and an upper triangle
    /// whose diagonal is not negative, which makes the factors of a full-rank matrix the only ones. By Householder's reflections.
    /// </summary>
    public sealed record QrFactor : MatrixRoutine
    {
        /// <inheritdoc/>
        public override string Name => "qr";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            DemandMatrices(x);
            x.RequireAtMost(x[0].Shape[-1], x[0].Shape[-2], "there are more columns than rows",
                "factor the leading square, or the transpose");
            return [x[0], new(x[0].DType, x[0].Shape.With(-2, x[0].Shape[-1]))];
        }

        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) => base.Work(operands) * 4;

        /// <inheritdoc/>
        public override void Lower(Procedure p)
        {
            var (a, q, r) = (p.Operand(0), p.Result(0), p.Result(1));
            var (m, n) = (p.Extent(a.Shape[0]), p.Extent(a.Shape[1]));
            var work = p.Scratch(a.Type, a.Shape[0], a.Shape[1]);
            var mirrors = new Reflections(p, p.Scratch(a.Type, a.Shape[1], a.Shape[0]), p.Scratch(a.Type, a.Shape[1]));
            p.For(0, m, i => p.Lanes(0, n, j => work[i, j] = a[i, j]));
            p.For(0, n, k =>
            {
                p.For(k, m, i => mirrors.Vectors[k, i] = work[i, k]);
                work[k, k] = mirrors.Make(k, k, m);
                mirrors.Apply(k, k, m, work, k + 1, n);
            });
            p.For(0, m, i => p.Lanes(0, n, j => q[i, j] = j.Is(i).Choose(p.Number(a.Type, 1), 0)));
            p.Down(n, 0, k => mirrors.Apply(k, k, m, q, k, n));
            p.For(0, n, k =>
            {
                var sign = p.Let((work[k, k] < 0).Choose(p.Number(a.Type, -1), 1));
                p.Lanes(0, n, j => r[k, j] = (j < k).Choose(0, work[k, j] * sign));
                p.For(0, m, i => q[i, k] = q[i, k] * sign);
            });
        }

        // Columns made orthogonal one by one, twice each: another way to the same factors.
        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => EachItem(e, (x, y) =>
        {
            int m = (int)e.Inputs[0].Shape[^2], n = (int)e.Inputs[0].Shape[^1];
            var (q, r) = (y[0], y[1]);
            for (int k = 0; k < n; k++)
            {
                double[] v = [.. Enumerable.Range(0, m).Select(i => x[0][i * n + k])];
                for (int turn = 0; turn < 2; turn++)
                    for (int j = 0; j < k; j++)
                    {
                        double part = Enumerable.Range(0, m).Sum(i => q[i * n + j] * v[i]);
                        r[j * n + k] += part;
                        for (int i = 0; i < m; i++)
                            v[i] -= part * q[i * n + j];
                    }
                r[k * n + k] = Math.Sqrt(v.Sum(c => c * c));
                for (int i = 0; i < m; i++)
                    q[i * n + k] = v[i] / r[k * n + k];
            }
        });

        // With M = R R'^T - Q'^T Q: A' = (Q' + Q (lower M + its transpose)) R^-T, the diagonal of M counted once.
        // S. Walter and L. Lehmann, "Algorithmic Differentiation of Linear Algebra Functions", 2010.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0])
                return [null];
            var (q, r) = (y[0], y[1]);
            Node? ofR = ct[1] is { } s ? Times(r, T(s.Value)) : null, ofQ = ct[0] is { } t ? -Times(T(t.Value), q) : null;
            var inner = ofR is null ? ofQ! : ofQ is null ? ofR : ofR + ofQ;
            var sum = Times(q, Ops.Tril(inner) + T(Ops.Tril(inner, -1)));
            if (ct[0] is { } direct)
                sum += direct.Value;
            return [Whole(T(Ops.TriangularSolve(r, T(sum), lower: false)), ct[0], ct[1])];
        }

        // C = Q^T A' R^-1 is the skew part of Q^T Q' and the upper triangle R' R^-1.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null];
            var (q, r) = (y[0], y[1]);
            Node OverR(Node v) => T(Ops.TriangularSolve(r, T(v), lower: false, transpose: true));
            var c = OverR(Times(T(q), tangent));
            var below = Ops.Tril(c, -1);
            var change = Times(c - (below - T(below)), r);
            return [OverR(tangent - Times(q, change)), Ops.Triu(change)];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Reduced QR factors, <c>A = Q R</c>, with orthonormal
        /// columns in Q and no negative number on the diagonal of R.
        /// </summary>
        /// <param name="a">Floats of shape [.., m, n]; where rows are fewer than columns, both are numbers.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>Q of shape [.., m, k] and R of shape [.., k, n], k the smaller
        /// of m and n. Derivatives need the first k columns independent.</returns>
        /// <exception cref="GraphException">A holds no matrices of floats.</exception>
        public static (Node Q, Node R) Qr(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            if (a.Rank < 2 || !IsWide(a))
                return Pair(a);
            var (q, r) = Pair(Slice(a, a.Rank - 1, 0, a.Shape[-2]));
            return (q, Concat([r, MatMul(T(q), Slice(a, a.Rank - 1, a.Shape[-2]))], a.Rank - 1));

            (Node, Node) Pair(Node x) => Apply.Of(new QrFactor(), origin, x).Results is [var q, var r] ? (q, r) : default;
        }

        private static bool IsWide(Node a) => (a.Shape[-1] - a.Shape[-2]).TryConstant(out long more) && more > 0;
    }
}
