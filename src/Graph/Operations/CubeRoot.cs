using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Cube root, <c>y³ = x</c>, of negatives too; an infinite slope at 0.</summary>
    public sealed record Cbrt : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 40;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal(3 * (y * y))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Cbrt(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Cbrt(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Cbrt"/>
        public static Node Cbrt(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Cbrt(), Origin.At(file, line), x);
    }
}
