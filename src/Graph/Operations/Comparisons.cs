using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A truth value from two operands of one type, elementwise.
    /// Comparisons with NaN are false, but <see cref="NotEqual"/> is true.
    /// </summary>
    public abstract record Comparison : Elementwise
    {
        /// <inheritdoc/>
        public sealed override int Arity => 2;

        /// <inheritdoc/>
        public sealed override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            SameDType(x);
            return DType.Bool;
        }

        /// <summary>Demands numbers: truth values have no order.</summary>
        protected static DType Ordered(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number to be ordered");
            SameDType(x);
            return DType.Bool;
        }
    }

    /// <summary>Whether <c>a = b</c>; the two zeros are equal.</summary>
    public sealed record Equal : Comparison
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Less(style == FormulaStyle.Latex ? "=" : "==", x[1], Tightness.Comparison);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Equal(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] == x[1] ? 1 : 0;

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] == x[1] ? 1 : 0;
    }

    /// <summary>Whether <c>a ≠ b</c>.</summary>
    public sealed record NotEqual : Comparison
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Less(style == FormulaStyle.Latex ? @"\neq" : "!=", x[1], Tightness.Comparison);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Not(b.Equal(x[0], x[1]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] != x[1] ? 1 : 0;

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] != x[1] ? 1 : 0;
    }

    /// <summary>Whether <c>a &lt; b</c>.</summary>
    public sealed record Less : Comparison
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0].Less("<", x[1], Tightness.Comparison);

        /// <inheritdoc/>
        protected override DType ResultType(Inference x) => Ordered(x);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Less(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] < x[1] ? 1 : 0;

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] < x[1] ? 1 : 0;
    }

    /// <summary>Whether <c>a &lt;= b</c>; not the same as "not b &lt; a", which holds with NaN.</summary>
    public sealed record LessOrEqual : Comparison
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Less(style == FormulaStyle.Latex ? @"\leq" : "<=", x[1], Tightness.Comparison);

        /// <inheritdoc/>
        protected override DType ResultType(Inference x) => Ordered(x);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.LessOrEqual(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] <= x[1] ? 1 : 0;

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] <= x[1] ? 1 : 0;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Equal"/>
        public static Node Equal(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Equal(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.NotEqual"/>
        public static Node NotEqual(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new NotEqual(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Less"/>
        public static Node Less(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Less(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.LessOrEqual"/>
        public static Node LessOrEqual(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new LessOrEqual(), Origin.At(file, line), a, b);

        /// <summary>Whether <c>a &gt; b</c>: <c>b &lt; a</c>.</summary>
        public static Node Greater(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Less(), Origin.At(file, line), b, a);

        /// <summary>Whether <c>a &gt;= b</c>: <c>b &lt;= a</c>.</summary>
        public static Node GreaterOrEqual(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new LessOrEqual(), Origin.At(file, line), b, a);
    }
}
