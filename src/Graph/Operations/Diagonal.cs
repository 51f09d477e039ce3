using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A diagonal of matrices in the last two axes, <c>y[.., i] = x[.., i + max(-k, 0), i + max(k, 0)]</c>. Its adjoint
    /// puts it into zeros.
    /// </summary>
    /// <param name="Offset">k: which diagonal; positive ones lie above the main one. One that lies outside is
    /// empty.</param>
    public sealed record Diagonal(long Offset) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override string Label => $"diagonal {Offset}";

        private long Down => Math.Max(-Offset, 0);

        private long Right => Math.Max(Offset, 0);

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            if (x[0].Rank < 2)
                throw x.Error($"{x[0].Shape} has {x[0].Rank} axes", "give a matrix, or matrices along leading axes");
            Dim rows = x[0].Shape[-2] - Down, columns = x[0].Shape[-1] - Right;
            if (!(rows - columns).TryConstant(out long surplus))
                throw x.Error($"{x[0].Shape[-2]} rows and {x[0].Shape[-1]} columns do not say which are fewer",
                    "cut the longer axis with Slice first");
            var length = surplus < 0 ? rows : columns;
            if (length.TryConstant(out long n))
                length = Math.Max(n, 0);
            x.RequireAtMost(0, length, $"diagonal {Offset} lies outside {x[0].Shape}", "choose one that lies inside");
            return [new(x[0].DType, Shape.Of([.. x[0].Shape.Take(x[0].Rank - 2), length]))];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this);

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            Value At(int axis) => place.Index(DType.Int64, axis);
            Value Moved(long by) => b.Add(At(result.Rank - 1), b.Constant(DType.Int64, by));
            return place.Load(0, [.. Enumerable.Range(0, result.Rank - 1).Select(At), Moved(Down), Moved(Right)]);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct,
                ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? new(Back(x[0], seed.Value), seed.Alive is { } alive ? Back(x[0], alive)
                : null) : null];

        private Node Back(Node x, Node v) => Ops.OnDiagonal(v, Offset, x.Shape[-2], x.Shape[-1]);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Node.Of(this, y[0].Apply.Origin, tangent) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            x.DType.Visit(new Elements.Copy(x, y, i => Elements.Coordinates(i, y.Shape) is [.. var batch, var d]
                ? Elements.Position([.. batch, d + Down, d + Right], x.Shape) : 0));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>A diagonal along two axes, as a new last axis.</summary>
        /// <param name="x">A tensor of at least two axes.</param>
        /// <param name="offset">Which diagonal: 0 the main one, positive ones above it. One that lies outside is
        /// empty.</param>
        /// <param name="axis1">The axis of the rows; negative ones count from the end.</param>
        /// <param name="axis2">The axis of the columns, another one.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There are no such two axes, or symbols do not say which is
        /// shorter.</exception>
        public static Node Diagonal(Node x, long offset = 0, int axis1 = -2, int axis2 = -1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            (axis1, axis2) = (AxisOf("diagonal", x, axis1, x.Rank, origin),
                AxisOf("diagonal", x, axis2, x.Rank, origin));
            if (axis1 == axis2)
                throw GraphException.For("diagonal", [x], origin, $"axis {axis1} is given twice", "name two axes");
            return Node.Of(new Diagonal(offset), origin, ToEnd(x, axis1, axis2));
        }

        /// <summary>The sum of a diagonal of the last two axes.</summary>
        /// <inheritdoc cref="Diagonal(Node, long, int, int, string, int)"/>
        public static Node Trace(Node x, long offset = 0, int axis1 = -2, int axis2 = -1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Sum(Diagonal(x, offset, axis1, axis2), [-1]);
        }

        /// <summary>
        /// Matrices that are zero but for one diagonal, which holds the last axis of <paramref name="x"/>; just large
        /// enough.
        /// </summary>
        /// <param name="x">A tensor of at least one axis.</param>
        /// <param name="offset">Which diagonal: 0 the main one, positive ones above it.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A tensor of shape <c>[.., n + |offset|, n + |offset|]</c>.</returns>
        /// <exception cref="GraphException"><paramref name="x"/> is a scalar.</exception>
        public static Node DiagonalEmbed(Node x, long offset = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            var n = x.Rank > 0 ? x.Shape[-1] + Math.Abs(offset)
                : throw GraphException.For("diagonal-embed", [x], Origin.At("", 0),
                    "a scalar has no axis to lay along a diagonal", "reshape it to [1]");
            return OnDiagonal(x, offset, n, n);
        }

        // Element i goes to row i + max(-k, 0): padded to all rows, repeated along them, and kept on the diagonal only.
        internal static Node OnDiagonal(Node x, long offset, Dim rows, Dim columns)
        {
            var (before, batch) = (Dim.Of(Math.Max(-offset, 0)), x.Shape.Take(x.Rank - 1).Select(_ => Dim.Zero));
            if (x.Shape[-1] == Dim.Zero)
                return BroadcastTo(Scalar(x.DType, 0), Shape.Of([.. x.Shape.Take(x.Rank - 1), rows, columns]));
            var column = ExpandDims(Pad(x, 0, Shape.Of([.. batch, before]),
                Shape.Of([.. batch, rows - x.Shape[-1] - before])), -1);
            var spread = BroadcastTo(column, Shape.Of([.. x.Shape.Take(x.Rank - 1), rows, columns]));
            return Where(OnDiagonals("diagonal", spread, offset, (j, i) => Equal(j, i)), spread, ZerosLike(spread));
        }

        private static Node ToEnd(Node x, params ReadOnlySpan<int> axes)
        {
            int[] last = axes.ToArray(), order = [.. Enumerable.Range(0, x.Rank).Except(last), .. last];
            return order.SequenceEqual(Enumerable.Range(0, x.Rank)) ? x : Transpose(x, Axes.Of(order));
        }
    }
}
