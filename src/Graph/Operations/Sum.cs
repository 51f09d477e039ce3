using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Sum over axes; of nothing, 0. Floats add up in their own type over many lanes and blocks; integers wrap.</summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Sum(Axes Axes, bool KeepDims) : Reduction(Axes, KeepDims)
    {
        /// <inheritdoc/>
        public override ImmutableArray<Value> Identity(Body b, DType type) => [b.Constant(type, 0)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            [b.Add(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) =>
            [b.Add(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => x.Sum();

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Aggregate(0L, (a, b) => unchecked(a + b));

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? new(Spread(seed.Value, x[0]), seed.Alive is { } alive ? Spread(alive, x[0]) : null) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Again(tangent) : null];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Sum"/>
        /// <param name="x">A tensor of numbers.</param>
        /// <param name="axes">Axes to sum over, negative ones counting from the end; all by default.</param>
        /// <param name="keepDims">Whether summed axes stay with extent 1.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node Sum(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Sum(a, keepDims), Origin.At(file, line));

        /// <summary>Applies a reduction over axes that may count from the end; over no axes, the operand itself.</summary>
        internal static Node Reduce(Node x, Axes? axes, Func<Axes, Reduction> op, Origin origin)
        {
            int rank = x.Rank;
            Axes sorted = axes is null ? Axes.All(rank) : Axes.Of([.. axes.Select(a => a < 0 ? a + rank : a).Distinct().Order()]);
            return sorted.Count == 0 && op(sorted).Merges ? x : Node.Of(op(sorted), origin, x);
        }
    }
}
