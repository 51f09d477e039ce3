using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Repeats a tensor along axes of extent 1 and along new leading axes. Its adjoint is a sum over those axes.</summary>
    /// <param name="Target">The result's shape.</param>
    public sealed record Broadcast(Shape Target) : View
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[0];

        /// <inheritdoc/>
        public override string Label => $"broadcast {Target}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            int added = Target.Rank - x[0].Rank;
            if (added < 0)
                throw x.Error($"{x[0].Shape} has more axes than {Target}", "broadcast to a shape with at least as many axes");
            for (int a = 0; a < x[0].Rank; a++)
                if (x[0].Shape[a] != Dim.One)
                    x.Require(x[0].Shape[a], Target[a + added], $"axis {a} cannot be repeated to axis {a + added} of {Target}",
                        "only axes of extent 1 are repeated; reshape first");
            return [new(x[0].DType, Target)];
        }

        /// <inheritdoc/>
        public override IndexMap Map(TensorType operand, TensorType result)
        {
            int added = result.Rank - operand.Rank;
            return IndexMap.Along(Enumerable.Range(0, result.Rank)
                .Select(a => a < added || operand.Shape[a - added] == Dim.One ? -1 : a - added), operand.Rank);
        }

        // New axes come between that of the batch and those of an example.
        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            var added = Enumerable.Repeat(Dim.One, Target.Rank - x.ShapeOf(0).Rank);
            return [Ops.BroadcastTo(Ops.Reshape(x[0], [x.Extent, .. added, .. x.ShapeOf(0)]), [x.Extent, .. Target])];
        }

        /// <inheritdoc/>
        protected override Node Transposed(Node x, Node ct) => Ops.Reshape(Ops.Sum(ct, Repeated(x)), x.Shape);

        /// <inheritdoc/>
        protected override Node? TransposedAlive(Node x, Node alive) => Ops.Reshape(Ops.Any(alive, Repeated(x)), x.Shape);

        private Axes Repeated(Node x)
        {
            int added = Target.Rank - x.Rank;
            return Axes.Of([.. Enumerable.Range(0, Target.Rank)
                .Where(a => a < added || (x.Shape[a - added] == Dim.One && Target[a] != Dim.One))]);
        }
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    /// <param name="Target">The result's shape; it holds as many elements.</param>
    public sealed record Reshape(Shape Target) : View
    {
        /// <inheritdoc/>
        public override string Label => $"reshape {Target}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.Require(x[0].Shape.ElementCount, Target.ElementCount, $"{x[0].Shape} and {Target} hold different numbers of elements",
                "give a shape of as many elements");
            return [new(x[0].DType, Target)];
        }

        /// <summary>Strides can say it where only axes of extent 1 come and go.</summary>
        public override IndexMap? Map(TensorType operand, TensorType result)
        {
            if (!MovesOnesOnly(operand.Shape, result.Shape))
                return null;
            var (axes, from) = (new int[result.Rank], 0);
            for (int a = 0; a < axes.Length; a++)
            {
                bool isOne = result.Shape[a] == Dim.One;
                while (!isOne && operand.Shape[from] == Dim.One)
                    from++;
                axes[a] = isOne ? -1 : from++;
            }
            return IndexMap.Along(axes, operand.Rank);
        }

        /// <summary>Whether only axes of extent 1 come and go.</summary>
        internal static bool MovesOnesOnly(Shape from, Shape to)
        {
            int a = 0;
            foreach (var extent in to.Extents)
                if (extent != Dim.One)
                {
                    while (a < from.Rank && from[a] == Dim.One)
                        a++;
                    if (a == from.Rank || from[a++] != extent)
                        return false;
                }
            while (a < from.Rank && from[a] == Dim.One)
                a++;
            return a == from.Rank;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(new Reshape([x.Extent, .. Target]));

        /// <inheritdoc/>
        protected override Node Transposed(Node x, Node ct) => Ops.Reshape(ct, x.Shape);
    }

    /// <summary>Axes in another order: axis a of the result is axis <c>Order[a]</c> of the operand.</summary>
    /// <param name="Order">A permutation of the axes.</param>
    public sealed record Transpose(Axes Order) : View
    {
        /// <inheritdoc/>
        public override string Label => $"transpose {Order}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            if (!Order.Order().SequenceEqual(Enumerable.Range(0, x[0].Rank)))
                throw x.Error($"{Order} is no permutation of {x[0].Rank} axes", $"list each of 0 to {x[0].Rank - 1} once");
            return [new(x[0].DType, Shape.Of(Order.Select(a => x[0].Shape[a])))];
        }

        /// <inheritdoc/>
        public override IndexMap Map(TensorType operand, TensorType result) => IndexMap.Along(Order, operand.Rank);

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(new Transpose([0, .. Order.Select(a => a + 1)]));

        /// <inheritdoc/>
        protected override Node Transposed(Node x, Node ct) => Node.Of(new Transpose(Order.Inverse()), ct.Apply.Origin, ct);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// Repeats <paramref name="x"/> to <paramref name="shape"/>: its axes
        /// align with the last ones, and those of extent 1 are repeated.
        /// </summary>
        /// <exception cref="GraphException">An axis of another extent than 1 would have to change.</exception>
        public static Node BroadcastTo(Node x, Shape shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            x.Shape == shape ? x : Node.Of(new Broadcast(shape), Origin.At(file, line), x);

        /// <summary>The elements of <paramref name="x"/> in row-major order under another shape.</summary>
        /// <exception cref="GraphException">The shape holds another number of elements.</exception>
        public static Node Reshape(Node x, Shape shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            x.Shape == shape ? x : Node.Of(new Reshape(shape), Origin.At(file, line), x);

        /// <summary>Axes in the given order; with none given, in reverse.</summary>
        /// <exception cref="GraphException">The order is no permutation.</exception>
        public static Node Transpose(Node x, Axes? order = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Transpose(order ?? Axes.Of([.. Enumerable.Range(0, x.Rank).Reverse()])), Origin.At(file, line), x);

        /// <summary>One value everywhere, of the type of <paramref name="x"/>.</summary>
        public static Node FillLike(Node x, double value) => BroadcastTo(Scalar(x.DType, value, "", 0), x.Shape, "", 0);

        /// <summary>Zeros of the type of <paramref name="x"/>: a broadcast scalar, never a tensor in memory.</summary>
        public static Node ZerosLike(Node x) => FillLike(x, 0);

        /// <summary>Ones of the type of <paramref name="x"/>.</summary>
        public static Node OnesLike(Node x) => FillLike(x, 1);

        /// <summary>Applies an elementwise op after broadcasting its operands to one shape, as NumPy does.</summary>
        /// <exception cref="GraphException">The shapes do not fit together.</exception>
        internal static Node Broadcasting(Op op, Origin origin, params ReadOnlySpan<Node> x)
        {
            var shape = x[0].Shape;
            bool equal = true;
            foreach (var operand in x[1..])
                equal &= operand.Shape == shape;
            if (equal)
                return Node.Of(op, origin, x);
            foreach (var operand in x[1..])
                shape = CommonShape(op, origin, x, shape, operand.Shape);
            using var _ = Origin.Under(origin);
            var operands = new Node[x.Length];
            for (int i = 0; i < x.Length; i++)
                operands[i] = BroadcastTo(x[i], shape);
            return Node.Of(op, origin, operands);
        }

        internal static Node Broadcasting(Op op, Origin origin, Node a, double b) => Broadcasting(op, origin, a, Literal(a, b, origin));

        internal static Node Broadcasting(Op op, Origin origin, double a, Node b) => Broadcasting(op, origin, Literal(b, a, origin), b);

        // A number beside a node takes the node's type; 0.5 beside integers would be cut to 0 in silence.
        private static Node Literal(Node beside, double value, Origin origin)
        {
            if (!beside.DType.IsFloat && value != Math.Floor(value))
                throw new GraphException(string.Create(CultureInfo.InvariantCulture,
                    $"{value} beside {beside} ({origin}) would be cut to {Math.Truncate(value)}; convert the tensor to a float type first."));
            using var _ = Origin.Under(origin);
            return Scalar(beside.DType, value);
        }

        private static Shape CommonShape(Op op, Origin origin, ReadOnlySpan<Node> x, Shape a, Shape b)
        {
            int rank = Math.Max(a.Rank, b.Rank);
            var extents = new Dim[rank];
            for (int i = 1; i <= rank; i++)
            {
                var (m, n) = (i <= a.Rank ? a[-i] : Dim.One, i <= b.Rank ? b[-i] : Dim.One);
                if (m != n && m != Dim.One && n != Dim.One && (m - n).IsConstant)
                    throw GraphException.For(op, [.. x], origin, $"shapes {a} and {b} do not broadcast: axis -{i} has {m} against {n}",
                        "axes must be equal or 1; reshape or transpose one operand");
                extents[^i] = m == Dim.One ? n : m;
            }
            return Shape.Of(extents);
        }
    }
}
