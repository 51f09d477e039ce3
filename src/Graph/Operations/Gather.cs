using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Slices of data (operand 0) at positions that are data (operand 1, int32 or int64),
    /// <c>y[a.., i.., b..] = x[a.., index[i..], b..]</c>. A position outside 0 to extent
    /// - 1 is an error while running. The adjoint adds slices up where they came from.
    /// </summary>
    /// <param name="Axis">The axis of the data that positions count along; the axes of the indices take its place.</param>
    public sealed record Gather(int Axis) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override string Label => $"gather {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            Positions.Demand(x, Axis);
            return [new(x[0].DType, Positions.Gathered(x[0].Shape, x[1].Shape, Axis))];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var (data, indices) = (place.Operand(0), place.Operand(1));
            Value At(int axis) => place.Index(DType.Int64, axis);
            var index = place.Load(1, [.. Enumerable.Range(Axis, indices.Rank).Select(At)]);
            var inside = Positions.Checked(
                b, place, 1, b.Convert(index, DType.Int64), data.Shape[Axis], $"index out of range on axis {Axis}");
            return place.Load(0, [.. Enumerable.Range(0, Axis).Select(At), inside,
                .. Enumerable.Range(Axis + indices.Rank, data.Rank - Axis - 1).Select(At)]);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            if (!x.IsMapped(1))
                return [Ops.Gather(x[0], x[1], Axis + 1)];
            if (!x.IsMapped(0))
                return [Batching.Move(Ops.Gather(x[0], x[1], Axis), Axis, 0)];
            return [Positions.FromFront(Ops.Gather(Positions.Flat(x[0], Axis), Positions.IntoFlat(x, Axis), 0), x.ShapeOf(1).Rank, Axis)];
        }

        // The adjoint of reading is adding: elements read twice get both cotangents, elements never read get 0.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Positions.Back(x[0], seed, (zeros, v) => Ops.ScatterAdd(zeros, x[1], v, Axis)) : null, null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.Gather(tangent, x[1], Axis) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            var from = Positions.Sources(this, x.Shape, e.Inputs[1], y.Shape, Axis);
            x.DType.Visit(new Elements.Copy(x, y, i => from(i)));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Slices of <paramref name="data"/> at positions along an axis: rows of a table, embeddings.</summary>
        /// <param name="data">Any tensor.</param>
        /// <param name="indices">int32 or int64 of any shape, each from 0 to extent - 1; another value is an error while running.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A tensor of shape <c>data.Shape[..axis] + indices.Shape + data.Shape[axis + 1..]</c>.</returns>
        /// <exception cref="GraphException">There is no such axis, or indices are no integers.</exception>
        public static Node Gather(Node data, Node indices, int axis = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Gather(axis < 0 ? axis + data.Rank : axis), Origin.At(file, line), data, indices);
    }
}
