using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Exponential to base 2, <c>y = 2^x</c>; exact for a whole x.</summary>
    public sealed record Exp2 : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 17;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Math.Log(2) * y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Exp2(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Pow(2, x[0]);
    }

    /// <summary>Logarithm to base 2, <c>y = log x / log 2</c>; exact at powers of two, -∞ at 0, NaN below.</summary>
    public sealed record Log2 : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 45;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [1 / Math.Log(2) / x[0]];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Log2(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Log2(x[0]);
    }

    /// <summary>Logarithm to base 10, <c>y = log x / log 10</c>; exact at powers of ten, -∞ at 0, NaN below.</summary>
    public sealed record Log10 : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 45;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [1 / Math.Log(10) / x[0]];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Log10(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Log10(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Exp2"/>
        public static Node Exp2(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Exp2(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Log2"/>
        public static Node Log2(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Log2(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Log10"/>
        public static Node Log10(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Log10(), Origin.At(file, line), x);
    }
}
