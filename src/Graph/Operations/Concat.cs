using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Tensors one after the other along an axis. Each operand's cotangent is its slice.</summary>
    /// <param name="Axis">The axis along which they follow each other; all other axes are equal.</param>
    public sealed record Concat(int Axis) : Assembly
    {
        /// <inheritdoc/>
        public override string Label => $"concat {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            if (x.Count == 0 || Axis < 0 || Axis >= x[0].Rank)
                throw x.Error(x.Count == 0 ? "there is nothing to put together"
                    : $"there is no axis {Axis} in {x[0].Rank} axes", "give tensors that have the axis");
            for (int i = 1; i < x.Count; i++)
                Demand(x, i);
            return [new(x[0].DType, x[0].Shape.With(Axis, x.Inputs.Aggregate(Dim.Zero, (n, operand) => n + operand.Shape[Axis])))];
        }

        private void Demand(Inference x, int i)
        {
            x.RequireSameDType(0, i);
            if (x[i].Rank != x[0].Rank)
                throw x.Error($"ranks differ: x[0] has {x[0].Rank} axes, x[{i}] has {x[i].Rank}", "reshape one, or Stack along a new axis");
            for (int a = 0; a < x[0].Rank; a++)
                if (a != Axis)
                    x.Require(x[0].Shape[a], x[i].Shape[a], $"x[0] and x[{i}] differ on axis {a}: {x[0].Shape[a]} against {x[i].Shape[a]}",
                        "only the axis of concatenation may differ");
        }

        /// <inheritdoc/>
        public override ImmutableArray<Placement> Place(ImmutableArray<TensorType> operands, TensorType result)
        {
            var places = ImmutableArray.CreateBuilder<Placement>(operands.Length);
            var offset = Dim.Zero;
            for (int i = 0; i < operands.Length; offset += operands[i++].Shape[Axis])
                places.Add(new(i, Start(result.Rank, offset).Extents, [.. Enumerable.Repeat(1L, result.Rank)]));
            return places.MoveToImmutable();
        }

        private Shape Start(int rank, Dim offset) => Shape.Of(Enumerable.Range(0, rank).Select(a => a == Axis ? offset : Dim.Zero));

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(new Concat(Axis + 1));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Tensors one after the other along an axis; a negative one counts from the end. One alone is itself.</summary>
        /// <exception cref="GraphException">There are none, or they differ in type, rank or another axis.</exception>
        public static Node Concat(ReadOnlySpan<Node> x, int axis = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var op = new Concat(x.Length > 0 && axis < 0 ? axis + x[0].Rank : axis);
            return x.Length == 1 && op.Axis >= 0 && op.Axis < x[0].Rank ? x[0] : Node.Of(op, Origin.At(file, line), x);
        }

        /// <summary>Tensors of one shape along a new axis, at position <paramref name="axis"/> of the result.</summary>
        /// <exception cref="GraphException">There are none, or their types differ.</exception>
        public static Node Stack(ReadOnlySpan<Node> x, int axis = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            var parts = new Node[x.Length];
            for (int i = 0; i < x.Length; i++)
                parts[i] = ExpandDims(x[i], axis);
            return Concat(parts, axis);
        }

        /// <summary>Consecutive pieces along an axis, of the given lengths: views, nothing is copied.</summary>
        /// <exception cref="GraphException">There is no such axis, or the lengths do not add up to its extent.</exception>
        public static Node[] Split(Node x, Shape lengths, int axis = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            axis = AxisOf(new Slice([], [], []), x, axis, x.Rank, origin);
            var total = lengths.Aggregate(Dim.Zero, (n, d) => n + d);
            if (total != x.Shape[axis])
                throw GraphException.For(new Slice([], [], []), [x], origin,
                    $"pieces of {lengths} add up to {total}, axis {axis} has {x.Shape[axis]}", "give lengths that add up");
            var pieces = new Node[lengths.Rank];
            var start = Dim.Zero;
            for (int i = 0; i < pieces.Length; start += lengths[i++])
                pieces[i] = Slice(x, Shape.Of(x.Shape.Select((_, a) => a == axis ? start : 0)),
                    x.Shape.With(axis, lengths[i]), null, file, line);
            return pieces;
        }

        /// <summary>Pieces of equal length along an axis; their number must divide its extent.</summary>
        /// <exception cref="GraphException">There is no such axis, or it is not known to be divisible.</exception>
        public static Node[] Split(Node x, int parts, int axis = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            int along = AxisOf(new Slice([], [], []), x, axis, x.Rank, Origin.At(file, line));
            return Split(x, Shape.Of(Enumerable.Repeat(Dim.FloorDivide(x.Shape[along], parts), parts)), along, file, line);
        }
    }
}
