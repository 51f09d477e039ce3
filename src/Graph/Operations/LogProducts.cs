using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Logarithm of a sum of two exponentials, <c>y = log(e^a + e^b) = max + log1p(e^-|a - b|)</c>. Of two -∞ it is -∞ with slopes 0.
    /// </summary>
    public sealed record LogAddExp : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        public override int Cost => 50;

        // sigmoid(a - b) and sigmoid(b - a); equal infinities have no difference.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y)
        {
            Node infinite = Ops.And(Ops.Equal(x[0], x[1]), Ops.Not(Ops.IsFinite(y))), zero = Ops.ZerosLike(y);
            Node share = Ops.Where(y > zero, Ops.FillLike(y, 0.5), zero), difference = Ops.Where(infinite, zero, x[0] - x[1]);
            return [Ops.Where(infinite, share, Ops.Sigmoid(difference)), Ops.Where(infinite, share, Ops.Sigmoid(-difference))];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x)
        {
            Value larger = b.Max(x[0], x[1]), difference = b.Abs(b.Subtract(x[0], x[1]));
            Value apart = b.Add(larger, b.Log1p(b.Exp(b.Negate(difference))));
            return b.Select(b.Equal(x[0], x[1]), b.Add(x[0], b.Like(x[0], Math.Log(2))), apart);
        }

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] == x[1] ? x[0] + Math.Log(2)
            : Math.Max(x[0], x[1]) + Precise.Log1p(Math.Exp(Math.Min(x[0], x[1]) - Math.Max(x[0], x[1])));
    }

    /// <summary>A product with a logarithm that is 0 where the first factor is, whatever the logarithm: entropies.</summary>
    public abstract record LogProduct : Elementwise
    {
        /// <inheritdoc/>
        public sealed override int Arity => 2;

        /// <inheritdoc/>
        public override int Cost => 28;

        /// <summary>The logarithm, as a node.</summary>
        protected abstract Node Log(Node y);

        /// <summary>The logarithm's slope in the second operand is one over this.</summary>
        protected abstract Node Inner(Node y);

        // log y, but 0 where x = 0, and x over the logarithm's argument, which is 0 there.
        /// <inheritdoc/>
        public sealed override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y)
        {
            Node nothing = Ops.Equal(x[0], Ops.ZerosLike(y)), zero = Ops.ZerosLike(y);
            return [Ops.Where(nothing, zero, Log(x[1])), Ops.Where(nothing, zero, x[0] / Inner(x[1]))];
        }

        /// <summary>x times the logarithm, 0 where x is and y is a number.</summary>
        protected static Value Product(Body b, Value x, Value y, Value log) =>
            b.Select(b.And(b.Equal(x, b.Zero(x)), b.Equal(y, y)), b.Zero(x), b.Multiply(x, log));
    }

    /// <summary><c>z = x log y</c>, and 0 where x is 0, even for y ≤ 0 (but not for NaN).</summary>
    public sealed record XLogY : LogProduct
    {
        /// <inheritdoc/>
        public override string Name => "xlogy";

        /// <inheritdoc/>
        protected override Node Log(Node y) => Ops.Log(y);

        /// <inheritdoc/>
        protected override Node Inner(Node y) => y;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => Product(b, x[0], x[1], b.Log(x[1]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] == 0 && !double.IsNaN(x[1]) ? 0 : x[0] * Math.Log(x[1]);
    }

    /// <summary><c>z = x log(1 + y)</c>, and 0 where x is 0, even for y ≤ -1 (but not for NaN).</summary>
    public sealed record XLog1pY : LogProduct
    {
        /// <inheritdoc/>
        public override string Name => "xlog1py";

        /// <inheritdoc/>
        protected override Node Log(Node y) => Ops.Log1p(y);

        /// <inheritdoc/>
        protected override Node Inner(Node y) => 1 + y;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => Product(b, x[0], x[1], b.Log1p(x[1]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0] == 0 && !double.IsNaN(x[1]) ? 0 : x[0] * Precise.Log1p(x[1]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.LogAddExp"/>
        public static Node LogAddExp(Node a, Node b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new LogAddExp(), Origin.At(file, line), a, b);

        /// <inheritdoc cref="Operations.XLogY"/>
        public static Node XLogY(Node x, Node y, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new XLogY(), Origin.At(file, line), x, y);

        /// <inheritdoc cref="Operations.XLog1pY"/>
        public static Node XLog1pY(Node x, Node y, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new XLog1pY(), Origin.At(file, line), x, y);
    }
}
