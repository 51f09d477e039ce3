using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>Determinant by LU factors. Its slope is the matrix of cofactors, exact also where the matrix is singular.</summary>
    /// <param name="Body">What it computes from A.</param>
    public sealed record Determinant(Computation Body) : Call("determinant", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Guarded(Ops.ExpandDims(Ops.ExpandDims(seed.Value, -1), -1) * Cofactors.Of(x[0]), seed) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Sum(Cofactors.Of(x[0]) * tangent, [tangent.Rank - 2, tangent.Rank - 1]) : null];

        /// <summary>The determinant from LU factors: the product of the pivots, with the sign of the exchanges.</summary>
        internal static Node Of(Node a)
        {
            var factors = Apply.Of(new LuFactor(), a.Apply.Origin, a).Results;
            return factors[2] * Ops.Product(Ops.Diagonal(factors[0]), [a.Rank - 2]);
        }
    }

    /// <summary>
    /// Cofactors, <c>c[i, j] = d det A / d a[i, j]</c>, by singular values: <c>C = |U| |V| U diag(products of the other s) V^T</c>. Unlike
    /// the determinant times the inverse, this holds for singular matrices; so do its derivatives of first order.
    /// </summary>
    /// <param name="Body">What it computes from A.</param>
    public sealed record Cofactors(Computation Body) : Call("cofactors", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        /// <summary>The cofactors of square matrices.</summary>
        internal static Node Of(Node a) => Call.Of("cofactors", Origin.At("", 0), [a], x =>
        {
            var (u, s, v) = Factors(x[0]);
            var others = Ops.CumulativeProduct(s, exclusive: true) * Ops.CumulativeProduct(s, exclusive: true, reverse: true);
            return Turning(u, v) * Times(Columns(u, others), T(v));
        }, body => new Cofactors(body));

        // The derivative is a symmetric map: cotangents take the same way as tangents.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Guarded(Change(x[0], seed.Value), seed) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Change(x[0], tangent) : null];

        // With E = U^T A' V and q[i, j] the product of all s but those of i and j (0 for i = j): in the bases of U and V the cofactors
        // change by (q diag E)[i] on the diagonal and by -q[i, j] E[j, i] beside it.
        private static Node Change(Node a, Node tangent)
        {
            var (u, s, v) = Factors(a);
            var inside = Times(T(u), tangent, v);
            var pairs = ProductsOfOthers(s);
            var diagonal = Ops.Sum(pairs * Ops.ExpandDims(Ops.Diagonal(inside), -2), [a.Rank - 1]);
            return Turning(u, v) * Times(u, Columns(IdentityLike(a), diagonal) - pairs * T(inside), T(v));
        }

        private static Node ProductsOfOthers(Node s)
        {
            int n = s.Rank - 1;
            Shape cube = [.. s.Shape.Take(n), s.Shape[n], s.Shape[n], s.Shape[n]];
            Node At(int axis) => Ops.Iota(cube, n + axis, DType.Int64);
            var chosen = Ops.Or(Ops.Equal(At(0), At(2)), Ops.Equal(At(1), At(2)));
            var products = Ops.Product(Ops.Where(chosen, Ops.Scalar(s.DType, 1), Ops.ExpandDims(Ops.ExpandDims(s, -2), -2)), [n + 2]);
            return products * (1 - IdentityLike(products));
        }

        private static (Node U, Node S, Node V) Factors(Node a) =>
            Apply.Of(new SingularValues(), a.Apply.Origin, a).Results is [var u, var s, var v] ? (u, s, v) : default;

        // The sign of the determinant of U V^T, which is 1 or -1 but for rounding.
        private static Node Turning(Node u, Node v) =>
            Ops.ExpandDims(Ops.ExpandDims(Ops.Sign(Determinant.Of(Times(u, T(v)))), -1), -1);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>The determinant of square matrices; of a matrix without rows, 1. For large ones, the logarithm does not overflow.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A tensor of shape [..]. Its gradient, the cofactors, and the gradient of that are exact at singular matrices too.</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Determinant(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Call.Of("determinant", Origin.At(file, line), [a], x => Operations.Determinant.Of(x[0]), body => new Determinant(body));

        /// <summary>The cofactors of square matrices, the slopes of their determinant: exact where a matrix is singular.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns><c>c[.., i, j]</c>, the transpose of the adjugate, of the shape of <paramref name="a"/>.</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Cofactors(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Operations.Cofactors.Of(a);
        }
    }
}
