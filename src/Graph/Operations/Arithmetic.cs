using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Two operands of one numeric type, elementwise.</summary>
    public abstract record Arithmetic : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number");
            return SameDType(x);
        }
    }

    /// <summary>Sum, <c>y = a + b</c>; integers wrap.</summary>
    public sealed record Add : Arithmetic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Plus(x[1]);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y), Ops.OnesLike(y)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Add(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] + x[1];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => unchecked(x[0] + x[1]);
    }

    /// <summary>Difference, <c>y = a - b</c>; integers wrap.</summary>
    public sealed record Subtract : Arithmetic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Less("-", x[1], Tightness.Sum);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y), Ops.FillLike(y, -1)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Subtract(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] - x[1];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => unchecked(x[0] - x[1]);
    }

    /// <summary>Product, <c>y = a * b</c>; integers wrap.</summary>
    public sealed record Multiply : Arithmetic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Times(x[1]);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [x[1], x[0]];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Multiply(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] * x[1];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => unchecked(x[0] * x[1]);
    }

    /// <summary>Quotient, <c>y = a / b</c>; integers truncate toward zero, and an integer divided by zero is 0.</summary>
    public sealed record Divide : Arithmetic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Over(x[1]);

        /// <inheritdoc/>
        public override int Cost => 4;

        // dy/db = -y / b: b * b would over- and underflow.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y) / x[1], -y / x[1]];

        /// <summary>The cotangent is divided, rather than multiplied by a reciprocal: one rounding, and no overflow on the way.</summary>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null];
            var quotient = seed.Guarded(seed.Value / x[1]);
            return [needed[0] ? quotient : null, needed[1] ? seed.Guarded(-quotient.Value * y[0]) : null];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Divide(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] / x[1];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[1] == 0 ? 0 : x[1] == -1 ? unchecked(-x[0]) : x[0] / x[1];
    }

    /// <summary>Sign change, <c>y = -x</c>: the sign bit flips, also of zero.</summary>
    public sealed record Negate : Arithmetic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Negated();

        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.FillLike(y, -1)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Negate(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => -x[0];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => unchecked(-x[0]);
    }
}

namespace Adjoint
{
    /// <summary>
    /// Arithmetic on nodes. Shapes broadcast; element types must
    /// agree, and a number takes the type of the node beside it.
    /// </summary>
    public static class ArithmeticOperators
    {
        extension(Node)
        {
            /// <inheritdoc cref="Operations.Add"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator +(Node a, Node b) => Ops.Broadcasting(new Add(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Add"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator +(Node a, double b) => Ops.Broadcasting(new Add(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Add"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator +(double a, Node b) => Ops.Broadcasting(new Add(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Subtract"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator -(Node a, Node b) => Ops.Broadcasting(new Subtract(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Subtract"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator -(Node a, double b) => Ops.Broadcasting(new Subtract(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Subtract"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator -(double a, Node b) => Ops.Broadcasting(new Subtract(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Multiply"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator *(Node a, Node b) => Ops.Broadcasting(new Multiply(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Multiply"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator *(Node a, double b) => Ops.Broadcasting(new Multiply(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Multiply"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator *(double a, Node b) => Ops.Broadcasting(new Multiply(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Divide"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator /(Node a, Node b) => Ops.Broadcasting(new Divide(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Divide"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator /(Node a, double b) => Ops.Broadcasting(new Divide(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Divide"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator /(double a, Node b) => Ops.Broadcasting(new Divide(), Origin.OfOperator(), a, b);

            /// <inheritdoc cref="Operations.Negate"/>
            [MethodImpl(MethodImplOptions.NoInlining)]
            public static Node operator -(Node x) => Node.Of(new Negate(), Origin.OfOperator(), x);
        }
    }
}
