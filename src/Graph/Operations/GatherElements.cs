using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// An element for each position, along one axis (operand 0: data, operand 1: int32 or
    /// int64 positions of the same rank), <c>y[a, i, b] = x[a, index[a, i, b], b]</c>. The
    /// positions may cover a corner of the other axes. One outside is an error while running.
    /// </summary>
    /// <param name="Axis">The axis of the data that positions count along.</param>
    public sealed record GatherElements(int Axis) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override string Label => $"gather-elements {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            Positions.Demand(x, Axis);
            Positions.DemandCorner(x, Axis);
            return [new(x[0].DType, x[1].Shape)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axis = Axis + 1 });

        /// <inheritdoc/>
        public override bool IsAligned(int input) => input == 1;

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var position = b.Convert(place.Element(1), DType.Int64);
            var inside = Positions.Checked(b, place, 1, position, place.Operand(0).Shape[Axis],
                $"index out of range on axis {Axis}");
            return place.Load(0, [.. Enumerable.Range(0, result.Rank).Select(a => a == Axis ? inside
                : place.Index(DType.Int64, a))]);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct,
                ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Positions.Back(x[0], seed, (zeros, v) =>
                Ops.ScatterElements(zeros, x[1], v, Axis, ScatterMode.Add)) : null, null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.GatherElements(tangent, x[1], Axis) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            x.DType.Visit(new Elements.Copy(x, y, Positions.ElementSources(this, x.Shape, e.Inputs[1], Axis)));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// An element for each position along an axis: <c>y[a, i, b] = x[a, index[a, i, b], b]</c>, as NumPy's
        /// take_along_axis.
        /// </summary>
        /// <param name="data">Any tensor.</param>
        /// <param name="indices">int32 or int64 of as many axes, none but <paramref name="axis"/> longer than the
        /// data's; each from 0 to extent - 1.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A tensor of the shape of <paramref name="indices"/>.</returns>
        /// <exception cref="GraphException">There is no such axis, indices are no integers, or their shape does not
        /// fit.</exception>
        public static Node GatherElements(Node data, Node indices, int axis,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new GatherElements(axis < 0 ? axis + data.Rank : axis), Origin.At(file, line), data, indices);

        /// <summary>
        /// The first <c>lengths[b]</c> elements of each row in reverse order, the others where they are:
        /// <c>y[t, b] = x[t &lt; n ? n - 1 - t : t, b], n = lengths[b]</c>.
        /// </summary>
        /// <param name="x">A tensor with a time axis and a batch axis.</param>
        /// <param name="lengths">int32 or int64, one per row of the batch, from 0 to the extent of the time
        /// axis.</param>
        /// <param name="timeAxis">The axis along which elements change places.</param>
        /// <param name="batchAxis">The axis of the rows.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There are no such two axes, or the lengths are no vector of
        /// integers.</exception>
        public static Node ReverseSequence(Node x, Node lengths, int timeAxis = 0, int batchAxis = 1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            (timeAxis, batchAxis) = (AxisOf("reverse-sequence", x, timeAxis, x.Rank, origin),
                AxisOf("reverse-sequence", x, batchAxis, x.Rank, origin));
            if (timeAxis == batchAxis || lengths.Rank != 1 || !lengths.DType.IsInteger)
                throw GraphException.For("reverse-sequence", [x, lengths], origin,
                    $"time axis {timeAxis}, batch axis {batchAxis}, lengths {lengths.Type}",
                    "name two axes, and give a vector of int32 or int64 with one length per row");
            var time = Iota(x.Shape, timeAxis, lengths.DType);
            var length = BroadcastTo(Reshape(lengths, Shape.Of(x.Shape.Select((_, a) => a == batchAxis
                ? lengths.Shape[0] : 1))), x.Shape);
            return GatherElements(x, Where(time < length, length - 1 - time, time), timeAxis);
        }
    }
}
