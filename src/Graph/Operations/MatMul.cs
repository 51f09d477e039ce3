using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Matrix product, <c>y[.., i, j] = sum over p of a[.., i, p]
    /// * b[.., p, j]</c>; leading axes are equal. Over nothing, 0.
    /// </summary>
    public sealed record MatMul : Contraction
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            x[0].Then(style == FormulaStyle.Latex ? "" : "@", x[1], Tightness.Product);

        /// <inheritdoc/>
        public override string Name => "matmul";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            x.RequireDType(0, d => d != DType.Bool, "a number");
            x.RequireSameDType(0, 1);
            if (x[0].Rank < 2 || x[0].Rank != x[1].Rank)
                throw x.Error($"ranks are {x[0].Rank} and {x[1].Rank}",
                    "give both at least two axes and equal leading axes; Ops.MatMul does so");
            for (int a = 0; a < x[0].Rank - 2; a++)
                x.Require(x[0].Shape[a], x[1].Shape[a], $"leading axes differ: axis {a}", "broadcast the leading axes");
            int k = x[0].Rank - 1;
            x.Require(x[0].Shape[k], x[1].Shape[k - 1],
                $"inner axes differ: x[0] axis {k} has {x[0].Shape[k]}, x[1] axis {k - 1} has {x[1].Shape[k - 1]}",
                "transpose one operand, e.g. MatMul(a, Transpose(b))");
            return [new(x[0].DType, x[0].Shape.With(k, x[1].Shape[k]))];
        }

        // a' = y' b^T, b' = a^T y'. A row of a, a column of b is alive where anything of it reaches a live element; there,
        // dead elements meet live ones in the sums.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            ct[0] is not { Value: var seed, Alive: var alive }
                ? [null, null]
                :
                [
                    needed[0] ? Guarded(Product(seed, Transposed(x[1])), alive, axis: -1) : null,
                    needed[1] ? Guarded(Product(Transposed(x[0]), seed), alive, axis: -2) : null,
                ];

        private static Cotangent Guarded(Node value, Node? alive, int axis)
        {
            if (alive is null)
                return new(value);
            var any = Ops.BroadcastTo(Ops.Any(alive, [axis], keepDims: true), value.Shape);
            return new(Ops.Where(any, value, Ops.ZerosLike(value)), any);
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            var left = t[0] is { } a ? Product(a, x[1]) : null;
            var right = t[1] is { } b ? Product(x[0], b) : null;
            return [left is null ? right : right is null ? left : left + right];
        }

        // Many matrices times one matrix are one tall matrix times it.
        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            if (x.IsMapped(1) || x.ShapeOf(0).Rank != 2)
                return x.Apply(this);
            var (m, k, n) = (x.ShapeOf(0)[0], x.ShapeOf(0)[1], x.ShapeOf(1)[1]);
            return [Ops.Reshape(Product(Ops.Reshape(x[0], [x.Extent * m, k]), x[1]), [x.Extent, m, n])];
        }

        /// <summary>Each element on its row of a and its column of b.</summary>
        public override void Depend(Dependence d)
        {
            var (a, b) = (Dependence.Extents(d.Apply.Inputs[0]), Dependence.Extents(d.Apply.Inputs[1]));
            int m = (int)a[^2], k = (int)a[^1], n = (int)b[^1], count = Dependence.Count(d.Apply.Results[0]);
            ElementSet Line(int input, int first, int step) => d.Union(Enumerable.Range(0, k).Select(p => d.Of(input, first + p * step)));
            ElementSet[] rows = [.. Enumerable.Range(0, n == 0 ? 0 : count / n).Select(i => Line(0, i * k, 1))];
            ElementSet[] columns = [.. Enumerable.Range(0, m == 0 ? 0 : count / m).Select(j => Line(1, j / n * k * n + j % n, n))];
            for (int e = 0; e < count; e++)
                d.Set(0, e, d.Union([rows[e / n], columns[e / (m * n) * n + e % n]]));
        }

        private Node Product(Node a, Node b) => Node.Of(this, Origin.At("", 0), a, b);

        private static Node Transposed(Node x) =>
            Ops.Transpose(x, Axes.Of([.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]), "", 0);

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var y = e.Allocate();
            if (y.DType.IsFloat)
                Sum(e.Inputs, y, y.DType.Visit(new Elements.Doubles(e.Inputs[0])), y.DType.Visit(new Elements.Doubles(e.Inputs[1])),
                    y.DType.Visit(new Elements.FromDoubles(y)), (s, a, b) => s + a * b);
            else
                Sum(e.Inputs, y, y.DType.Visit(new Elements.Longs(e.Inputs[0])), y.DType.Visit(new Elements.Longs(e.Inputs[1])),
                    y.DType.Visit(new Elements.FromLongs(y)), (s, a, b) => unchecked(s + a * b));
            return [y];
        }

        private static void Sum<T>(ImmutableArray<HostTensor> x, HostTensor y,
            Func<int, T> a, Func<int, T> b, Action<int, T> write, Func<T, T, T, T> add) where T : struct
        {
            var (m, n, k) = ((int)y.Shape[^2], (int)y.Shape[^1], (int)x[0].Shape[^1]);
            for (int i = 0; i < y.Length; i++)
            {
                var (batch, row, column) = (i / (m * n), i / n % m, i % n);
                T sum = default;
                for (int p = 0; p < k; p++)
                    sum = add(sum, a((batch * m + row) * k + p), b((batch * k + p) * n + column));
                write(i, sum);
            }
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Matrix product over the last two axes; leading axes broadcast, and
        /// a vector counts as a row on the left and a column on the right.
        /// </summary>
        /// <exception cref="GraphException">Inner axes or dtypes differ, or an operand is a scalar.</exception>
        public static Node MatMul(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (a.Rank == 0 || b.Rank == 0)
                throw GraphException.For(new MatMul(), [a, b], origin, "an operand is a scalar", "multiply with * instead");
            using var _ = Origin.Under(origin);
            var (left, right) = (a.Rank == 1 ? Reshape(a, [1, a.Shape[0]]) : a, b.Rank == 1 ? Reshape(b, [b.Shape[0], 1]) : b);
            var batch = CommonShape(new MatMul(), origin, [a, b], Shape.Of(left.Shape.Take(left.Rank - 2)),
                Shape.Of(right.Shape.Take(right.Rank - 2)));
            var y = Node.Of(new MatMul(), origin,
                BroadcastTo(left, Shape.Of([.. batch, left.Shape[-2], left.Shape[-1]])),
                BroadcastTo(right, Shape.Of([.. batch, right.Shape[-2], right.Shape[-1]])));
            var kept = y.Shape.Where((_, axis) => (axis != y.Rank - 2 || a.Rank > 1) && (axis != y.Rank - 1 || b.Rank > 1));
            return Reshape(y, Shape.Of(kept));
        }
    }
}
