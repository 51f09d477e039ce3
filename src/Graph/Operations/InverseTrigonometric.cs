using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Arc sine in radians; NaN outside [-1, 1], and an infinite slope at ±1.</summary>
    public sealed record Asin : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 35;

        // 1 - x² would lose its digits at ±1.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Rsqrt((1 - x[0]) * (1 + x[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Asin(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Asin(x[0]);
    }

    /// <summary>Arc cosine in radians; NaN outside [-1, 1], and an infinite slope at ±1.</summary>
    public sealed record Acos : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 36;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [-Ops.Rsqrt((1 - x[0]) * (1 + x[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Acos(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Acos(x[0]);
    }

    /// <summary>Arc tangent in radians, <c>-π/2 ≤ y ≤ π/2</c>.</summary>
    public sealed record Atan : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 32;

        // x² may overflow: then the slope rightly is 0.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal(1 + x[0] * x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Atan(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Atan(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Asin"/>
        public static Node Asin(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Asin(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Acos"/>
        public static Node Acos(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Acos(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Atan"/>
        public static Node Atan(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Atan(), Origin.At(file, line), x);
    }
}
