using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Reciprocal, <c>y = 1 / x</c>; ±∞ at zero, by its sign.</summary>
    public sealed record Reciprocal : Unary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => Notation.Number(1, style).Over(x[0]);

        /// <inheritdoc/>
        public override int Cost => 4;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [-(y * y)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Divide(b.One(x[0]), x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => 1 / x[0];
    }

    /// <summary>Square root, <c>y = √x</c>; NaN below 0, and an infinite slope at 0.</summary>
    public sealed record Sqrt : Unary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Root();

        /// <inheritdoc/>
        public override int Cost => 4;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [0.5 / y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Sqrt(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Sqrt(x[0]);
    }

    /// <summary>Reciprocal square root, <c>y = 1 / √x</c>: a root and a division, not the 12 bits of the hardware's estimate.</summary>
    public sealed record Rsqrt : Unary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => Notation.Number(1, style).Over(x[0].Root());

        /// <inheritdoc/>
        public override int Cost => 8;

        // dy/dx = -y³/2, and y/x is y³ without the overflow of y² on the way.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [-0.5 * (y / x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Divide(b.One(x[0]), b.Sqrt(x[0]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => 1 / Math.Sqrt(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Reciprocal"/>
        public static Node Reciprocal(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Reciprocal(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Sqrt"/>
        public static Node Sqrt(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Sqrt(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Rsqrt"/>
        public static Node Rsqrt(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Rsqrt(), Origin.At(file, line), x);

        /// <summary>Square, <c>y = x·x</c>.</summary>
        public static Node Square(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Multiply(), Origin.At(file, line), x, x);
    }
}
