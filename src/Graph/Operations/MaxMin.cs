using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>The extreme element along axes. Ties share: each gets ct / (number of ties).</summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public abstract record Extreme(Axes Axes, bool KeepDims) : Reduction(Axes, KeepDims)
    {
        /// <summary>What any element beats: an infinity, which an integer type cuts to its smallest or largest value.</summary>
        protected abstract double Nothing { get; }

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number; of truth values ask Any or All");
            return x[0].DType;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Value> Identity(Body b, DType type) => [b.Constant(type, Nothing)];

        /// <inheritdoc/>
        protected override long ReferenceOfNothing(DType type) => type.Visit(new Least(Nothing));

        private readonly struct Least(double nothing) : IDTypeVisitor<long>
        {
            public long Visit<T>() where T : unmanaged => Bits.ToInt64(Bits.FromDouble<T>(nothing));
        }

        // x' = ct / ties where x = y, else 0: a select, so that a dead cotangent never meets what lies behind.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var attained = Attained(x[0], y[0]);
            var share = Spread(seed.Value / Ties(attained, y[0]), x[0]);
            return [new(Ops.Where(attained, share, Ops.ZerosLike(share)),
                seed.Alive is { } alive ? Ops.And(attained, Spread(alive, x[0])) : attained)];
        }

        // t_y = (sum of t over the ties) / ties.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null];
            var attained = Attained(x[0], y[0]);
            return [Ops.Sum(Ops.Where(attained, tangent, Ops.ZerosLike(tangent)), Axes, KeepDims) / Ties(attained, y[0])];
        }

        private Node Attained(Node x, Node y) => Ops.Equal(x, Spread(y, x));

        // At least 1: where y is NaN, or of nothing, no element equals it, and the slope is 0.
        private Node Ties(Node attained, Node y) => Ops.Maximum(Ops.Sum(Ops.Convert(attained, y.DType), Axes, KeepDims), 1);
    }

    /// <summary>
    /// The largest element along axes; NaN wins, and of nothing it is
    /// -∞ or the smallest integer. Ties share the derivative equally.
    /// </summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Max(Axes Axes, bool KeepDims) : Extreme(Axes, KeepDims)
    {
        /// <inheritdoc/>
        protected override double Nothing => double.NegativeInfinity;

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            [b.Max(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) =>
            [b.Max(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => x.Aggregate(Nothing, Math.Max);

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Max();
    }

    /// <summary>
    /// The smallest element along axes; NaN wins, and of nothing it is
    /// ∞ or the largest integer. Ties share the derivative equally.
    /// </summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Min(Axes Axes, bool KeepDims) : Extreme(Axes, KeepDims)
    {
        /// <inheritdoc/>
        protected override double Nothing => double.PositiveInfinity;

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            [b.Min(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) =>
            [b.Min(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => x.Aggregate(Nothing, Math.Min);

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Min();
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Max"/>
        public static Node Max(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Max(a, keepDims), Origin.At(file, line));

        /// <inheritdoc cref="Operations.Min"/>
        public static Node Min(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Min(a, keepDims), Origin.At(file, line));
    }
}
