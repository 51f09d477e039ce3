using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A box of elements whose place is data, <c>y[i] = x[start + i]</c>: operand 1 holds an int32 or int64 start per
    /// axis. A box that leaves the tensor is an error while running.
    /// </summary>
    /// <param name="Lengths">Extents of the box.</param>
    /// <param name="BatchAxes">How many leading axes number boxes of their own: starts have them too.</param>
    public sealed record DynamicSlice(Shape Lengths, int BatchAxes = 0) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override string Label => $"dynamic-slice {Lengths}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            Positions.DemandBox(x, 1, Lengths, BatchAxes);
            return [new(x[0].DType, [.. x[0].Shape.Take(BatchAxes), .. Lengths])];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { BatchAxes = BatchAxes + 1 });

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            Value At(int axis) => place.Index(DType.Int64, axis);
            Value Inside(int axis)
            {
                var room = place.Operand(0).Shape[axis] - result.Shape[axis];
                return b.Add(Positions.Start(b, place, 1, axis, room, BatchAxes), At(axis));
            }
            return place.Load(0, [.. Enumerable.Range(0, result.Rank).Select(a => a < BatchAxes ? At(a) : Inside(a))]);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct,
                ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed ? new(Back(x, seed.Value), seed.Alive is { } alive ? Back(x, alive) : null)
                : null, null];

        private Node Back(ImmutableArray<Node> x, Node v) =>
            Node.Of(new DynamicUpdateSlice(BatchAxes), v.Apply.Origin,
                Ops.BroadcastTo(Ops.Scalar(v.DType, 0), x[0].Shape), v, x[1]);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Node.Of(this, y[0].Apply.Origin, tangent, x[1]) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            var moved = Positions.Boxes(this, e.Inputs[1], x.Shape, y.Shape, BatchAxes);
            x.DType.Visit(new Elements.Copy(x, y, i => moved(i)));
            return [y];
        }
    }

    /// <summary>
    /// A tensor (operand 0) with a box of it replaced (operand 1) whose place is data: operand 2 holds
    /// an int32 or int64 start per axis. A box that leaves the tensor is an error while running.
    /// </summary>
    /// <param name="BatchAxes">How many leading axes number boxes of their own: starts have them too.</param>
    public sealed record DynamicUpdateSlice(int BatchAxes = 0) : Generator
    {
        /// <inheritdoc/>
        public override bool Copies => true;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(3);
            x.RequireSameDType(0, 1);
            if (x[1].Rank != x[0].Rank)
                throw x.Error($"the update has {x[1].Rank} axes, x[0] has {x[0].Rank}",
                    "give an update of as many axes");
            for (int a = 0; a < BatchAxes; a++)
                x.Require(x[1].Shape[a], x[0].Shape[a], $"axis {a} has {x[1].Shape[a]} against {x[0].Shape[a]}",
                    "leading axes are shared");
            Positions.DemandBox(x, 2, Shape.Of(x[1].Shape.Skip(BatchAxes)), BatchAxes);
            return [x[0]];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { BatchAxes = BatchAxes + 1 });

        /// <inheritdoc/>
        public override bool IsAligned(int input) => input == 0;

        // Inside the box the update, whose coordinates are cut to it elsewhere so that loads stay inside. An empty box holds
        // none.
        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var (update, inside, at) = (place.Operand(1), b.Constant(DType.Bool, 1), new Value[result.Rank]);
            for (int a = 0; a < BatchAxes; a++)
                at[a] = place.Index(DType.Int64, a);
            for (int a = BatchAxes; a < at.Length; a++)
            {
                var (length, zero) = (place.Extent(DType.Int64, update.Shape[a]), b.Constant(DType.Int64, 0));
                var start = Positions.Start(b, place, 2, a, result.Shape[a] - update.Shape[a], BatchAxes);
                at[a] = b.Subtract(place.Index(DType.Int64, a), start);
                inside = b.And(inside, b.And(b.LessOrEqual(zero, at[a]), b.Less(at[a], length)));
            }
            if (update.Shape.Contains(Dim.Zero))
                return place.Element(0);
            at = [.. at.Select((p, a) => a < BatchAxes ? p : b.Select(inside, p, b.Zero(p)))];
            return b.Select(inside, place.Load(1, at), place.Element(0));
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null, null];
            Node Outside(Node v) => Node.Of(this, v.Apply.Origin, v,
                Ops.BroadcastTo(Ops.Scalar(v.DType, 0), x[1].Shape), x[2]);
            Node Inside(Node v) => Node.Of(new DynamicSlice(Shape.Of(x[1].Shape.Skip(BatchAxes)), BatchAxes),
                v.Apply.Origin, v, x[2]);
            return
            [
                needed[0] ? new(Outside(seed.Value), seed.Alive is { } a ? Outside(a) : null) : null,
                needed[1] ? new(Inside(seed.Value), seed.Alive is { } b ? Inside(b) : null) : null,
                null,
            ];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Node?> t) =>
            [t[0] is null && t[1] is null ? null : Node.Of(this, y[0].Apply.Origin, t[0] ?? Ops.ZerosLike(x[0]),
                t[1] ?? Ops.ZerosLike(x[1]), x[2])];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, u, y) = (e.Inputs[0], e.Inputs[1], e.Allocate());
            var moved = Positions.Boxes(this, e.Inputs[2], x.Shape, u.Shape, BatchAxes);
            x.DType.Visit(new Elements.Copy(x, y, i => i));
            x.DType.Visit(new Elements.Place(u, y, i => moved(i)));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>A box of elements whose place is data: <c>y[i] = x[starts + i]</c>.</summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="starts">A vector of int32 or int64, one per axis, from 0 to extent - length; another value is
        /// an error while running.</param>
        /// <param name="lengths">The result's shape.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is not one start and one length per axis, or a length exceeds its
        /// axis.</exception>
        public static Node DynamicSlice(Node x, Node starts, Shape lengths,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new DynamicSlice(lengths), Origin.At(file, line), x, starts);

        /// <summary>
        /// <paramref name="x"/> with a box replaced whose place is data: <c>y = x; y[starts + i] = update[i]</c>.
        /// </summary>
        /// <param name="x">Any tensor; itself unchanged.</param>
        /// <param name="update">What the box becomes: as many axes, none longer.</param>
        /// <param name="starts">A vector of int32 or int64, one per axis, from 0 to extent - length; another value is
        /// an error while running.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is not one start per axis, or the box exceeds the tensor.</exception>
        public static Node DynamicUpdateSlice(Node x, Node update, Node starts,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new DynamicUpdateSlice(), Origin.At(file, line), x, update, starts);
    }
}
