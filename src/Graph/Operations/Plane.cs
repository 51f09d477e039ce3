using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>A function of a point of the plane whose slopes at the origin are 0, where none exist.</summary>
    public abstract record OfPoint : Elementwise
    {
        /// <inheritdoc/>
        public sealed override int Arity => 2;

        /// <summary>Slopes away from the origin, from coordinates and length; at the origin they are given a length of 1.</summary>
        protected static ImmutableArray<Node?> Slopes(ImmutableArray<Node> x, Node length, Func<Node, Node[]> slopes)
        {
            Node origin = Ops.Equal(length, Ops.ZerosLike(length)), zero = Ops.ZerosLike(length);
            return [.. slopes(Ops.Where(origin, Ops.OnesLike(length), length)).Select(s => Ops.Where(origin, zero, s))];
        }
    }

    /// <summary>
    /// Length of a point, <c>y = √(a² + b²)</c>, scaled by the larger
    /// so that nothing overflows; ∞ if one is, even beside NaN.
    /// </summary>
    public sealed record Hypot : OfPoint
    {
        /// <inheritdoc/>
        public override int Cost => 20;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            Slopes(x, y, length => [x[0] / length, x[1] / length]);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            Value p = b.Abs(x[0]), q = b.Abs(x[1]), larger = b.Max(p, q), infinity = b.Like(larger, double.PositiveInfinity);
            Value ratio = b.Divide(b.Min(p, q), b.Select(b.Equal(larger, b.Zero(larger)), b.One(larger), larger));
            Value length = b.Multiply(larger, b.Sqrt(b.MultiplyAdd(ratio, ratio, b.One(ratio))));
            return b.Select(b.Or(b.Equal(p, infinity), b.Equal(q, infinity)), infinity, length);
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => double.Hypot(x[0], x[1]);
    }

    /// <summary>
    /// The angle of the point (x, y) from the positive x axis, in
    /// [-π, π], operands in the order y, x: signed zeros as in C99.
    /// </summary>
    public sealed record Atan2 : OfPoint
    {
        /// <inheritdoc/>
        public override int Cost => 50;

        // x / (x² + y²) and -y / (x² + y²), where squares would overflow.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            Slopes(x, Ops.Hypot(x[0], x[1]), length => [x[1] / length / length, -x[0] / length / length]);

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Atan2(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Atan2(x[0], x[1]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Hypot"/>
        public static Node Hypot(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Hypot(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Atan2"/>
        public static Node Atan2(Node y, Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Atan2(), Origin.At(file, line), y, x);
    }
}
