using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Sine of x in radians.</summary>
    public sealed record Sin : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 20;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Cos(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Sin(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Sin(x[0]);
    }

    /// <summary>Cosine of x in radians.</summary>
    public sealed record Cos : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 20;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [-Ops.Sin(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Cos(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Cos(x[0]);
    }

    /// <summary>Tangent of x in radians, <c>y = sin x / cos x</c>.</summary>
    public sealed record Tan : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 44;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [1 + y * y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Tan(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Tan(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Sin"/>
        public static Node Sin(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Sin(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Cos"/>
        public static Node Cos(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Cos(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Tan"/>
        public static Node Tan(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Tan(), Origin.At(file, line), x);
    }
}
