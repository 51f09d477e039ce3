using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Slices of data (operand 0) at tuples of positions along the last axis of operand 1 (int32 or int64),
    /// <c>y[b.., i.., c..] = x[b.., index[b.., i.., 0], index[b.., i.., 1], .., c..]</c>. A position outside is an
    /// error while running.
    /// </summary>
    /// <param name="BatchAxes">How many leading axes data and positions share: b.</param>
    public sealed record GatherND(int BatchAxes) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override string Name => "gather-nd";

        /// <inheritdoc/>
        public override string Label => BatchAxes == 0 ? Name : $"{Name} batch {BatchAxes}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            return [new(x[0].DType, Positions.DemandTuples(x, BatchAxes))];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { BatchAxes = BatchAxes + 1 });

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var (data, tuples) = (place.Operand(0), place.Operand(1));
            int size = (int)tuples.Shape[-1].Constant;
            Value At(int axis) => place.Index(DType.Int64, axis);
            Value Position(int k)
            {
                var raw = place.Load(1, [.. Enumerable.Range(0, tuples.Rank - 1).Select(At),
                    b.Constant(DType.Int64, k)]);
                return Positions.Checked(b, place, 1, b.Convert(raw, DType.Int64), data.Shape[BatchAxes + k],
                    $"index out of range on axis {BatchAxes + k}");
            }
            return place.Load(0, [.. Enumerable.Range(0, BatchAxes).Select(At),
                .. Enumerable.Range(0, size).Select(Position),
                .. Enumerable.Range(tuples.Rank - 1, data.Rank - BatchAxes - size).Select(At)]);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct,
                ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? Positions.Back(x[0], seed, (zeros, v) =>
                Ops.ScatterND(zeros, x[1], v, ScatterMode.Add, BatchAxes)) : null, null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.GatherND(tangent, x[1], BatchAxes) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            x.DType.Visit(new Elements.Copy(x, y, Positions.TupleSources(this, x.Shape, e.Inputs[1], y.Shape,
                BatchAxes)));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Slices of <paramref name="data"/> at tuples of positions:
        /// <c>y[b.., i.., c..] = x[b.., *index[b.., i..], c..]</c>.
        /// </summary>
        /// <param name="data">Any tensor.</param>
        /// <param name="indices">int32 or int64; the last axis, whose extent is a number, holds a position for each of
        /// as many axes of the data.</param>
        /// <param name="batchAxes">How many leading axes both share.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A tensor of shape <c>indices.Shape[..^1] + data.Shape[(batchAxes + tuple)..]</c>.</returns>
        /// <exception cref="GraphException">Indices are no integers, or their tuples do not fit the data.</exception>
        public static Node GatherND(Node data, Node indices, int batchAxes = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new GatherND(batchAxes), Origin.At(file, line), data, indices);
    }
}
