using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>The value of x, which derivatives treat as a constant.</summary>
    public sealed record StopGradient : Elementwise
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0];

        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.ZeroSlope;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x) => x[0].DType;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => x[0];

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.StopGradient"/>
        public static Node StopGradient(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new StopGradient(), Origin.At(file, line), x);
    }
}
