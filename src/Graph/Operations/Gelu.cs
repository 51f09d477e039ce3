using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Gaussian error linear unit, <c>y = x Φ(x) = x/2 erfc(-x/√2)</c>, which keeps its digits for negative x, where 1 + erf would cancel.
    /// D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units", 2016.
    /// </summary>
    /// <remarks>
    /// Its derivative, Φ(x) + x Φ'(x), is a map of x alone, which the cotangent meets once: it is computed where y is, from the same
    /// exponential, and stored in place of x and Φ(x).
    /// </remarks>
    /// <param name="Body">What it computes.</param>
    public sealed record Gelu(Computation Body) : Call("gelu", Body)
    {
        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => new Gelu(body);

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? seed.Guarded(seed.Value * Slope(x[0])) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? tangent * Slope(x[0]) : null];

        /// <summary>Φ(x), the normal distribution's cumulative function, with the digits of its tail.</summary>
        internal static Node Cumulative(Node x) => 0.5 * Ops.Erfc(Scaled(x));

        private static Node Slope(Node x) => Cumulative(x) + x * (1 / Math.Sqrt(2 * Math.PI) * Ops.Exp(-Ops.Square(Scaled(x))));

        // erfc of this has e^-x^2/2 as a factor.
        private static Node Scaled(Node x) => -Math.Sqrt(0.5) * x;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Gelu"/>
        public static Node Gelu(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Call.Of("gelu", Origin.At(file, line), [x], a => a[0] * Operations.Gelu.Cumulative(a[0]), body => new Gelu(body));
    }
}
