using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;
using static Adjoint.Operations.Matrices;

namespace Adjoint.Operations
{
    /// <summary>
    /// Sign and <c>log |det A|</c> by LU factors: sums of logarithms,
    /// which do not overflow. Singular: 0 and minus infinity.
    /// </summary>
    /// <param name="Body">What it computes from A.</param>
    public sealed record LogDeterminant(Computation Body) : Call("log-determinant", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Body = body };

        // A' = y' A^-T; the sign is constant wherever a derivative exists.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[1] is { } seed ? Guarded(Ops.ExpandDims(Ops.ExpandDims(seed.Value, -1), -1) * Slope(x[0]), seed) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [null, t[0] is { } tangent ? Ops.Sum(Slope(x[0]) * tangent, [tangent.Rank - 2, tangent.Rank - 1]) : null];

        private static Node Slope(Node a) => Solve.Of(a, IdentityLike(a), true, a.Apply.Origin);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Sign of the determinant, and the logarithm of its magnitude; of a singular matrix, 0 and minus infinity.</summary>
        /// <param name="a">Floats of shape [.., n, n].</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>Both of shape [..]. No derivative flows through the sign; that of the logarithm is the inverse,
        /// transposed: exact at every order, equal singular values included; of a singular matrix, infinities and NaN.</returns>
        /// <exception cref="GraphException">A is not square, or holds no floats.</exception>
        public static (Node Sign, Node LogMagnitude) SignAndLogDeterminant(Node a,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            var results = Call.Of("log-determinant", origin, [a], x =>
            {
                var factors = Apply.Of(new LuFactor(), origin, x[0]).Results;
                var pivots = Diagonal(factors[0]);
                return [factors[2] * Product(Sign(pivots), [-1 + pivots.Rank]), Sum(Log(Abs(pivots)), [-1 + pivots.Rank])];
            }, body => new LogDeterminant(body));
            return (results[0], results[1]);
        }

        /// <summary><c>log |det A|</c>, without overflow; of a singular matrix, minus infinity.</summary>
        /// <inheritdoc cref="SignAndLogDeterminant"/>
        /// <returns>A tensor of shape [..].</returns>
        public static Node LogDeterminant(Node a, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            SignAndLogDeterminant(a, file, line).LogMagnitude;
    }
}
