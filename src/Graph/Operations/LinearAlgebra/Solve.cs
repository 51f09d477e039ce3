using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>X with <c>A X = B</c> (or <c>A^T X = B</c>) by LU factors, which values and derivatives share.</summary>
    /// <param name="Body">What it computes from A and B.</param>
    /// <param name="Transposed">Whether A is transposed.</param>
    public sealed record Solve(Computation Body, bool Transposed) : Call("solve", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        /// <summary>The solution for matrices and right sides with the same leading axes.</summary>
        internal static Node Of(Node a, Node b, bool transposed, Origin origin) => Call.Of("solve", origin, [a, b], x =>
        {
            var factors = Apply.Of(new LuFactor(), origin, x[0]).Results;
            Node Through(Node right, bool lower) => Ops.TriangularSolve(factors[0], right, lower, transposed, unitDiagonal: lower);
            return transposed
                ? Rows(Through(Through(x[1], lower: false), lower: true), Ops.PermutationInverse(factors[1]))
                : Through(Through(Rows(x[1], factors[1]), lower: true), lower: false);
        }, body => new Solve(body, transposed));

        // B' = A^-T X', A' = -B' X^T; transposed, its transpose.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null];
            var right = Of(x[0], seed.Value, !Transposed, y[0].Apply.Origin);
            var left = needed[0] ? -(Transposed ? Times(y[0], T(right)) : Times(right, T(y[0]))) : null;
            return [left is null ? null : Guarded(left, seed), needed[1] ? Guarded(right, seed) : null];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            var moved = t[0] is { } a ? Times(Transposed ? T(a) : a, y[0]) : null;
            return [Of(x[0], moved is null ? t[1]! : t[1] is { } b ? b - moved : -moved, Transposed, y[0].Apply.Origin)];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>X with <c>A X = B</c>, by LU factors with partial pivoting. A singular matrix gives infinities and
        /// NaN, in derivatives too; elsewhere those of every order hold, equal singular values included.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="b">Right sides [.., n, m], or a vector [n]; leading axes broadcast.</param>
        /// <param name="transpose">Solves with A^T.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Shapes or element types do not fit.</exception>
        public static Node Solve(Node a, Node b, bool transpose = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            return OverRightSides(new LuFactor(), origin, a, b, (l, r) => Operations.Solve.Of(l, r, transpose, origin));
        }

        /// <summary>The inverse of square matrices; of a singular one, infinities and NaN, in derivatives too. To solve equations,
        /// Solve is faster and more accurate.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Inverse(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            if (a.Rank < 2)
                throw GraphException.For("inverse", [a], origin, $"{a.Shape} has {a.Rank} axes",
                    "give a matrix, or matrices along leading axes");
            return Operations.Solve.Of(a, IdentityLike(a), false, origin);
        }
    }
}
