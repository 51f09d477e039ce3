using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Determinant by LU factors. Its slope is the matrix of cofactors; derivatives of every order are exact also where the
    /// matrix is singular or singular values are equal.
    /// </summary>
    /// <param name="Body">What it computes from A.</param>
    public sealed record Determinant(Computation Body) : Call("determinant", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Guarded(Spread(seed.Value) * Cofactors.Of(x[0]), seed) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Sum(Cofactors.Of(x[0]) * tangent, [tangent.Rank - 2, tangent.Rank - 1]) : null];

        private static Node Spread(Node perMatrix) => Ops.ExpandDims(Ops.ExpandDims(perMatrix, -1), -1);

        /// <summary>The determinant from LU factors: the product of the pivots, with the sign of the exchanges.</summary>
        internal static Node Of(Node a)
        {
            var factors = Apply.Of(new LuFactor(), a.Apply.Origin, a).Results;
            return factors[2] * Ops.Product(Ops.Diagonal(factors[0]), [a.Rank - 2]);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// The determinant of square matrices; of a matrix without rows, 1. For large ones, the logarithm does not overflow.
        /// </summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns> A tensor of shape [..]. Derivatives of every order hold at every matrix, singular ones and
        /// equal singular values included; order k takes work and memory n^(k+1) (order 1: n^3), and k! terms.
        /// </returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static Node Determinant(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Call.Of("determinant", Origin.At(file, line), [a], x => Operations.Determinant.Of(x[0]),
                body => new Determinant(body));
    }
}
