using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>The extreme one of two. Ties share: each operand gets half of the cotangent.</summary>
    public abstract record ExtremeOfTwo : Arithmetic
    {
        /// <summary>Where a is taken, and b is not.</summary>
        protected abstract Node Wins(Node a, Node b);

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            ct[0] is { } seed ? [needed[0] ? Part(seed, x[0], x[1]) : null, needed[1] ? Part(seed, x[1], x[0]) : null] : [null, null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
        {
            var (a, b) = (t[0] is { } ta ? Share(ta, x[0], x[1]) : null, t[1] is { } tb ? Share(tb, x[1], x[0]) : null);
            return [a is null ? b : b is null ? a : a + b];
        }

        // v where a wins, v/2 where they tie, 0 where b wins.
        private Node Share(Node v, Node a, Node b) =>
            Ops.Where(Wins(a, b), v, Ops.Where(Ops.Equal(a, b), 0.5 * v, Ops.ZerosLike(v)));

        private Cotangent Part(Cotangent ct, Node a, Node b)
        {
            var taken = Ops.Or(Wins(a, b), Ops.Equal(a, b));
            return new(Share(ct.Value, a, b), ct.Alive is { } alive ? Ops.And(alive, taken) : taken);
        }
    }

    /// <summary>The larger of two, <c>y = max(a, b)</c>; NaN wins, and +0 is larger than -0. Ties share the derivative.</summary>
    public sealed record Maximum : ExtremeOfTwo
    {
        /// <inheritdoc/>
        protected override Node Wins(Node a, Node b) => a > b;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Max(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Max(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => Math.Max(x[0], x[1]);
    }

    /// <summary>The smaller of two, <c>y = min(a, b)</c>; NaN wins, and -0 is smaller than +0. Ties share the derivative.</summary>
    public sealed record Minimum : ExtremeOfTwo
    {
        /// <inheritdoc/>
        protected override Node Wins(Node a, Node b) => a < b;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Min(x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Min(x[0], x[1]);

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => Math.Min(x[0], x[1]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Maximum"/>
        public static Node Maximum(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Maximum(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Maximum"/>
        public static Node Maximum(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Maximum(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Minimum"/>
        public static Node Minimum(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Minimum(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.Minimum"/>
        public static Node Minimum(Node a, double b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new Minimum(), Origin.At(file, line), a, b);
    }
}
