using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Product over axes; of nothing, 1. Integers wrap. The derivative is exact also where elements are zero.</summary>
    /// <remarks>Derivatives of second order treat zero elements as constants.</remarks>
    /// <param name="Axes">The axes that disappear.</param>
    /// <param name="KeepDims">Whether they stay with extent 1.</param>
    public sealed record Product(Axes Axes, bool KeepDims) : Reduction(Axes, KeepDims)
    {
        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d != DType.Bool, "a number");
            return x[0].DType;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Value> Identity(Body b, DType type) => [b.Constant(type, 1)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Step(Body b, ImmutableArray<Value> acc, Value x, Func<DType, Value> index) => [b.Multiply(acc[0], x)];

        /// <inheritdoc/>
        public override ImmutableArray<Value> Merge(Body b, ImmutableArray<Value> first, ImmutableArray<Value> second) => [b.Multiply(first[0], second[0])];

        /// <inheritdoc/>
        protected override double Reference(IReadOnlyList<double> x) => x.Aggregate(1.0, (a, b) => a * b);

        /// <inheritdoc/>
        protected override long Reference(IReadOnlyList<long> x) => x.Aggregate(1L, (a, b) => unchecked(a * b));

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (!needed[0] || ct[0] is not { } seed)
                return [null];
            var (alive, others) = Others(x[0]);
            if (seed.Alive is { } above)
                alive = Ops.And(alive, Spread(above, x[0]));
            return [new(Ops.Where(alive, Spread(seed.Value, x[0]) * others, Ops.ZerosLike(x[0])), alive)];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            if (t[0] is not { } tangent)
                return [null];
            var (alive, others) = Others(x[0]);
            return [Ops.Sum(Ops.Where(alive, tangent * others, Ops.ZerosLike(x[0])), Axes, KeepDims)];
        }

        // dy/dx[i] is the product of the others: p / x[i], or p where x[i] = 0, if no other one is zero, and else 0.
        // p is the product of what is not zero.
        private (Node Alive, Node Others) Others(Node x)
        {
            var zero = Ops.Equal(x, Ops.ZerosLike(x));
            var isZero = Ops.Convert(zero, x.DType);
            var factors = Ops.Where(zero, Ops.OnesLike(x), x);
            return (Ops.Equal(Spread(Ops.Sum(isZero, Axes, KeepDims), x), isZero), Spread(Again(factors), x) / factors);
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Product"/>
        public static Node Product(Node x, Axes? axes = null, bool keepDims = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Reduce(x, axes, a => new Product(a, keepDims), Origin.At(file, line));
    }
}
