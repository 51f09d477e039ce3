using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Products of everything up to each element, <c>y[k] = x[0] * ... * x[k]</c>. Integers wrap. Derivatives divide by nothing, so
    /// they are exact at every order also where elements are zero.
    /// </summary>
    /// <param name="Axis">The axis that it runs along.</param>
    /// <param name="Reverse">Whether it starts at the end.</param>
    /// <param name="Exclusive">Whether an element is left out of its own product: the first one is 1.</param>
    public sealed record CumulativeProduct(int Axis, bool Reverse, bool Exclusive) : Cumulative(Axis, Reverse)
    {
        /// <inheritdoc/>
        public override string Label => base.Label + (Exclusive ? " exclusive" : "");

        /// <inheritdoc/>
        protected override ImmutableArray<Local> Start(Procedure p, DType type) => [p.Local(p.Number(type, 1))];

        /// <inheritdoc/>
        protected override ImmutableArray<Formula> Step(Procedure p, ImmutableArray<Local> kept, ImmutableArray<Formula> x, Formula at)
        {
            var (product, before) = (kept[0], p.Let(kept[0].Value));
            product.Value *= x[0];
            return [Exclusive ? before : product.Value];
        }

        /// <inheritdoc/>
        protected override T[][] Reference<T>(T[][] x) =>
            [[.. x[0].Select((_, k) => x[0].Take(Exclusive ? k : k + 1).Aggregate(T.One, (a, b) => a * b))]];

        // x'[i] is the product before i times s[i], the sum over k of y'[k] and the factors between: s[i] = y'[i] + x[i+1] s[i+1]
        // (exclusive: of the y'[k] that follow, s[i-1] = y'[i] + x[i] s[i]).
        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var sums = Recurrence(!Reverse, departing: !Exclusive, x[0], seed.Value);
            return [Guarded(seed, ProductsBefore(x[0]) * (Exclusive ? After(sums) : sums))];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null];
            var terms = tangent * ProductsBefore(x[0]);
            return [Recurrence(Reverse, departing: Exclusive, x[0], Exclusive ? Before(terms) : terms)];
        }

        private Node ProductsBefore(Node x) => Node.Of(this with { Exclusive = true }, x.Apply.Origin, x);

        private Node Recurrence(bool reverse, bool departing, Node factors, Node terms) =>
            Node.Of(new LinearRecurrence(Axis, reverse, departing), terms.Apply.Origin, factors, terms);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>Products of everything up to each element along an axis, <c>y[k] = x[0] * ... * x[k]</c>.</summary>
        /// <param name="x">Numbers; integers wrap.</param>
        /// <param name="axis">The axis; a negative one counts from the end.</param>
        /// <param name="exclusive">Leaves an element out of its own product: the first one is 1.</param>
        /// <param name="reverse">Starts at the end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">There is no such axis, or x holds truth values.</exception>
        public static Node CumulativeProduct(Node x, int axis = -1, bool exclusive = false, bool reverse = false,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new CumulativeProduct(axis < 0 ? axis + x.Rank : axis, reverse, exclusive), Origin.At(file, line), x);
    }
}
