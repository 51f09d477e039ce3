using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Where the extreme element is: int64, on ties the first one or the last; NaN counts as the extreme.</summary>
    /// <param name="Axes">The axes that disappear; positions count along them in row-major order.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    /// <param name="Last">Whether the last one counts on ties.</param>
    public abstract record ArgExtreme(Axes Axes, bool KeepDims, bool Last) : Reduction(Axes, KeepDims)
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        public override bool Merges => false;

        /// <summary>What any element beats or equals.</summary>
        protected abstract double Nothing { get; }

        /// <summary>Where x is strictly more extreme than the best so far; false with NaN.</summary>
        protected abstract Value Beats(Body b, Value x, Value best);

        /// <summary>Whether x is strictly more extreme than the best so far; false with NaN.</summary>
        protected abstract bool Beats<T>(T x, T best) where T : IComparable<T>;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number");
            foreach (int axis in Axes)
                x.RequireAtMost(1, x[0].Shape[axis], $"axis {axis} has no element that could be the extreme one",
                    "reduce over axes with at least one element");
            return DType.Int64;
        }

        /// <summary>The best value, and where it is: an index of the value's width, so that one kernel stays with one lane count.</summary>
        public override ImmutableArray<Value> Identity(Body b, DType type)
        {
            var index = type.Size == 8 ? DType.Int64 : DType.Int32;
            return [b.Constant(type, Nothing), b.Constant(index, Last ? -1 : double.PositiveInfinity)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) =>
            Merge(b, acc, [x, index(acc[1].Type)]);

        // Lanes meet in any order, so on ties (also of two NaNs) the index decides.
        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second)
        {
            var (best, at, x, index) = (first[0], first[1], second[0], second[1]);
            var (wins, ties) = (Beats(b, x, best), b.Equal(x, best));
            if (x.Type.IsFloat)
            {
                var (bestIsNaN, xIsNaN) = (b.Not(b.Equal(best, best)), b.Not(b.Equal(x, x)));
                wins = b.Or(wins, b.And(xIsNaN, b.Not(bestIsNaN)));
                ties = b.Or(ties, b.And(xIsNaN, bestIsNaN));
            }
            var taken = b.Or(wins, b.And(ties, Last ? b.Less(at, index) : b.Less(index, at)));
            return [b.Select(taken, x, best), b.Select(taken, index, at)];
        }

        /// <inheritdoc/>
        public override Value Finish(Body b, ImmutableArray<Value> acc, DType result) => b.Convert(acc[1], result);

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) =>
            First(x, (a, b) => !double.IsNaN(b) && (double.IsNaN(a) || Beats(a, b)));

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => First(x, Beats);

        // From the end that counts on ties, the first that nothing beats.
        private int First<T>(IReadOnlyList<T> x, Func<T, T, bool> beats)
        {
            int Place(int i) => Last ? x.Count - 1 - i : i;
            int best = 0;
            for (int i = 1; i < x.Count; i++)
                if (beats(x[Place(i)], x[Place(best)]))
                    best = i;
            return Place(best);
        }
    }

    /// <summary>
    /// Where the largest element along an axis is: int64, on ties the
    /// first one unless the last is asked for; NaN counts as the largest.
    /// </summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    /// <param name="Last">Whether the last one counts on ties.</param>
    public sealed record ArgMax(Axes Axes, bool KeepDims, bool Last = false) : ArgExtreme(Axes, KeepDims, Last)
    {
        /// <inheritdoc/>
        protected override double Nothing => double.NegativeInfinity;

        /// <inheritdoc/>
        protected override Value Beats(Body b, Value x, Value best) => b.Less(best, x);

        /// <inheritdoc/>
        protected override bool Beats<T>(T x, T best) => x.CompareTo(best) > 0;
    }

    /// <summary>
    /// Where the smallest element along an axis is: int64, on ties the
    /// first one unless the last is asked for; NaN counts as the smallest.
    /// </summary>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    /// <param name="Last">Whether the last one counts on ties.</param>
    public sealed record ArgMin(Axes Axes, bool KeepDims, bool Last = false) : ArgExtreme(Axes, KeepDims, Last)
    {
        /// <inheritdoc/>
        protected override double Nothing => double.PositiveInfinity;

        /// <inheritdoc/>
        protected override Value Beats(Body b, Value x, Value best) => b.Less(x, best);

        /// <inheritdoc/>
        protected override bool Beats<T>(T x, T best) => x.CompareTo(best) < 0;
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.ArgMax"/>
        /// <param name="x">A tensor of numbers.</param>
        /// <param name="axis">The axis to search along; a negative one counts from the end.</param>
        /// <param name="keepDims">Whether it stays with extent 1.</param>
        /// <param name="last">Whether the last one counts on ties.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node ArgMax(Node x, int axis = -1, bool keepDims = false, bool last = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, Axes.Of(axis), a => new ArgMax(a, keepDims, last), Origin.At(file, line));

        /// <inheritdoc cref="Operations.ArgMin"/>
        /// <param name="x">A tensor of numbers.</param>
        /// <param name="axis">The axis to search along; a negative one counts from the end.</param>
        /// <param name="keepDims">Whether it stays with extent 1.</param>
        /// <param name="last">Whether the last one counts on ties.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node ArgMin(Node x, int axis = -1, bool keepDims = false, bool last = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, Axes.Of(axis), a => new ArgMin(a, keepDims, last), Origin.At(file, line));
    }
}
