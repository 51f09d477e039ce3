using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Where each number (operand 1) belongs in ascending numbers along the last axis of
    /// operand 0, as int64: how many of them are smaller, or with <paramref name="Right"/>
    /// smaller or equal. NaN is larger than everything else. Leading axes are shared.
    /// </summary>
    /// <param name="Right">Whether a number goes behind its equals.</param>
    public sealed record SearchSorted(bool Right) : Generator
    {
        // Halving the largest vector whose extent is not known before a call.
        private const int SymbolicSteps = 40;

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            x.RequireSameDType(0, 1);
            x.RequireDType(0, d => d != DType.Bool, "a number");
            if (x[0].Rank < 1 || x[0].Rank - 1 > x[1].Rank)
                throw x.Error($"x[0] has {x[0].Rank} axes, x[1] has {x[1].Rank}",
                    "search a vector, or vectors along axes that both share");
            for (int a = 0; a < x[0].Rank - 1; a++)
                x.Require(x[0].Shape[a], x[1].Shape[a], $"shared axis {a} has {x[0].Shape[a]} against {x[1].Shape[a]}",
                    "leading axes are shared");
            return [new(DType.Int64, x[1].Shape)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) =>
            x.IsMapped(0) || x.ShapeOf(0).Rank > 1 ? x.Apply(this) : [Node.Of(this, x.Single.Origin, x[0], x[1])];

        /// <inheritdoc/>
        public override bool IsAligned(int input) => input == 1;

        // Steps of falling powers of two: as long as the element before the next stop belongs to the left, go there.
        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result)
        {
            var (extent, x) = (place.Operand(0).Shape[-1], place.Element(1));
            Value[] shared = [.. Enumerable.Range(0, place.Operand(0).Rank - 1).Select(a =>
                place.Index(DType.Int64, a))];
            var (n, found) = (place.Extent(DType.Int64, extent), b.Constant(DType.Int64, 0));
            int steps = extent.TryConstant(out long known) ? BitOperations.Log2((ulong)known) + 1 : SymbolicSteps;
            for (int k = steps - 1; k >= 0 && extent != Dim.Zero; k--)
            {
                var next = b.Add(found, b.Constant(DType.Int64, 1L << k));
                var isInside = b.LessOrEqual(next, n);
                var before = b.Select(isInside, b.Subtract(next, b.One(next)), b.Zero(next));
                var stays = Right ? b.Not(Less(b, x, place.Load(0, [.. shared, before])))
                    : Less(b, place.Load(0, [.. shared, before]), x);
                found = b.Select(b.And(isInside, stays), next, found);
            }
            return found;
        }

        private static Value Less(Body b, Value x, Value y)
        {
            if (!x.Type.IsFloat)
                return b.Less(x, y);
            return b.Or(b.Less(x, y), b.And(b.Equal(x, x), b.Not(b.Equal(y, y))));
        }

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var y = e.Allocate();
            if (e.Inputs[0].DType.IsFloat)
                Count(e.Inputs, y, e.Inputs[0].DType.Visit(new Elements.Doubles(e.Inputs[0])),
                    e.Inputs[1].DType.Visit(new Elements.Doubles(e.Inputs[1])));
            else
                Count(e.Inputs, y, e.Inputs[0].DType.Visit(new Elements.Longs(e.Inputs[0])),
                    e.Inputs[1].DType.Visit(new Elements.Longs(e.Inputs[1])));
            return [y];
        }

        private void Count<T>(ImmutableArray<HostTensor> x, HostTensor y, Func<int, T> sorted, Func<int,
            T> numbers) where T : INumber<T>
        {
            static bool IsBefore(T a, T b) => a < b || (T.IsNaN(b) && !T.IsNaN(a));
            int n = (int)x[0].Shape[^1], shared = x[0].Rank - 1;
            for (int i = 0; i < y.Length; i++)
            {
                int line = (int)Elements.Position(Elements.Coordinates(i, y.Shape).AsSpan(0, shared),
                    x[0].Shape[..shared]) * n;
                y.Span<long>()[i] = Enumerable.Range(line, n).TakeWhile(k => Right ? !IsBefore(numbers(i), sorted(k))
                    : IsBefore(sorted(k), numbers(i))).Count();
            }
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Where each number belongs in an ascending vector, as int64: the position in front of its equals, or behind
        /// them. NaN belongs at the end.
        /// </summary>
        /// <param name="sorted">Numbers that ascend along the last axis: a vector, or several along leading
        /// axes.</param>
        /// <param name="x">A tensor of the same type that shares these leading axes.</param>
        /// <param name="right">Whether a number goes behind its equals.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Types or leading axes differ.</exception>
        public static Node SearchSorted(Node sorted, Node x, bool right = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new SearchSorted(right), Origin.At(file, line), sorted, x);
    }
}
