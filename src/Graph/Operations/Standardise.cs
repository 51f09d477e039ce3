using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Deviations from the mean in units of their own size, <c>y = (x - m) r</c> with
    /// <c>r = 1 / √(v + epsilon)</c>: the core of layer, batch, instance and group
    /// normalisation. Results: y, the mean m, and r, both with extent 1 along the axes.
    /// </summary>
    /// <param name="Axes">The axes over which mean and variance are taken.</param>
    /// <param name="Body">What it computes.</param>
    public sealed record Standardise(Axes Axes, Computation Body) : Call("standardise", Body)
    {
        /// <inheritdoc/>
        public override string Label => $"{Name} {Axes}";

        /// <inheritdoc/>
        public override bool HasOwnDerivative => true;

        /// <inheritdoc/>
        protected override Call Batched(Computation body) => this with { Axes = [.. Axes.Select(a => a + 1)], Body = body };

        // Both sums over the cotangent are taken in one pass; the body's own derivative would need three.
        // All elements of a row meet in these sums, so a row is alive where anything of it is.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0])
                return [null];
            Node? value = null;
            void Add(Node part) => value = value is null ? part : value + part;
            if (ct[0] is { } ofY)
                Add(Project(y, ofY.Value));
            if (ct[1] is { } ofMean)
                Add(Ops.BroadcastTo(ofMean.Value / Count(x[0]), x[0].Shape));
            if (ct[2] is { } ofScale)
                Add(-(ofScale.Value * y[2] * y[2] / Count(x[0])) * y[0]);
            return [Alive(ct, x[0].Shape) is { } alive ? new(Ops.Where(alive, value!, Ops.ZerosLike(value!)), alive) : new(value!)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            t[0] is { } tangent ? [Project(y, tangent), Mean(tangent), -(y[2] * y[2] * Mean(y[0] * tangent))] : [null, null, null];

        // The Jacobian of y is symmetric, r (1 - mean - y mean(y .)): it takes constants and y itself away.
        private Node Project(ImmutableArray<Node> y, Node v) => y[2] * (v - Mean(v) - y[0] * Mean(v * y[0]));

        private Node Mean(Node v) => Ops.Mean(v, Axes, keepDims: true);

        private Node Count(Node x) => Ops.Counted(x, Axes, correction: 0);

        private Node? Alive(ImmutableArray<Cotangent?> ct, Shape shape)
        {
            var given = ct.OfType<Cotangent>().ToList();
            return given.Exists(c => c.Alive is null) ? null
                : Ops.BroadcastTo(given.Select(c => Ops.Any(c.Alive!, Axes, keepDims: true)).Aggregate((a, b) => Ops.Or(a, b)), shape);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Standardise"/>
        internal static (Node Y, Node Mean, Node InverseDeviation) Standardised(Node x, Axes axes, double epsilon)
        {
            var results = Call.Of("standardise", Origin.At("", 0), [x], a =>
            {
                Node mean = Mean(a[0], axes, keepDims: true), deviation = a[0] - mean;
                Node scale = Rsqrt(Mean(Square(deviation), axes, keepDims: true) + epsilon);
                return [deviation * scale, mean, scale];
            }, body => new Standardise(axes, body));
            return (results[0], results[1], results[2]);
        }
    }
}
