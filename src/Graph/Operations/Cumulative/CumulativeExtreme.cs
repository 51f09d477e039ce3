using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// The largest (or smallest) of everything up to each element, and its int64 position: the first met on ties. From the
    /// first NaN on, NaN. All of a cotangent goes to the element that held the extreme.
    /// </summary>
    /// <param name="Axis">The axis that it runs along.</param>
    /// <param name="Reverse">Whether it starts at the end.</param>
    /// <param name="Smallest">Whether the smallest is kept.</param>
    public sealed record CumulativeExtreme(int Axis, bool Reverse, bool Smallest) : Cumulative(Axis, Reverse)
    {
        /// <inheritdoc/>
        public override string Name => Smallest ? "cumulative-min" : "cumulative-max";

        /// <inheritdoc/>
        protected override int ResultCount => 2;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            return [.. base.Infer(x), new(DType.Int64, x[0].Shape)];
        }

        // The first element always takes over, as position -1 is no position.
        /// <inheritdoc/>
        protected override ImmutableArray<Local> Start(Procedure p, DType type) =>
            [p.Local(p.Number(type, 0)), p.Local(p.Number(DType.Int64, -1))];

        /// <inheritdoc/>
        protected override ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x, Formula at)
        {
            var (best, position) = (kept[0].Value, kept[1].Value);
            var beats = Smallest ? x[0] < best : best < x[0];
            if (x[0].Type!.IsFloat)
                beats |= !x[0].Is(x[0]) & best.Is(best);
            beats = p.Let(beats | position < 0);
            kept[0].Value = beats.Choose(x[0], best);
            kept[1].Value = beats.Choose(at, position);
            return [best, position];
        }

        /// <inheritdoc/>
        protected override T[][] Reference<T>(T[][] x)
        {
            var (values, positions) = (new T[x[0].Length], new T[x[0].Length]);
            for (int k = 0, held = 0; k < values.Length; k++)
            {
                if (!T.IsNaN(x[0][held]) && (T.IsNaN(x[0][k]) || (Smallest ? x[0][k] < x[0][held] : x[0][k] > x[0][held])))
                    held = k;
                (values[k], positions[k]) = (x[0][held], T.CreateChecked(Reverse ? values.Length - 1 - held : held));
            }
            return [values, positions];
        }

        // Holders stand in runs: what a run's results get is summed up toward its first element, the holder.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var holds = Ops.Equal(y[1], Along(y[1]));
            var sums = Node.Of(new LinearRecurrence(Axis, !Reverse, true), seed.Value.Apply.Origin,
                Held(holds, seed.Value.DType), seed.Value);
            return [Guarded(seed, Ops.Where(holds, sums, Ops.ZerosLike(sums)))];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null, null];
            var holds = Ops.Equal(y[1], Along(y[1]));
            var terms = Ops.Where(holds, tangent, Ops.ZerosLike(tangent));
            return [Node.Of(new LinearRecurrence(Axis, Reverse, false), tangent.Apply.Origin, Held(holds, tangent.DType), terms), null];
        }

        // 1 where the extreme stays what it was, 0 where an element takes over.
        private static Node Held(Node holds, DType type) => Ops.Convert(Ops.Not(holds), type);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>The largest of everything up to each element along an axis; from the first NaN on, NaN.</summary>
        /// <param name="x">Numbers.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="reverse">Starts at the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or x holds truth values.</exception>
        /// <remarks>On ties the first one met holds the extreme, and takes the whole derivative.</remarks>
        public static Node CumulativeMax(Node x, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            CumulativeExtremes(x, axis, reverse, false, Origin.At(file, line))[0];

        /// <summary>The smallest of everything up to each element along an axis; from the first NaN on, NaN.</summary>
        /// <inheritdoc cref="CumulativeMax"/>
        public static Node CumulativeMin(Node x, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            CumulativeExtremes(x, axis, reverse, true, Origin.At(file, line))[0];

        /// <summary>Where the largest of everything up to each element stands, int64: the first one met on ties.</summary>
        /// <inheritdoc cref="CumulativeMax"/>
        public static Node CumulativeArgMax(Node x, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            CumulativeExtremes(x, axis, reverse, false, Origin.At(file, line))[1];

        /// <summary>Where the smallest of everything up to each element stands, int64: the first one met on ties.</summary>
        /// <inheritdoc cref="CumulativeMax"/>
        public static Node CumulativeArgMin(Node x, int axis = -1, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            CumulativeExtremes(x, axis, reverse, true, Origin.At(file, line))[1];

        private static System.Collections.Immutable.ImmutableArray<Node> CumulativeExtremes(Node x, int axis,
            bool reverse, bool smallest, Origin origin) =>
            Apply.Of(new CumulativeExtreme(axis < 0 ? axis + x.Rank : axis, reverse, smallest), origin, x).Results;
    }
}
