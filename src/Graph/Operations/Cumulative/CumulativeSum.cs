using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Sums of everything up to each element, <c>y[k] = x[0] + ... + x[k]</c>, added in that order. Integers wrap.</summary>
    /// <param name="Axis">The axis that it runs along.</param>
    /// <param name="Reverse">Whether it starts at the end.</param>
    /// <param name="Exclusive">Whether an element is left out of its own sum: the first one is 0.</param>
    public sealed record CumulativeSum(int Axis, bool Reverse, bool Exclusive) : Cumulative(Axis, Reverse)
    {
        /// <inheritdoc/>
        public override string Label => base.Label + (Exclusive ? " exclusive" : "");

        /// <inheritdoc/>
        protected override ImmutableArray<Local> Start(Procedure p, DType type) => [p.Local(p.Number(type, 0))];

        /// <inheritdoc/>
        protected override ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x, Formula at)
        {
            var (sum, before) = (kept[0], p.Let(kept[0].Value));
            sum.Value += x[0];
            return [Exclusive ? before : sum.Value];
        }

        /// <inheritdoc/>
        protected override T[][] Reference<T>(T[][] x)
        {
            var sum = T.Zero;
            return [[.. x[0].Select(v => (sum += v) is var after && Exclusive ? after - v : after)]];
        }

        // What reaches y[k] is everything before it, so x[i] is met by everything after it: the same sums from the other end.
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [needed[0] && ct[0] is { } seed
                ? Guarded(seed, Node.Of(this with { Reverse = !Reverse }, y[0].Apply.Origin, seed.Value)) : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent ? Node.Of(this, y[0].Apply.Origin, tangent) : null];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Sums of everything up to each element along an axis, <c>y[k] = x[0] + ... + x[k]</c>.</summary>
        /// <param name="x">Numbers; integers wrap.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="exclusive">Leaves an element out of its own sum: the first one is 0.</param>
        /// <param name="reverse">Starts at the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or x holds truth values.</exception>
        public static Node CumulativeSum(Node x, int axis = -1, bool exclusive = false, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new CumulativeSum(axis < 0 ? axis + x.Rank : axis, reverse, exclusive), Origin.At(file, line), x);
    }
}
