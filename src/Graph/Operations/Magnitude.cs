using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Absolute value, <c>y = |x|</c>. Its slope at the kink, 0, is 0. The most negative integer stays as it is.</summary>
    public sealed record Abs : NumberUnary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Magnitude();

        // sign x, but a select at 0: a dead cotangent must not meet what lies behind.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [ct[0] is { } seed && needed[0] ? Select.Branch(Scale(seed, Ops.Sign(x[0])), Ops.NotEqual(x[0], Ops.ZerosLike(x[0]))) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Sign(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Abs(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Abs(x[0]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] < 0 ? unchecked(-x[0]) : x[0];
    }

    /// <summary>Sign, <c>y = x / |x|</c>; zero (with its sign) and NaN are themselves.</summary>
    public sealed record Sign : NumberUnary
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.ZeroSlope;

        /// <inheritdoc/>
        public override int Cost => 4;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) =>
            b.Select(b.Less(b.Zero(x[0]), x[0]), b.One(x[0]), b.Select(b.Less(x[0], b.Zero(x[0])), b.Like(x[0], -1), x[0]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] > 0 ? 1 : x[0] < 0 ? -1 : x[0];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => Math.Sign(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Abs"/>
        public static Node Abs(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Abs(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Sign"/>
        public static Node Sign(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Sign(), Origin.At(file, line), x);
    }
}
