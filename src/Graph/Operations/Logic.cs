using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Truth values from truth values, elementwise.</summary>
    public abstract record Logic : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d == DType.Bool, "bool");
            return SameDType(x);
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => throw new NotSupportedException($"{Name} takes bool only.");
    }

    /// <summary>Logical and.</summary>
    public sealed record And : Logic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Then(style == FormulaStyle.Latex ? @"\land" : "and", x[1], Tightness.And);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.And(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] & x[1];
    }

    /// <summary>Logical or.</summary>
    public sealed record Or : Logic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Then(style == FormulaStyle.Latex ? @"\lor" : "or", x[1], Tightness.Or);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Or(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] | x[1];
    }

    /// <summary>Logical exclusive or.</summary>
    public sealed record Xor : Logic
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Xor(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] ^ x[1];
    }

    /// <summary>Logical not.</summary>
    public sealed record Not : Logic
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            new($"{(style == FormulaStyle.Latex ? @"\lnot " : "not ")}{x[0].Within(Tightness.Atom)}", Tightness.Comparison, style);

        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Not(x[0]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => 1 - x[0];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.And"/>
        public static Node And(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new And(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Or"/>
        public static Node Or(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Or(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Xor"/>
        public static Node Xor(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Xor(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Not"/>
        public static Node Not(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Not(), Origin.At(file, line), x);
    }
}
