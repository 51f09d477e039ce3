using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Whether x is not a number, <c>y = (x ≠ x)</c>.</summary>
    public sealed record IsNaN : Unary
    {
        /// <inheritdoc/>
        public override string Name => "is-nan";

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            base.ResultType(x);
            return DType.Bool;
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Not(b.Equal(x[0], x[0]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => double.IsNaN(x[0]) ? 1 : 0;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.IsNaN"/>
        public static Node IsNaN(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Node.Of(new IsNaN(), Origin.At(file, line), x);

        /// <summary>Whether x is +∞ or -∞, <c>|x| = ∞</c>.</summary>
        public static Node IsInfinite(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Equal(Abs(x), FillLike(x, double.PositiveInfinity));
        }

        /// <summary>Whether x is a number and not infinite, <c>|x| &lt; ∞</c>.</summary>
        public static Node IsFinite(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Less(Abs(x), FillLike(x, double.PositiveInfinity));
        }
    }
}
