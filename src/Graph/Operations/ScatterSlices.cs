using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Slices of updates that meet those of a tensor along an axis,
    /// <c>y = x; y[a.., index[i..], b..] op= u[a.., i.., b..]</c>,
    /// in index order, so that duplicates give the same bits every time. A position outside is an error while running.
    /// </summary>
    /// <param name="Axis">The axis of the tensor that positions count along.</param>
    /// <param name="Mode">What an update does.</param>
    public sealed record ScatterSlices(int Axis, ScatterMode Mode) : Scatter(Mode)
    {
        /// <inheritdoc/>
        public override string Name => "scatter";

        /// <inheritdoc/>
        public override string Label => $"{base.Label} {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(3);
            Positions.Demand(x, Axis);
            return Infer(x, Positions.Gathered(x[0].Shape, x[1].Shape, Axis));
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            if (!x.IsMapped(1))
                return [Ops.Scatter(x.Full(0), x[1], x.Full(2), Axis + 1, Mode)];
            var updates = Positions.ToFront(x.Full(2), x.ShapeOf(1).Rank, Axis);
            var flat = Ops.Scatter(Positions.Flat(x.Full(0), Axis), Positions.IntoFlat(x, Axis), updates, 0, Mode);
            return [Positions.Unflat(flat, x.Extent, x.ShapeOf(0)[Axis], Axis)];
        }

        /// <inheritdoc/>
        public override ScatterLayout Layout(TensorType x, TensorType indices) =>
            new(Shape.Of(x.Shape.Take(Axis)).ElementCount, [x.Shape[Axis]],
            indices.Shape.ElementCount, Shape.Of(x.Shape.Skip(Axis + 1)).ElementCount, OwnIndices: false,
                IndexPerElement: false);

        /// <inheritdoc/>
        protected override Node Read(Node from, Node indices) => Ops.Gather(from, indices, Axis);

        /// <inheritdoc/>
        protected override Func<int, long> Targets(HostTensor x, HostTensor indices, HostTensor updates) =>
            Positions.Sources(this, x.Shape, indices, updates.Shape, Axis);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Adds slices of <paramref name="updates"/> to those of <paramref name="x"/> at positions along an axis: the
        /// adjoint of <see cref="Gather"/>.
        /// </summary>
        /// <param name="x">A tensor of numbers; itself unchanged.</param>
        /// <param name="indices">int32 or int64 of any shape, each from 0 to extent - 1; another value is an error
        /// while running.</param>
        /// <param name="updates">A tensor of shape <c>x.Shape[..axis]
        /// + indices.Shape + x.Shape[axis + 1..]</c>.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, indices are no integers, or the updates have another
        /// shape or type.</exception>
        public static Node ScatterAdd(Node x, Node indices, Node updates, int axis = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Scatter(x, indices, updates, axis, ScatterMode.Add, file, line);

        /// <summary>
        /// Lets slices of <paramref name="updates"/> meet those of <paramref name="x"/> at positions along an axis, in
        /// index order.
        /// </summary>
        /// <param name="x">Any tensor; itself unchanged.</param>
        /// <param name="indices">int32 or int64 of any shape, each from 0 to extent - 1; another value is an error
        /// while running.</param>
        /// <param name="updates">A tensor of shape <c>x.Shape[..axis]
        /// + indices.Shape + x.Shape[axis + 1..]</c>.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="mode">What an update does to the slice that it meets.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, indices are no integers, or the updates have another
        /// shape or type.</exception>
        public static Node Scatter(Node x, Node indices, Node updates, int axis = 0, ScatterMode mode = ScatterMode.Set,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new ScatterSlices(axis < 0 ? axis + x.Rank : axis, mode), Origin.At(file, line), x, indices,
                updates);
    }
}
