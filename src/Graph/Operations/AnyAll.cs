using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Whether any element along the axes is true; of nothing, false.</summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Any(Axes Axes, bool KeepDims) : Reduction(Axes, KeepDims)
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d == DType.Bool, "bool");
            return DType.Bool;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Value> Identity(Body b, DType type) => [b.Constant(DType.Bool, 0)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            [b.Or(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) =>
            [b.Or(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => throw new NotSupportedException("any takes bool only.");

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Any(v => v != 0) ? 1 : 0;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Any"/>
        public static Node Any(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Any(a, keepDims), Origin.At(file, line));

        /// <summary>Whether every element along the axes is true; of nothing, true: <c>not any(not x)</c>.</summary>
        /// <exception cref="GraphException">The elements are not bool, or an axis does not exist.</exception>
        public static Node All(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Not(Any(Not(x), axes, keepDims));
        }
    }
}
