using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// X with <c>T X = B</c> (or <c>T^T X = B</c>) by substitution, T one triangle of operand 0: the other one is not read. A zero on
    /// the diagonal divides as floats do, into infinities and NaN.
    /// </summary>
    /// <param name="Upper">Which triangle.</param>
    /// <param name="Transposed">Whether T is transposed.</param>
    /// <param name="Unit">Whether the diagonal counts as ones, and is not read.</param>
    public sealed record TriangularSolve(bool Upper, bool Transposed, bool Unit) : MatrixRoutine
    {
        private const int Columns = 64;

        /// <inheritdoc/>
        public override string Label => $"{Name} {(Upper ? "upper" : "lower")}{(Transposed ? " transposed" : "")}{(Unit ? " unit" : "")}";

        /// <inheritdoc/>
        public override Dim Pieces(ImmutableArray<TensorType> operands) => Dim.FloorDivide(operands[1].Shape[-1] + (Columns - 1), Columns);

        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) =>
            operands[1].Shape[-2] * operands[1].Shape[-2] * operands[1].Shape[-1];

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            DemandSquare(x);
            x.RequireSameDType(0, 1);
            if (x[0].Rank != x[1].Rank)
                throw x.Error($"ranks are {x[0].Rank} and {x[1].Rank}", "give both equal leading axes; Ops.TriangularSolve does so");
            for (int a = 0; a < x[0].Rank - 2; a++)
                x.Require(x[0].Shape[a], x[1].Shape[a], $"leading axes differ: axis {a}", "broadcast the leading axes");
            x.Require(x[0].Shape[-1], x[1].Shape[-2],
                $"matrices have {x[0].Shape[-1]} rows, right sides {x[1].Shape[-2]}", "give a right side per row");
            return [x[1]];
        }

        private bool Forward => Upper == Transposed;

        /// <inheritdoc/>
        public override void Lower(Procedure p) => Substitute(p, p.Operand(0), p.Operand(1), p.Result(0));

        private void Substitute(Procedure p, Cells a, Cells b, Cells x)
        {
            var (n, columns) = (p.Extent(a.Shape[0]), b.Shape[1]);
            if (columns == Dim.One)
                Column(p, a, b, x, n, 0);
            else
                p.Lanes(p.Piece * Columns, p.Extent(columns).Min((p.Piece + 1) * Columns), j => Column(p, a, b, x, n, j));
        }

        private void Column(Procedure p, Cells a, Cells b, Cells x, Formula n, Formula j)
        {
            void Row(Formula i)
            {
                var rest = p.Local(b[i, j]);
                p.For(Forward ? 0 : i + 1, Forward ? i : n,
                    k => rest.Value = (-(Transposed ? a[k, i] : a[i, k])).TimesPlus(x[k, j], rest.Value));
                x[i, j] = Unit ? rest.Value : rest.Value / a[i, i];
            }
            if (Forward)
                p.For(0, n, Row);
            else
                p.Down(n, 0, Row);
        }

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => EachItem(e, (operands, y) =>
        {
            var (a, b, x) = (operands[0], operands[1], y[0]);
            int n = (int)e.Inputs[1].Shape[^2], m = (int)e.Inputs[1].Shape[^1];
            for (int turn = 0; turn < n; turn++)
                for (int c = 0, i = Forward ? turn : n - 1 - turn; c < m; c++)
                {
                    var solved = Forward ? Enumerable.Range(0, i) : Enumerable.Range(i + 1, n - 1 - i);
                    double rest = b[i * m + c] - solved.Sum(k => (Transposed ? a[k * n + i] : a[i * n + k]) * x[k * m + c]);
                    x[i * m + c] = Unit ? rest : rest / a[i * n + i];
                }
        });

        // B' = T^-T X', T' = -B' X^T in the triangle; transposed, its transpose.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null];
            var right = Again(x[0], seed.Value, !Transposed);
            var left = needed[0] ? -InTriangle(Transposed ? Times(y[0], T(right)) : Times(right, T(y[0]))) : null;
            return [left is null ? null : Whole(left, seed), needed[1] ? Whole(right, seed) : null];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            var moved = t[0] is { } a ? Times(Transposed ? T(InTriangle(a)) : InTriangle(a), y[0]) : null;
            return [Again(x[0], moved is null ? t[1]! : t[1] is { } b ? b - moved : -moved, Transposed)];
        }

        private Node Again(Node a, Node b, bool transposed) => Node.Of(this with { Transposed = transposed }, b.Apply.Origin, a, b);

        private Node InTriangle(Node x) => Upper ? Ops.Triu(x, Unit ? 1 : 0) : Ops.Tril(x, Unit ? -1 : 0);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// X with <c>T X = B</c> by substitution, T a triangle of
        /// <paramref name="a"/>. A zero on the diagonal gives infinities and NaN.
        /// </summary>
        /// <param name="a">Floats of shape [.., n, n]; only the triangle is read.</param>
        /// <param name="b">Right sides [.., n, m], or a vector [n]; leading axes broadcast.</param>
        /// <param name="lower">Which triangle.</param>
        /// <param name="transpose">Solves with T^T.</param>
        /// <param name="unitDiagonal">Takes ones for the diagonal.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
        public static Node TriangularSolve(Node a, Node b, bool lower = true, bool transpose = false, bool unitDiagonal = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            var op = new TriangularSolve(!lower, transpose, unitDiagonal);
            return OverRightSides(op, origin, a, b, (l, r) => Node.Of(op, origin, l, r));
        }

        // A vector counts as one column; leading axes broadcast.
        private static Node OverRightSides(Op op, Origin origin, Node a, Node b, Func<Node, Node, Node> solve)
        {
            if (a.Rank < 2 || b.Rank == 0)
                throw GraphException.For(op, [a, b], origin, $"{a.Shape} and {b.Shape} have {a.Rank} and {b.Rank} axes",
                    "give matrices, and right sides or a vector");
            using var _ = Origin.Under(origin);
            var right = b.Rank == 1 ? Reshape(b, [b.Shape[0], 1]) : b;
            var batch = CommonShape(op, origin, [a, b], Shape.Of(a.Shape.Take(a.Rank - 2)), Shape.Of(right.Shape.Take(right.Rank - 2)));
            var x = solve(BroadcastTo(a, Shape.Of([.. batch, a.Shape[-2], a.Shape[-1]])),
                BroadcastTo(right, Shape.Of([.. batch, right.Shape[-2], right.Shape[-1]])));
            return b.Rank == 1 ? Reshape(x, Shape.Of(x.Shape.Take(x.Rank - 1))) : x;
        }
    }
}
