using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Coordinates, <c>y[.., i, ..] = i</c>: each element is its own position along an axis.</summary>
    /// <param name="Target">The result's shape.</param>
    /// <param name="Axis">The axis to count along.</param>
    /// <param name="Type">The element type of the result.</param>
    public sealed record Iota(Shape Target, int Axis, DType Type) : Generator
    {
        /// <inheritdoc/>
        public override string Label => $"iota {Axis}";

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(0);
            if (Axis < 0 || Axis >= Target.Rank)
                throw x.Error($"there is no axis {Axis} in {Target}", $"use 0 to {Target.Rank - 1}");
            return Type == DType.Bool ? throw x.Error("a coordinate is no truth value",
                "ask for a number, e.g. DType.Int64") : [new(Type, Target)];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result) =>
            b.Convert(place.Index(Type.Size == 8 ? DType.Int64 : DType.Int32, Axis), Type);

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var y = e.Allocate();
            var write = y.DType.Visit(new Elements.FromLongs(y));
            for (int i = 0; i < y.Length; i++)
                write(i, Elements.Coordinates(i, y.Shape)[Axis]);
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// A tensor whose elements are their own position along
        /// <paramref name="axis"/>: 0, 1, 2, ...; a negative axis counts from the end.
        /// </summary>
        /// <exception cref="GraphException">There is no such axis, or <paramref name="dtype"/> is bool.</exception>
        public static Node Iota(Shape shape, int axis, DType dtype, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Iota(shape, axis < 0 ? axis + shape.Rank : axis, dtype), Origin.At(file, line));

        /// <summary>Each element's own row-major position.</summary>
        internal static Node FlatPositions(Shape shape, DType dtype)
        {
            var (position, stride) = (BroadcastTo(Scalar(dtype, 0), shape), Dim.One);
            for (int a = shape.Rank - 1; a >= 0; stride *= shape[a--])
                if (shape[a] != Dim.One)
                    position += stride == Dim.One ? Iota(shape, a, dtype) : Iota(shape, a, dtype) * Extent(stride, dtype);
            return position;
        }

        /// <summary>Numbers at equal distance, <c>y[i] = start + i * step</c>: each rounded once, never a running sum.</summary>
        /// <param name="start">A scalar of a number type.</param>
        /// <param name="step">A scalar of that type.</param>
        /// <param name="count">How many.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">The scalars are none, or of different types.</exception>
        public static Node Range(Node start, Node step, Dim count, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return start + Iota([count], 0, start.DType) * step;
        }

        /// <summary>One value everywhere: a scalar that is broadcast, never a tensor in memory. The value's cotangent is the sum.</summary>
        /// <param name="shape">The result's shape.</param>
        /// <param name="value">A scalar.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node Fill(Shape shape, Node value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            BroadcastTo(value, shape, file, line);

        /// <summary>The n×n matrix with ones on the diagonal and zeros elsewhere.</summary>
        public static Node IdentityMatrix(Dim n, DType dtype, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            IdentityMatrix(n, n, 0, dtype, file, line);

        /// <summary>A matrix with ones on a diagonal and zeros elsewhere, <c>y[i, j] = 1 where j = i + offset, else 0</c>.</summary>
        /// <param name="rows">Rows.</param>
        /// <param name="columns">Columns.</param>
        /// <param name="offset">Which diagonal: 0 the main one, positive ones above it. It may lie outside.</param>
        /// <param name="dtype">The element type of the result.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node IdentityMatrix(Dim rows, Dim columns, long offset, DType dtype,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            var index = dtype.Size == 8 || Math.Abs(offset) > int.MaxValue / 2 ? DType.Int64 : DType.Int32;
            var row = Iota([rows, columns], 0, index);
            return Convert(Equal(offset == 0 ? row : row + offset, Iota([rows, columns], 1, index)), dtype);
        }

        /// <summary>
        /// One-hot rows, <c>y[.., j] = 1 where j = indices[..], else 0</c>; an
        /// index outside 0 to <paramref name="depth"/> - 1 gives a row of zeros.
        /// </summary>
        /// <param name="indices">int32 or int64, of any shape.</param>
        /// <param name="depth">Extent of the new last axis.</param>
        /// <param name="dtype">The element type of the result.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Indices are no integers.</exception>
        public static Node OneHot(Node indices, Dim depth, DType dtype, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            if (!indices.DType.IsInteger)
                throw GraphException.For(new Equal(), [indices], origin, $"one-hot of {indices.DType}", "give int32 or int64 indices");
            return Convert(IsAt(indices, depth, -1), dtype);
        }

        /// <summary>
        /// One-hot along any axis, <c>y[.., j, ..] = on where j = indices[..], else off</c>;
        /// an index outside 0 to <paramref name="depth"/> - 1 gives off everywhere.
        /// </summary>
        /// <param name="indices">int32 or int64, of any shape; see <see cref="FromEnd(Node, Dim, string, int)"/> for negative ones.</param>
        /// <param name="depth">Extent of the new axis.</param>
        /// <param name="on">A scalar.</param>
        /// <param name="off">A scalar of the same type.</param>
        /// <param name="axis">Position of the new axis in the result; a negative one counts from its end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Indices are no integers, the values
        /// differ in type, or the result would have no such axis.</exception>
        public static Node OneHot(Node indices, Dim depth, Node on, Node off, int axis = -1,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            using var _ = Origin.Under(origin);
            if (!indices.DType.IsInteger)
                throw GraphException.For("one-hot", [indices], origin, $"indices are {indices.DType}", "give int32 or int64 indices");
            return Where(IsAt(indices, depth, AxisOf("one-hot", indices, axis, indices.Rank + 1, origin)), on, off);
        }

        /// <summary>Positions that may count from the end as positions from the beginning: <c>y = x &lt; 0 ? x + extent : x</c>.</summary>
        /// <param name="indices">int32 or int64, of any shape.</param>
        /// <param name="extent">How many positions there are.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node FromEnd(Node indices, Dim extent, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return Where(indices < 0, indices + Extent(extent, indices.DType), indices);
        }

        private static Node IsAt(Node indices, Dim depth, int axis)
        {
            var rows = ExpandDims(indices, axis);
            return Equal(Iota(rows.Shape.With(axis, depth), axis, indices.DType), rows);
        }
    }
}
