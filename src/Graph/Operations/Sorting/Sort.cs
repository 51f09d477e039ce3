using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Elements of the last axis in order, and the int64 positions that they came from. Stable: what compares equal, -0 and 0
    /// among it, keeps its order; NaN comes last in either direction. Derivatives follow the permutation.
    /// </summary>
    /// <param name="Descending">Whether the largest comes first.</param>
    public sealed record Sort(bool Descending) : Routine
    {
        /// <inheritdoc/>
        public override string Label => Descending ? "sort descending" : "sort";

        /// <inheritdoc/>
        public override int BatchAxes(ImmutableArray<TensorType> operands) => operands[0].Rank - 1;

        /// <inheritdoc/>
        public override Dim Work(ImmutableArray<TensorType> operands) => operands[0].Shape[-1] * 30;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.RequireDType(0, d => d != DType.Bool, "a number");
            return x[0].Rank > 0 ? [x[0], new(DType.Int64, x[0].Shape)]
                : throw x.Error("a scalar has no axis to sort along", "give it at least one axis");
        }

        /// <inheritdoc/>
        public override void Lower(Procedure p) => new MergeSort(p, Descending).Write();

        // x' is the cotangent put back where the elements came from.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var back = Ops.PermutationInverse(y[1]);
            return [new(Ops.TakeAlong(seed.Value, back), seed.Alive is { } alive ? Ops.TakeAlong(alive, back) : null)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Ops.TakeAlong(tangent, y[1]) : null, null];

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => e.Inputs[0].DType.IsFloat
            ? EachItem(e, (x, y) => (y[0], y[1]) = Ordered(x[0]))
            : EachWholeItem(e, (x, y) => (y[0], y[1]) = Ordered(x[0]));

        private (T[] Values, T[] Positions) Ordered<T>(T[] x) where T : INumber<T>
        {
            var numbers = x.Select((v, i) => (Value: v, Position: T.CreateChecked(i))).Where(v => !T.IsNaN(v.Value));
            var sorted = (Descending ? numbers.OrderByDescending(v => v.Value) : numbers.OrderBy(v => v.Value))
                .Concat(x.Select((v, i) => (Value: v, Position: T.CreateChecked(i))).Where(v => T.IsNaN(v.Value))).ToArray();
            return ([.. sorted.Select(v => v.Value)], [.. sorted.Select(v => v.Position)]);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>The elements along an axis in order. Stable; NaN comes last in either direction.</summary>
        /// <param name="x">Numbers with at least one axis.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="descending">Puts the largest first.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or x holds truth values.</exception>
        public static Node Sort(Node x, int axis = -1, bool descending = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Sorted("sort", x, axis, descending, Origin.At(file, line)).Values;

        /// <summary>Where the elements along an axis, put in order, come from: <c>x[argsort]</c> is sorted. int64.</summary>
        /// <inheritdoc cref="Sort"/>
        public static Node ArgSort(Node x, int axis = -1, bool descending = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Sorted("argsort", x, axis, descending, Origin.At(file, line)).Positions;

        /// <summary>
        /// The k largest (or smallest) elements along an axis, in order,
        /// and their int64 positions; the lower position first on ties.
        /// </summary>
        /// <param name="x">Numbers with at least one axis.</param>
        /// <param name="k">How many, at most the axis's extent.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="largest">The largest ones, largest first; else the smallest, smallest first. NaN is taken last.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, it has fewer elements, or x holds truth values.</exception>
        public static (Node Values, Node Positions) TopK(Node x, Dim k, int axis = -1, bool largest = true,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            axis = AxisOf("top-k", x, axis, x.Rank, origin);
            var (values, positions) = Sorted("top-k", x, axis, largest, origin);
            return (Slice(values, axis, 0, k, 1, file, line), Slice(positions, axis, 0, k, 1, file, line));
        }

        private static (Node Values, Node Positions) Sorted(string name, Node x, int axis, bool descending, Origin origin)
        {
            using var _ = Origin.Under(origin);
            axis = AxisOf(name, x, axis, x.Rank, origin);
            if (axis == x.Rank - 1)
                return Pair(Apply.Of(new Sort(descending), origin, x).Results);
            Axes order = [.. Enumerable.Range(0, x.Rank).Where(a => a != axis), axis];
            var (values, positions) = Pair(Apply.Of(new Sort(descending), origin, Transpose(x, order)).Results);
            return (Transpose(values, order.Inverse()), Transpose(positions, order.Inverse()));

            static (Node, Node) Pair(System.Collections.Immutable.ImmutableArray<Node> results) => (results[0], results[1]);
        }
    }
}
