using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Adds slices of updates into a tensor at positions that are data, <c>y = x; y[a.., index[i..], b..] += u[a.., i.., b..]</c>,
    /// in index order, so that duplicates add up to the same bits every time. A position outside is an error while running.
    /// </summary>
    /// <param name="Axis">The axis of the tensor that positions count along.</param>
    public sealed record ScatterAdd(int Axis) : Scatter(Axis)
    {
        /// <inheritdoc/>
        public override string Label => $"scatter-add {Axis}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(3);
            x.RequireDType(0, d => d != DType.Bool, "a number");
            x.RequireSameDType(0, 2);
            Positions.Demand(x, Axis);
            var expected = Positions.Gathered(x[0].Shape, x[1].Shape, Axis);
            if (x[2].Rank != expected.Rank)
                throw x.Error($"updates have {x[2].Rank} axes, {expected} has {expected.Rank}", "give updates of the shape that a gather has");
            for (int a = 0; a < expected.Rank; a++)
                x.Require(x[2].Shape[a], expected[a], $"updates have {x[2].Shape[a]} on axis {a}, {expected} has {expected[a]}",
                    "give updates of the shape that a gather has");
            return [x[0]];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            if (!x.IsMapped(1))
                return [Ops.ScatterAdd(x.Full(0), x[1], x.Full(2), Axis + 1)];
            var sums = Ops.ScatterAdd(Positions.Flat(x.Full(0), Axis), Positions.IntoFlat(x, Axis), Positions.ToFront(x.Full(2), x.ShapeOf(1).Rank, Axis), 0);
            return [Positions.Unflat(sums, x.Extent, x.ShapeOf(0)[Axis], Axis)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null, null];
            Node Read(Node from) => Ops.Gather(from, x[1], Axis);
            return [needed[0] ? seed : null, null, needed[2] ? new(Read(seed.Value), seed.Alive is { } alive ? Read(alive) : null) : null];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[2] is { } updates ? Ops.ScatterAdd(t[0] ?? Ops.ZerosLike(x[0]), x[1], updates, Axis) : t[0]];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, u, y) = (e.Inputs[0], e.Inputs[2], e.Allocate());
            var to = Positions.Sources(this, x.Shape, e.Inputs[1], u.Shape, Axis);
            if (x.DType.IsFloat)
                Add(x.DType.Visit(new Elements.Doubles(x)), x.DType.Visit(new Elements.Doubles(u)), x.DType.Visit(new Elements.FromDoubles(y)), (a, b) => a + b);
            else
                Add(x.DType.Visit(new Elements.Longs(x)), x.DType.Visit(new Elements.Longs(u)), x.DType.Visit(new Elements.FromLongs(y)), (a, b) => unchecked(a + b));
            return [y];

            void Add<T>(Func<int, T> from, Func<int, T> update, Action<int, T> write, Func<T, T, T> add)
            {
                var sums = Enumerable.Range(0, y.Length).Select(from).ToArray();
                for (int i = 0; i < u.Length; i++)
                    sums[to(i)] = add(sums[to(i)], update(i));
                for (int i = 0; i < sums.Length; i++)
                    write(i, sums[i]);
            }
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Adds slices of <paramref name="updates"/> to those of <paramref name="x"/> at positions along an axis: the adjoint of <see cref="Gather"/>.</summary>
        /// <param name="x">A tensor of numbers; itself unchanged.</param>
        /// <param name="indices">int32 or int64 of any shape, each from 0 to extent - 1; another value is an error while running.</param>
        /// <param name="updates">A tensor of shape <c>x.Shape[..axis] + indices.Shape + x.Shape[axis + 1..]</c>.</param>
        /// <param name="axis">The axis that positions count along; a negative one counts from the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, indices are no integers, or the updates have another shape or type.</exception>
        public static Node ScatterAdd(Node x, Node indices, Node updates, int axis = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new ScatterAdd(axis < 0 ? axis + x.Rank : axis), Origin.At(file, line), x, indices, updates);
    }
}
