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
        public static Node IsNaN(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new IsNaN(), Origin.At(file, line), x);

        /// <summary>Whether x is +∞ or -∞, <c>|x| = ∞</c>, or one of them alone.</summary>
        /// <param name="x">A tensor of floats.</param>
        /// <param name="positive">Whether +∞ counts.</param>
        /// <param name="negative">Whether -∞ counts.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node IsInfinite(Node x, bool positive = true, bool negative = true,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            Node infinity = FillLike(x, double.PositiveInfinity);
            return (positive, negative) switch
            {
                (true, true) => Equal(Abs(x), infinity),
                (true, false) => Equal(x, infinity),
                (false, true) => Equal(-x, infinity),
                _ => BroadcastTo(Scalar(DType.Bool, 0), x.Shape),
            };
        }

        /// <summary>Whether x is a number and not infinite, <c>|x| &lt; ∞</c>.</summary>
        public static Node IsFinite(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Less(Abs(x), FillLike(x, double.PositiveInfinity));
        }

        /// <summary>x where it is finite, numbers in place of NaN and infinities. Its slope is 1 where x is finite, else 0.</summary>
        /// <param name="x">A tensor of floats.</param>
        /// <param name="nan">In place of NaN.</param>
        /// <param name="positive">In place of +∞; the type's largest number by default.</param>
        /// <param name="negative">In place of -∞; the type's most negative number by default.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node NanToNum(Node x, double nan = 0, double? positive = null, double? negative = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Call.Of("nan-to-num", Origin.At(file, line), [x], a =>
            {
                double largest = x.DType == DType.Float32 ? float.MaxValue : double.MaxValue;
                Node infinite = Where(a[0] > 0, FillLike(a[0], positive ?? largest), FillLike(a[0], negative ?? -largest));
                return Where(IsFinite(a[0]), a[0], Where(IsNaN(a[0]), FillLike(a[0], nan), infinite));
            });
    }
}
