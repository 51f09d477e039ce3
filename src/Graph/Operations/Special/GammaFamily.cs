using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.SpecialFunctions;

namespace Adjoint.Operations
{
    /// <summary>
    /// Logarithm of the gamma function's magnitude, <c>y = log |Γ(x)|</c>;
    /// ∞ at its poles 0, -1, -2, .. Called lane by lane.
    /// </summary>
    public sealed record LogGamma : Called
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Digamma(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(GammaFunction.LogGamma, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.LogGamma(x[0]);
    }

    /// <summary>
    /// Gamma function, <c>Γ(x) = ∫₀^∞ t^(x-1) e^-t dt</c>, continued
    /// to negative x; ±∞ at 0, NaN at -1, -2, .. Called lane by lane.
    /// </summary>
    public sealed record Gamma : Called
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [y * Ops.Digamma(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(GammaFunction.Gamma, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Gamma(x[0]);
    }

    /// <summary>
    /// Digamma function, <c>ψ(x) = Γ'(x) / Γ(x)</c>, with all digits next to
    /// its positive root; ∓∞ at 0, NaN at -1, -2, .. Called lane by lane.
    /// </summary>
    public sealed record Digamma : Called
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Polygamma(1, x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(PolygammaFunction.Digamma, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Digamma(x[0]);
    }

    /// <summary>
    /// Polygamma function, the n-th derivative of ψ; <see cref="Digamma"/>
    /// for n = 0, trigamma for n = 1. Called lane by lane.
    /// </summary>
    /// <param name="Order">n, not negative.</param>
    public sealed record Polygamma(int Order) : Called
    {
        /// <inheritdoc/>
        public override string Label => $"polygamma {Order}";

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Polygamma(Order + 1, x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(PolygammaFunction.Polygamma, b.Like(x[0], Order), x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Polygamma(Order, x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.LogGamma"/>
        public static Node LogGamma(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new LogGamma(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Gamma"/>
        public static Node Gamma(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Gamma(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Digamma"/>
        public static Node Digamma(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Digamma(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Polygamma"/>
        /// <param name="order">n, from 0 to 100.</param>
        /// <param name="x">A tensor of floats.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="ArgumentOutOfRangeException">The order is negative or above 100.</exception>
        public static Node Polygamma(int order, Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(order);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 100);
            return Node.Of(order == 0 ? new Digamma() : new Polygamma(order), Origin.At(file, line), x);
        }

        /// <summary>Trigamma function, the derivative of ψ: <see cref="Polygamma"/> of order 1.</summary>
        public static Node Trigamma(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Polygamma(1, x, file, line);
    }
}
