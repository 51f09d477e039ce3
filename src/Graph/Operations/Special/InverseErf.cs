using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Inverse of the error function, <c>erf(y) = x</c>; ±∞ at ±1, NaN beyond.</summary>
    public sealed record Erfinv : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 250;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Math.Sqrt(Math.PI) / 2 * Ops.Exp(y * y)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Erfinv(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Erfinv(x[0]);
    }

    /// <summary>
    /// Inverse of the complement of the error function, <c>erfc(y) = x</c>,
    /// with all digits for small x; ∞ at 0, -∞ at 2, NaN beyond.
    /// </summary>
    public sealed record Erfcinv : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 250;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [-Math.Sqrt(Math.PI) / 2 * Ops.Exp(y * y)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Erfcinv(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Erfcinv(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Erfinv"/>
        public static Node Erfinv(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Erfinv(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Erfcinv"/>
        public static Node Erfcinv(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Erfcinv(), Origin.At(file, line), x);
    }
}
