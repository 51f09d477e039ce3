using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Choice, <c>y = c ? a : b</c>, elementwise; c is bool. The branch
    /// not taken gets a dead cotangent, not a zero to multiply with.
    /// </summary>
    public sealed record Select : Elementwise
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) => x[1].Where(x[0], x[2]);

        /// <inheritdoc/>
        public override string Name => "where";

        /// <inheritdoc/>
        public override int Arity => 3;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d == DType.Bool, "bool");
            x.RequireSameDType(1, 2);
            return x[1].DType;
        }

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
        {
            if (ct[0] is not { } seed)
                return [null, null, null];
            return [null, needed[1] ? Branch(seed, x[0]) : null, needed[2] ? Branch(seed, Ops.Not(x[0])) : null];
        }

        /// <summary>The part of a cotangent that a predicate lets through.</summary>
        internal static Cotangent Branch(Cotangent ct, Node taken) => new(
            Ops.Where(taken, ct.Value, Ops.ZerosLike(ct.Value)), ct.Alive is { } alive ? Ops.And(alive, taken) : taken);

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[1] is null && t[2] is null ? null : Ops.Where(x[0], t[1] ?? Ops.ZerosLike(y[0]), t[2] ?? Ops.ZerosLike(y[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Select(x[0], x[1], x[2]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] != 0 ? x[1] : x[2];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0] != 0 ? x[1] : x[2];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// <paramref name="a"/> where <paramref name="condition"/>
        /// holds, else <paramref name="b"/>; all broadcast to one shape.
        /// </summary>
        /// <remarks>Gradients are safe: the branch not taken never contributes, also where its slope is infinite, at any order.</remarks>
        public static Node Where(Node condition, Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Select(), Origin.At(file, line), condition, a, b);
    }
}
