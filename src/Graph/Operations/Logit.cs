using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Logit, the inverse of the sigmoid, <c>y = log(x / (1 - x))</c>;
    /// -∞ at 0, ∞ at 1, NaN outside, all digits next to 1/2.
    /// </summary>
    public sealed record Logit : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 95;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Reciprocal(x[0] * (1 - x[0]))];

        // log x - log1p(-x), but 2 artanh(2 x - 1) about 1/2, where the logarithms cancel.
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            Value twice = b.Subtract(b.Add(x[0], x[0]), b.One(x[0])), artanh = b.Atanh(twice);
            Value logs = b.Subtract(b.Log(x[0]), b.Log1p(b.Negate(x[0])));
            return b.Select(b.Less(b.Abs(twice), b.Like(x[0], 0.5)), b.Add(artanh, artanh), logs);
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) =>
            Math.Abs(x[0] - 0.5) < 0.1 ? Precise.Log1p((2 * x[0] - 1) / (1 - x[0])) : Math.Log(x[0] / (1 - x[0]));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Logit"/>
        public static Node Logit(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Logit(), Origin.At(file, line), x);

        /// <summary>The same of x kept within <c>[margin, 1 - margin]</c>: finite, with slope 0 beyond.</summary>
        public static Node Logit(Node x, double margin, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Logit(Clamp(x, margin, 1 - margin));
        }
    }
}
