using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Slices of updates that meet those of a tensor at tuples of positions,
    /// <c>y = x; y[b.., *index[b.., i..], c..] op= u[b.., i.., c..]</c>,
    /// in index order. A position outside is an error while running.
    /// </summary>
    /// <param name="BatchAxes">How many leading axes tensor and positions share: b.</param>
    /// <param name="Mode">What an update does.</param>
    public sealed record ScatterND(int BatchAxes, ScatterMode Mode) : Scatter(Mode)
    {
        /// <inheritdoc/>
        public override string Name => "scatter-nd";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(3);
            return Infer(x, Positions.DemandTuples(x, BatchAxes));
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { BatchAxes = BatchAxes + 1 });

        /// <inheritdoc/>
        public override ScatterLayout Layout(TensorType x, TensorType indices)
        {
            int tuple = (int)indices.Shape[-1].Constant;
            return new(Shape.Of(x.Shape.Take(BatchAxes)).ElementCount, [.. x.Shape.Skip(BatchAxes).Take(tuple)],
                Shape.Of(indices.Shape.Take(indices.Rank - 1).Skip(BatchAxes)).ElementCount,
                    Shape.Of(x.Shape.Skip(BatchAxes + tuple)).ElementCount,
                OwnIndices: true, IndexPerElement: false);
        }

        /// <inheritdoc/>
        protected override Node Read(Node from, Node indices) => Ops.GatherND(from, indices, BatchAxes);

        /// <inheritdoc/>
        protected override Func<int, long> Targets(HostTensor x, HostTensor indices, HostTensor updates) =>
            Positions.TupleSources(this, x.Shape, indices, updates.Shape, BatchAxes);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Lets slices of <paramref name="updates"/> meet those of <paramref name="x"/> at tuples of positions, in
        /// index order.
        /// </summary>
        /// <param name="x">Any tensor; itself unchanged.</param>
        /// <param name="indices">int32 or int64; the last axis, whose extent is a number, holds a position for each of
        /// as many axes of <paramref name="x"/>.</param>
        /// <param name="updates">A tensor of shape <c>indices.Shape[..^1] + x.Shape[(batchAxes + tuple)..]</c>.</param>
        /// <param name="mode">What an update does to the slice that it meets.</param>
        /// <param name="batchAxes">How many leading axes all three share.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Indices are no integers, or shapes or types do not fit.</exception>
        public static Node ScatterND(Node x, Node indices, Node updates, ScatterMode mode = ScatterMode.Set,
            int batchAxes = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new ScatterND(batchAxes, mode), Origin.At(file, line), x, indices, updates);
    }
}
