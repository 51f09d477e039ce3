using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Updates that meet elements of a tensor along an axis, <c>y = x; y[a, index[a, i, b], b] op= u[a, i, b]</c>,
    /// in index order. A position outside is an error while running.
    /// </summary>
    /// <param name="Axis">The axis of the tensor that positions count along; positions and tensor agree on all
    /// others.</param>
    /// <param name="Mode">What an update does.</param>
    public sealed record ScatterElements(int Axis, ScatterMode Mode) : Scatter(Mode)
    {
        /// <inheritdoc/>
        public override string Label => $"{base.Label} {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(3);
            Positions.Demand(x, Axis);
            if (x[1].Rank != x[0].Rank)
                throw x.Error($"positions have {x[1].Rank} axes, x[0] has {x[0].Rank}",
                    "give positions of as many axes");
            for (int a = 0; a < x[0].Rank; a++)
                if (a != Axis)
                    x.Require(x[0].Shape[a], x[1].Shape[a], $"positions have {x[1].Shape[a]} on axis {a}, x[0] has {x[0].Shape[a]}",
                        "Ops.ScatterElements takes smaller ones too");
            return Infer(x, x[1].Shape);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axis = Axis + 1 });

        /// <inheritdoc/>
        public override ScatterLayout Layout(TensorType x, TensorType indices) =>
            new(Shape.Of(x.Shape.Take(Axis)).ElementCount, [x.Shape[Axis]],
            indices.Shape[Axis], Shape.Of(x.Shape.Skip(Axis + 1)).ElementCount, OwnIndices: true,
                IndexPerElement: true);

        /// <inheritdoc/>
        protected override Node Read(Node from, Node indices) => Ops.GatherElements(from, indices, Axis);

        /// <inheritdoc/>
        protected override Func<int, long> Targets(HostTensor x, HostTensor indices, HostTensor updates) =>
            Positions.ElementSources(this, x.Shape, indices, Axis);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Lets updates meet elements of <paramref name="x"/> along an axis, in index order:
        /// <c>y = x; y[a, index[a, i, b], b] op= u[a, i, b]</c>.
        /// </summary>
        /// <param name="x">Any tensor; itself unchanged.</param>
        /// <param name="indices">int32 or int64 of as many axes, none but <paramref name="axis"/> longer than those of
        /// <paramref name="x"/>; each from 0 to extent - 1.</param>
        /// <param name="updates">A tensor of the shape of <paramref name="indices"/>.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="mode">What an update does to the element that it meets.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, indices are no integers, or shapes or types do not
        /// fit.</exception>
        public static Node ScatterElements(Node x, Node indices, Node updates, int axis = 0,
            ScatterMode mode = ScatterMode.Set,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            var op = new ScatterElements(axis < 0 ? axis + x.Rank : axis, mode);
            if (indices.Rank != x.Rank || op.Axis < 0 || op.Axis >= x.Rank)
                return Node.Of(op, origin, x, indices, updates);
            var corner = indices.Shape.With(op.Axis, x.Shape[op.Axis]);
            Shape zeros = Shape.Of(corner.Select(_ => Dim.Zero));
            return corner == x.Shape ? Node.Of(op, origin, x, indices, updates)
                : InCorner(x, Node.Of(op, origin, Slice(x, zeros, corner), indices, updates));
        }

        // x with its corner replaced: chosen by coordinates.
        private static Node InCorner(Node x, Node corner)
        {
            var (low, high) = (Shape.Of(x.Shape.Select(_ => Dim.Zero)),
                Shape.Of(x.Shape.Zip(corner.Shape, (n, m) => n - m)));
            var inside = Pad(BroadcastTo(Scalar(DType.Bool, 1), corner.Shape), 0.0, low, high);
            return Where(inside, Pad(corner, 0.0, low, high), x);
        }
    }
}
