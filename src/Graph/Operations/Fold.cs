using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Windows added up where they came from, <c>y[.., stride * o + dilation * k, ..] += x[.., o,
    /// .., k]</c>: the adjoint of <see cref="Windows"/>. Each element of the result gathers its
    /// own terms in order of k, so nothing is written twice and bits do not depend on threads.
    /// </summary>
    /// <param name="Axis">The axis that counts windows.</param>
    /// <param name="Extent">The extent of that axis in the result.</param>
    /// <param name="Stride">Positions from one window to the next.</param>
    /// <param name="Dilation">Positions from one element of a window to the next.</param>
    public sealed record Fold(int Axis, Dim Extent, int Stride, int Dilation) : Generator
    {
        /// <summary>Elements per window up to which terms are written out; longer windows are scattered.</summary>
        public const int LongestWindow = 32;

        /// <inheritdoc/>
        public override string Label => $"fold {Axis} by {Stride}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.RequireDType(0, d => d != DType.Bool, "a number");
            x.Axis(Axis, x[0].Rank - 1);
            if (!x[0].Shape[-1].TryConstant(out long size) || size < 1 || size > LongestWindow)
                throw x.Error($"windows have {x[0].Shape[-1]} elements",
                    $"use 1 to {LongestWindow}, or Ops.Fold, which scatters longer ones");
            var count = new Windows(Axis, (int)size, Stride, Dilation).Count(Extent);
            x.Require(x[0].Shape[Axis], count,
                $"an axis of {Extent} has {count} windows of {size}, x[0] has {x[0].Shape[Axis]}", "fold what Windows gave");
            x.RequireAtMost(1, count, "there are no windows", "use an extent that holds one");
            return [new(x[0].DType, Shape.Of(x[0].Shape.SkipLast(1)).With(Axis, Extent))];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this with { Axis = Axis + 1 });

        // With i = stride * q + r and dilation * k = stride * a + s, window q - a holds i as its element k exactly where r = s.
        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var windows = place.Operand(0).Shape;
            Value[] at = [.. Enumerable.Range(0, result.Rank).Select(a => place.Index(DType.Int64, a)), default];
            var i = at[Axis];
            var quotient = Stride == 1 ? i : b.Divide(i, b.Like(i, Stride));
            var remainder = b.Subtract(i, b.Multiply(quotient, b.Like(i, Stride)));
            Value? sum = null;
            for (int k = 0; k < windows[-1].Constant; k++)
            {
                var (a, s) = Math.DivRem((long)k * Dilation, Stride);
                var window = b.Subtract(quotient, b.Like(i, a));
                var holds = b.And(b.Equal(remainder, b.Like(i, s)),
                    b.And(b.LessOrEqual(b.Zero(i), window), b.Less(window, place.Extent(DType.Int64, windows[Axis]))));
                (at[Axis], at[^1]) = (b.Select(holds, window, b.Zero(i)), b.Like(i, k));
                var read = place.Load(0, at);
                var term = b.Select(holds, read, b.Zero(read));
                sum = sum is { } before ? b.Add(before, term) : term;
            }
            return sum!.Value;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed
                ? new(Unfolded(x[0], seed.Value), seed.Alive is { } alive ? Unfolded(x[0], alive) : null) : null];

        private Node Unfolded(Node x, Node v) => Ops.Windows(v, Axis, (int)x.Shape[-1].Constant, Stride, Dilation);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Node.Of(this, y[0].Apply.Origin, tangent) : null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y) = (e.Inputs[0], e.Allocate());
            if (y.DType.IsFloat)
                Add(y.DType.Visit(new Elements.Doubles(x)), y.DType.Visit(new Elements.FromDoubles(y)), (a, b) => a + b);
            else
                Add(y.DType.Visit(new Elements.Longs(x)), y.DType.Visit(new Elements.FromLongs(y)), (a, b) => unchecked(a + b));
            return [y];

            void Add<T>(Func<int, T> read, Action<int, T> write, Func<T, T, T> add)
            {
                var sums = new T[y.Length];
                for (int p = 0; p < x.Length; p++)
                {
                    var at = Elements.Coordinates(p, x.Shape);
                    at[Axis] = at[Axis] * Stride + at[^1] * Dilation;
                    long target = Elements.Position(at.AsSpan(0, at.Length - 1), y.Shape);
                    sums[target] = add(sums[target], read(p));
                }
                for (int p = 0; p < sums.Length; p++)
                    write(p, sums[p]);
            }
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Adds windows up where they came from, <c>y[.., stride * o + dilation *
        /// k, ..] += x[.., o, .., k]</c>: the adjoint of <see cref="Windows"/>.
        /// </summary>
        /// <param name="x">Numbers; the last axis runs along windows, <paramref name="axis"/> counts them.</param>
        /// <param name="axis">The axis that counts windows; a negative one counts from the end of the result's axes.</param>
        /// <param name="extent">The extent of that axis in the result.</param>
        /// <param name="stride">Positions from one window to the next.</param>
        /// <param name="dilation">Positions from one element of a window to the next.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, the extent has
        /// another number of windows, or they are of symbolic size.</exception>
        public static Node Fold(Node x, int axis, Dim extent, int stride = 1, int dilation = 1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            axis = axis < 0 ? axis + x.Rank - 1 : axis;
            return x.Rank > 0 && x.Shape[-1].TryConstant(out long size) && size > Operations.Fold.LongestWindow
                ? Scattered(x, axis, extent, stride, dilation, origin) : Node.Of(new Fold(axis, extent, stride, dilation), origin, x);
        }

        private static Node Scattered(Node x, int axis, Dim extent, int stride, int dilation, Origin origin)
        {
            using var _ = Origin.Under(origin);
            Shape windows = [x.Shape[axis], x.Shape[-1]];
            Node positions = Iota(windows, 0, DType.Int64) * stride + Iota(windows, 1, DType.Int64) * dilation;
            Axes order = [.. Enumerable.Range(0, axis + 1), x.Rank - 1, .. Enumerable.Range(axis + 1, x.Rank - axis - 2)];
            Shape result = Shape.Of(x.Shape.SkipLast(1)).With(axis, extent);
            return ScatterAdd(BroadcastTo(Scalar(x.DType, 0), result), positions, Transpose(x, order), axis);
        }
    }
}
