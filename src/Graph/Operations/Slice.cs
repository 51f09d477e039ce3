using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A box of elements, <c>y[i] = x[start + step * i]</c> on every
    /// axis. Its adjoint pads with zeros, also between elements.
    /// </summary>
    /// <param name="Starts">Per axis: the position of the first element.</param>
    /// <param name="Lengths">The result's shape.</param>
    /// <param name="Steps">Per axis: positions from one element to the next; negative walks backward, never 0.</param>
    public sealed record Slice(Shape Starts, Shape Lengths, Axes Steps) : View
    {
        /// <inheritdoc/>
        public override string Label => $"slice {Starts} + {Steps} * {Lengths}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            int rank = x[0].Rank;
            if (Starts.Rank != rank || Lengths.Rank != rank || Steps.Count != rank)
                throw x.Error($"{x[0].Shape} has {rank} axes, but there are {Starts.Rank} starts, {Lengths.Rank} lengths and {Steps.Count} steps", "give one per axis");
            for (int a = 0; a < rank; a++)
                Demand(x, a);
            return [new(x[0].DType, Lengths)];
        }

        // Start and last position lie inside; written so that it also holds for what nothing is taken of.
        private void Demand(Inference x, int a)
        {
            if (Steps[a] == 0)
                throw x.Error($"the step on axis {a} is 0", "use a positive or negative step");
            var extent = x[0].Shape[a];
            var last = Starts[a] + (Lengths[a] - 1) * Steps[a];
            var (low, high) = Steps[a] > 0 ? (Starts[a], last) : (last, Starts[a]);
            x.RequireAtMost(0, Lengths[a], $"the length on axis {a} is negative", "start before the stop");
            x.RequireAtMost(0, low, $"axis {a} is left at its beginning", "start at 0 or later");
            x.RequireAtMost(high + 1, extent, $"axis {a} is left at its end", $"stop at {extent} or before");
        }

        /// <inheritdoc/>
        public override IndexMap Map(TensorType operand, TensorType result) =>
            new([.. Enumerable.Range(0, operand.Rank)], [.. Steps.Select(s => (long)s)], Starts.Extents);

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) =>
            x.Apply(new Slice([Dim.Zero, .. Starts], [x.Extent, .. Lengths], [1, .. Steps]));

        /// <inheritdoc/>
        protected override Node Transposed(Node x, Node ct)
        {
            if (Lengths.Contains(Dim.Zero))
                return Ops.BroadcastTo(Ops.Scalar(ct.DType, 0), x.Shape);
            var axes = Enumerable.Range(0, x.Rank).ToArray();
            Dim Lowest(int a) => Steps[a] > 0 ? Starts[a] : Starts[a] + (Lengths[a] - 1) * Steps[a];
            Dim Highest(int a) => Steps[a] < 0 ? Starts[a] : Starts[a] + (Lengths[a] - 1) * Steps[a];
            return Ops.Pad(Ops.Flip(ct, [.. axes.Where(a => Steps[a] < 0)]), 0,
                Shape.Of(axes.Select(Lowest)), Shape.Of(axes.Select(a => x.Shape[a] - Highest(a) - 1)),
                [.. axes.Select(a => Math.Abs(Steps[a]) - 1)]);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>A box of elements, <c>y[i] = x[start + step * i]</c> on every axis: a view, nothing is copied.</summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="starts">Per axis: the position of the first element.</param>
        /// <param name="lengths">The result's shape.</param>
        /// <param name="steps">Per axis: positions from one element to the next, negative to walk backward; 1 by default.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">The box leaves the tensor.</exception>
        public static Node Slice(Node x, Shape starts, Shape lengths, Axes? steps = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            steps ??= [.. Enumerable.Repeat(1, x.Rank)];
            return starts.All(s => s == Dim.Zero) && lengths == x.Shape && steps.All(s => s == 1) ? x
                : Node.Of(new Slice(starts, lengths, steps), Origin.At(file, line), x);
        }

        /// <summary>Elements from <paramref name="start"/> up to, not including, <paramref name="stop"/> along one axis.</summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="start">Where to begin; negative numbers count from the end;
        /// by default at the beginning (with a negative step at the end).</param>
        /// <param name="stop">Where to stop, likewise; by default past the last element in walking direction.</param>
        /// <param name="step">Positions from one element to the next, not 0.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or its positions are left.</exception>
        public static Node Slice(Node x, int axis, Dim? start = null, Dim? stop = null, int step = 1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            axis = AxisOf(new Slice([], [], []), x, axis, x.Rank, Origin.At(file, line));
            var extent = x.Shape[axis];
            var first = FromEnd(start, extent) ?? (step > 0 ? Dim.Zero : extent - 1);
            var end = FromEnd(stop, extent) ?? (step > 0 ? extent : -1);
            var length = step == 0 ? extent : Dim.FloorDivide(end - first + (step - Math.Sign(step)), step);
            return Slice(x, Shape.Of(x.Shape.Select((_, a) => a == axis ? first : 0)), x.Shape.With(axis, length),
                [.. x.Shape.Select((_, a) => a == axis ? step : 1)], file, line);
        }

        /// <summary>Elements in reverse order along axes; all of them by default.</summary>
        /// <exception cref="GraphException">There is no such axis.</exception>
        public static Node Flip(Node x, Axes? axes = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            Axes flipped = axes is null ? Axes.All(x.Rank)
                : [.. axes.Select(a => AxisOf(new Slice([], [], []), x, a, x.Rank, Origin.At(file, line)))];
            return Slice(x, Shape.Of(x.Shape.Select((d, a) => flipped.Contains(a) ? d - 1 : 0)), x.Shape,
                [.. Enumerable.Range(0, x.Rank).Select(a => flipped.Contains(a) ? -1 : 1)], file, line);
        }

        private static Dim? FromEnd(Dim? position, Dim extent) =>
            position is not null && position.TryConstant(out long p) && p < 0 ? extent + p : position;

        private static int AxisOf(Op op, Node x, int axis, int rank, Origin origin) => AxisOf(op.Name, x, axis, rank, origin);

        // An axis that may count from the end of so many, as a non-negative number.
        internal static int AxisOf(string name, Node x, int axis, int rank, Origin origin) =>
            axis >= -rank && axis < rank ? (axis < 0 ? axis + rank : axis)
            : throw GraphException.For(name, [x], origin, $"there is no axis {axis} in {rank} axes",
                rank == 0 ? "give it at least one axis" : $"use {-rank} to {rank - 1}");
    }
}
