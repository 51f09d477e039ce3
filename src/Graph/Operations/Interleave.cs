using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Tensors of one shape in turns along their axes,
    /// <c>y[.., s * o + k, ..] = x_k[.., o, ..]</c>: operands in row-major order of k, and as
    /// many as sizes multiply to. Slices in steps of s take it apart again, and are its adjoint.
    /// </summary>
    /// <param name="Size">Per axis: how many tensors take turns along it, 1 where they do not.</param>
    public sealed record Interleave(Axes Size) : Assembly
    {
        /// <inheritdoc/>
        public override string Label => $"interleave {Size}";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            long count = Size.Aggregate(1L, (n, s) => n * s);
            if (x.Count == 0 || x.Count != count || x[0].Rank != Size.Count || Size.Any(s => s < 1))
                throw x.Error($"{x.Count} tensors cannot take turns as {Size}",
                    "give one size per axis, and as many tensors as they multiply to");
            for (int i = 1; i < x.Count; i++)
            {
                x.RequireSameDType(0, i);
                x.RequireSameShape(0, i);
            }
            return [new(x[0].DType, Shape.Of(x[0].Shape.Select((d, a) => d * Size[a])))];
        }

        // Where along each axis operand number k begins.
        private long[] Start(int k)
        {
            var at = new long[Size.Count];
            for (int a = at.Length - 1; a >= 0; a--)
                (k, at[a]) = (k / Size[a], k % Size[a]);
            return at;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Placement> Place(ImmutableArray<TensorType> operands, TensorType result) =>
            [.. operands.Select((_, k) => new Placement(k, [.. Start(k).Select(Dim.Of)], [.. Size.Select(s => (long)s)]))];

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(new Interleave([1, .. Size]));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Interleave"/>
        /// <param name="x">Tensors of one shape.</param>
        /// <param name="size">Per axis: how many take turns along it.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Shapes or types differ, or there are not as many tensors as sizes multiply to.</exception>
        public static Node Interleave(ReadOnlySpan<Node> x, Axes size,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Interleave(size), Origin.At(file, line), x);
    }
}
