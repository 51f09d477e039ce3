using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Product over axes; of nothing, 1. Integers wrap. Derivatives
    /// are exact at every order, also where elements are zero.
    /// </summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Product(Axes Axes, bool KeepDims) : Reduction(Axes, KeepDims)
    {
        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number");
            return x[0].DType;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Value> Identity(Body b, DType type) => [b.Constant(type, 1)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            [b.Multiply(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) =>
            [b.Multiply(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => x.Aggregate(1.0, (a, b) => a * b);

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Aggregate(1L, (a, b) => unchecked(a * b));

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var value = Spread(seed.Value, x[0]) * Others(x[0], [.. Axes]);
            if (seed.Alive is null)
                return [new(value)];
            var alive = Spread(seed.Alive, x[0]);
            return [new(Ops.Where(alive, value, Ops.ZerosLike(value)), alive)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Sum(tangent * Others(x[0], [.. Axes]), Axes, KeepDims) : null];

        // dy/dx[i], the product of all other elements; y / x[i] would not do where x[i] is zero. Along several axes: the
        // others on the same line of the last axis, times all other lines.
        private static Node Others(Node x, ReadOnlySpan<int> axes)
        {
            int last = axes[^1];
            var line = x.Shape[last].IsConstant ? OnLine(x, last) : OnSymbolicLine(x, last);
            return axes.Length == 1 ? line
                : line * Ops.BroadcastTo(Others(Ops.Product(x, [last], keepDims: true), axes[..^1]), x.Shape);
        }

        // Halves a and b of a line meet in pairs; where e are the products of all other pairs, the others of a are e b, and
        // those of b are e a. Linear work in log n steps.
        private static Node OnLine(Node x, int axis)
        {
            long n = x.Shape[axis].Constant, half = (n + 1) / 2;
            if (n <= 1)
                return Ops.OnesLike(x);
            Node a = Ops.Slice(x, axis, 0, half), b = Ops.Slice(x, axis, half, n);
            if (n < 2 * half)
                b = Ops.Concat([b, Ops.OnesLike(Ops.Slice(x, axis, 0, 1))], axis);
            var e = OnLine(a * b, axis);
            return Ops.Concat([e * b, Ops.Slice(e * a, axis, 0, n - half)], axis);
        }

        // Of as many elements as a call says: a product per element, with 1 in its own place. Quadratic work.
        private static Node OnSymbolicLine(Node x, int axis)
        {
            var lines = Ops.ExpandDims(x, axis);
            var square = lines.Shape.With(axis, x.Shape[axis]);
            var own = Ops.Equal(Ops.Iota(square, axis, DType.Int64), Ops.Iota(square, axis + 1, DType.Int64));
            return Ops.Product(Ops.Where(own, Ops.Scalar(x.DType, 1), lines), [axis + 1]);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Product"/>
        public static Node Product(Node x, Axes? axes = null, bool keepDims = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Product(a, keepDims), Origin.At(file, line));
    }
}
