using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Rectifier, <c>y = max(x, 0)</c>. Its slope at the kink is 0, where a maximum of two would share; NaN passes.</summary>
    public sealed record Relu : NumberUnary
    {
        // The result is positive where the operand is, and has a reader besides most often: then the operand need not be kept.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [ct[0] is { } seed && needed[0] ? Select.Branch(seed, Passes(y[0])) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Where(Passes(x[0]), tangent, Ops.ZerosLike(tangent)) : null];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Max(x[0], b.Zero(x[0]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Max(x[0], 0);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => Math.Max(x[0], 0);

        private static Node Passes(Node x) => x > Ops.ZerosLike(x);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Relu"/>
        public static Node Relu(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Relu(), Origin.At(file, line), x);
    }
}
