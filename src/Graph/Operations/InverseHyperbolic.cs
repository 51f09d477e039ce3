using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Inverse hyperbolic sine, <c>y = log(x + √(x² + 1))</c>, with all digits for small and for negative x.</summary>
    public sealed record Asinh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 60;

        // 1 / √(1 + x²), where x² would overflow.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [Ops.Reciprocal(Ops.Hypot(x[0], Ops.OnesLike(y)))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Asinh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Asinh(x[0]);
    }

    /// <summary>Inverse hyperbolic cosine, <c>y = log(x + √(x² - 1)) ≥ 0</c>; NaN below 1, where its slope is infinite.</summary>
    public sealed record Acosh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 55;

        // 1 / √(x² - 1), where x² would overflow.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [Ops.Reciprocal(Ops.Sqrt(x[0] - 1) * Ops.Sqrt(x[0] + 1))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Acosh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Acosh(x[0]);
    }

    /// <summary>Inverse hyperbolic tangent, <c>y = log((1 + x) / (1 - x)) / 2</c>; ±∞ at ±1, NaN beyond.</summary>
    public sealed record Atanh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 45;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal((1 - x[0]) * (1 + x[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Atanh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Atanh(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Asinh"/>
        public static Node Asinh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Asinh(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Acosh"/>
        public static Node Acosh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Acosh(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Atanh"/>
        public static Node Atanh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Atanh(), Origin.At(file, line), x);
    }
}
