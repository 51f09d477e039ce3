using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// x kept between bounds, <c>y = min(max(x, low), high)</c>; with low above high, high. At a bound the derivative goes
    /// to x, beyond it to the bound; NaN passes.
    /// </summary>
    public sealed record Clamp : Arithmetic
    {
        /// <inheritdoc/>
        public override int Arity => 3;

        /// <inheritdoc/>
        public override int Cost => 2;

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            ct[0] is { } seed
                ? [.. Taken(x).Select((taken, i) => needed[i] ? Select.Branch(seed, taken()) : null)]
                : [null, null, null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            Node? sum = null;
            foreach (var (tangent, taken) in t.Zip(Taken(x)))
                if (tangent is not null && Ops.Where(taken(), tangent, Ops.ZerosLike(tangent)) is var part)
                    sum = sum is null ? part : sum + part;
            return [sum];
        }

        // Where the result is each of the operands; the three exclude one another.
        private static Func<Node>[] Taken(ImmutableArray<Node> x) =>
        [
            () => Ops.And(x[1] <= x[0], x[0] <= x[2]),
            () => Ops.And(x[0] < x[1], x[1] <= x[2]),
            () => Ops.Or(Ops.And(x[2] < x[0], x[1] <= x[2]), x[2] < x[1]),
        ];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Min(b.Max(x[0], x[1]), x[2]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Min(Math.Max(x[0], x[1]), x[2]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => Math.Min(Math.Max(x[0], x[1]), x[2]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Clamp"/>
        public static Node Clamp(Node x, Node low, Node high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Clamp(), Origin.At(file, line), x, low, high);

        /// <inheritdoc cref="Operations.Clamp"/>
        public static Node Clamp(Node x, double low, double high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            return Broadcasting(new Clamp(), origin, x, Literal(x, low, origin), Literal(x, high, origin));
        }
    }
}
