using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Exponential, <c>y = e^x</c>.</summary>
    public sealed record Exp : Unary
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            style == FormulaStyle.Latex ? Notation.Name("e", style).To(x[0]) : Notation.Function(Name, style, x);

        /// <inheritdoc/>
        public override int Cost => 18;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Exp(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Exp(x[0]);
    }

    /// <summary>Exponential less one, <c>y = e^x - 1</c>, with all digits for small x.</summary>
    public sealed record Expm1 : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 22;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [y + 1];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Expm1(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Expm1(x[0]);
    }

    /// <summary>Natural logarithm, <c>y = log x</c>; -∞ at 0, NaN below.</summary>
    public sealed record Log : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 20;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Log(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Log(x[0]);
    }

    /// <summary>Logarithm of one plus, <c>y = log(1 + x)</c>, with all digits for small x.</summary>
    public sealed record Log1p : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 24;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal(1 + x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Log1p(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Log1p(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Exp"/>
        public static Node Exp(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Exp(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Expm1"/>
        public static Node Expm1(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Expm1(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Log"/>
        public static Node Log(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Log(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Log1p"/>
        public static Node Log1p(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Log1p(), Origin.At(file, line), x);
    }
}
