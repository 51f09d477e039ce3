using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// The windows that slide along an axis, <c>y[.., o, .., k] = x[.., stride * o + dilation *
    /// k, ..]</c>: the axis counts windows, a new last axis runs along each. Nothing is copied,
    /// elements of overlapping windows are the same memory. Its adjoint is <see cref="Fold"/>.
    /// </summary>
    /// <param name="Axis">The axis that windows slide along.</param>
    /// <param name="Size">Elements per window.</param>
    /// <param name="Stride">Positions from one window to the next.</param>
    /// <param name="Dilation">Positions from one element of a window to the next.</param>
    public sealed record Windows(int Axis, int Size, int Stride, int Dilation) : View
    {
        /// <inheritdoc/>
        public override string Label =>
            $"windows {Axis} of {Size}{(Stride == 1 ? "" : $" by {Stride}")}{(Dilation == 1 ? "" : $" dilated {Dilation}")}";

        /// <summary>Positions from the first to the last element of a window, both counted.</summary>
        public long Reach => (Size - 1L) * Dilation + 1;

        /// <summary>How many windows fit into an axis of this extent.</summary>
        public Dim Count(Dim extent) => Dim.FloorDivide(extent - Reach, Stride) + 1;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.Axis(Axis, x[0].Rank);
            if (Size < 1 || Stride < 1 || Dilation < 1)
                throw x.Error($"size {Size}, stride {Stride} and dilation {Dilation} are not all positive", "use 1 or more");
            x.RequireAtMost(Reach, x[0].Shape[Axis],
                $"a window reaches over {Reach} positions, axis {Axis} has {x[0].Shape[Axis]}", "pad the axis, or use a smaller window");
            return [new(x[0].DType, [.. x[0].Shape.With(Axis, Count(x[0].Shape[Axis])), Size])];
        }

        /// <inheritdoc/>
        public override IndexMap Map(TensorType operand, TensorType result) => new(
            [.. Enumerable.Range(0, operand.Rank), Axis],
            [.. Enumerable.Range(0, operand.Rank).Select(a => a == Axis ? (long)Stride : 1), Dilation],
            [.. Enumerable.Repeat(Dim.Zero, operand.Rank)]);

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axis = Axis + 1 });

        /// <inheritdoc/>
        protected override Node Transposed(Node x, Node ct) => Ops.Fold(ct, Axis, x.Shape[Axis], Stride, Dilation);

        // An element is alive where it is in any window: counted, since predicates do not add up.
        /// <inheritdoc/>
        protected override Node? TransposedAlive(Node x, Node alive) => Transposed(x, Ops.Convert(alive, DType.Int32)) > 0;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Windows sliding along an axis, <c>y[.., o, .., k] = x[..,
        /// stride * o + dilation * k, ..]</c>: a view, nothing is copied.
        /// </summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="axis">The axis that windows slide along, which then counts them; a negative one counts from the end.</param>
        /// <param name="size">Elements per window: extent of the new last axis.</param>
        /// <param name="stride">Positions from one window to the next.</param>
        /// <param name="dilation">Positions from one element of a window to the next.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, it is shorter than a window, or a number is not positive.</exception>
        public static Node Windows(Node x, int axis, int size, int stride = 1, int dilation = 1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Windows(axis < 0 ? axis + x.Rank : axis, size, stride, dilation), Origin.At(file, line), x);
    }
}
