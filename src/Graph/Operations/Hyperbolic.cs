using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Hyperbolic sine, <c>y = (e^x - e^-x) / 2</c>, with all digits for small x.</summary>
    public sealed record Sinh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 35;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Cosh(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Sinh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Sinh(x[0]);
    }

    /// <summary>Hyperbolic cosine, <c>y = (e^x + e^-x) / 2</c>; it overflows no earlier than its value does.</summary>
    public sealed record Cosh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 26;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Sinh(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Cosh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Cosh(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Sinh"/>
        public static Node Sinh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Sinh(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Cosh"/>
        public static Node Cosh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Cosh(), Origin.At(file, line), x);
    }
}
