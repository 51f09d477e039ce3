using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A tensor (operand 0) surrounded by a scalar (operand 1) that
    /// also fills gaps between elements. Its adjoint is a slice.
    /// </summary>
    /// <param name="Low">Per axis: how many are put before the first element.</param>
    /// <param name="High">Per axis: how many are put after the last element.</param>
    /// <param name="Interior">Per axis: how many are put between neighbours.</param>
    public sealed record Pad(Shape Low, Shape High, Axes Interior) : Assembly
    {
        /// <inheritdoc/>
        public override string Label => $"pad {Low} {High}{(Interior.Any(i => i != 0) ? $" between {Interior}" : "")}";

        /// <inheritdoc/>
        public override int Fill => 1;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(2);
            x.RequireSameDType(0, 1);
            int rank = x[0].Rank;
            if (x[1].Rank != 0)
                throw x.Error($"the padding value has shape {x[1].Shape}", "pad with a scalar");
            if (Low.Rank != rank || High.Rank != rank || Interior.Count != rank)
                throw x.Error($"{x[0].Shape} has {rank} axes, but there are {Low.Rank} low, {High.Rank} high and {Interior.Count} interior paddings", "give one per axis");
            var extents = new Dim[rank];
            for (int a = 0; a < rank; a++)
                extents[a] = Padded(x, a);
            return [new(x[0].DType, Shape.Of(extents))];
        }

        private Dim Padded(Inference x, int a)
        {
            var fix = "crop with Slice, or use Ops.Pad with numbers";
            if (Interior[a] < 0)
                throw x.Error($"the interior padding of axis {a} is {Interior[a]}", "use 0 or more");
            x.RequireAtMost(0, Low[a], $"the low padding of axis {a} is negative", fix);
            x.RequireAtMost(0, High[a], $"the high padding of axis {a} is negative", fix);
            // n elements have n - 1 gaps, and none have none.
            var extent = x[0].Shape[a];
            var result = Low[a] + High[a] + extent + (extent == Dim.Zero ? 0 : (extent - 1) * Interior[a]);
            x.RequireAtMost(0, result, $"axis {a} would get a negative extent", "pad an axis that has elements");
            return result;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Placement> Place(ImmutableArray<TensorType> operands, TensorType result) =>
            [new(0, Low.Extents, [.. Interior.Select(i => i + 1L)])];

        // Where the padding value stands.
        private Node Outside(Shape x) =>
            Node.Of(this, Origin.At("", 0), Ops.BroadcastTo(Ops.Scalar(DType.Bool, 0), x), Ops.Scalar(DType.Bool, 1));

        // A value per example cannot be padded with: zeros can, and are replaced.
        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x)
        {
            var wider = new Pad([Dim.Zero, .. Low], [Dim.Zero, .. High], [0, .. Interior]);
            if (!x.IsMapped(1))
                return [Node.Of(wider, x.Single.Origin, x.Full(0), x[1])];
            var outside = wider.Outside([x.Extent, .. x.ShapeOf(0)]);
            var padding = Ops.Reshape(x[1], [x.Extent, .. x.ShapeOf(0).Select(_ => Dim.One)]);
            return [Ops.Where(outside, padding, Node.Of(wider, x.Single.Origin, x.Full(0), Ops.Scalar(x[1].DType, 0)))];
        }

        /// <inheritdoc/>
        protected override Cotangent? OfFilling(Cotangent ct, ImmutableArray<Node> x)
        {
            var outside = Outside(x[0].Shape);
            return new(Ops.Sum(Ops.Where(outside, ct.Value, Ops.ZerosLike(ct.Value))),
                ct.Alive is { } alive ? Ops.Any(Ops.And(outside, alive)) : null);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Surrounds a tensor with a scalar. Negative numbers crop instead.</summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="value">A scalar of its element type.</param>
        /// <param name="low">Per axis: how many are put before the first element.</param>
        /// <param name="high">Per axis: how many are put after the last element.</param>
        /// <param name="interior">Per axis: how many are put between neighbours; none by default.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is not one padding per axis, or the value does not fit.</exception>
        public static Node Pad(Node x, Node value, Shape low, Shape high, Axes? interior = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            interior ??= [.. Enumerable.Repeat(0, x.Rank)];
            var padded = low.Concat(high).All(d => d == Dim.Zero) && interior.All(i => i == 0) && low.Rank == x.Rank
                && high.Rank == x.Rank ? x
                : Node.Of(new Pad(Shape.Of(low.Select(Positive)), Shape.Of(high.Select(Positive)), interior), origin, x, value);
            return Slice(padded, Shape.Of(low.Select(Cropped)),
                Shape.Of(padded.Shape.Select((n, a) => n - Cropped(low[a]) - Cropped(high[a]))));
        }

        /// <summary>Surrounds a tensor with a number. Negative paddings crop instead.</summary>
        /// <inheritdoc cref="Pad(Node, Node, Shape, Shape, Axes?, string, int)"/>
        public static Node Pad(Node x, double value, Shape low, Shape high, Axes? interior = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Pad(x, Scalar(x.DType, value, file, line), low, high, interior, file, line);

        private static Dim Positive(Dim padding) => padding.TryConstant(out long n) && n < 0 ? 0 : padding;

        private static Dim Cropped(Dim padding) => padding.TryConstant(out long n) && n < 0 ? -n : 0;
    }
}
