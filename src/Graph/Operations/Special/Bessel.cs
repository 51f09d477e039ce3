using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.SpecialFunctions;

namespace Adjoint.Operations
{
    /// <summary>A modified Bessel function I of order 1, plain or scaled.</summary>
    public abstract record BesselOfOrderOne : Called
    {
        /// <summary>y / x, which tends to 1/2 at 0.</summary>
        protected static Node PerX(Node x, Node y)
        {
            Node origin = Ops.Equal(x, Ops.ZerosLike(x));
            return Ops.Where(origin, Ops.FillLike(x, 0.5), y / Ops.Where(origin, Ops.OnesLike(x), x));
        }
    }

    /// <summary>
    /// Modified Bessel function of the first kind of order 0, <c>I₀(x)</c>; it
    /// overflows past 713, where the scaled one does not. Called lane by lane.
    /// </summary>
    public sealed record BesselI0 : Called
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.BesselI1(x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(BesselFunction.I0, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Bessel(0, x[0], scaled: false);
    }

    /// <summary>Modified Bessel function of the first kind of order 1, <c>I₁(x) = I₀'(x)</c>. Called lane by lane.</summary>
    public sealed record BesselI1 : BesselOfOrderOne
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.BesselI0(x[0]) - PerX(x[0], y)];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(BesselFunction.I1, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Bessel(1, x[0], scaled: false);
    }

    /// <summary>Exponentially scaled Bessel function, <c>e^-|x| I₀(x)</c>. Its slope at the kink, 0, is 0. Called lane by lane.</summary>
    public sealed record BesselI0e : Called
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.BesselI1e(x[0]) - Ops.Sign(x[0]) * y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(BesselFunction.I0e, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Bessel(0, x[0], scaled: true);
    }

    /// <summary>Exponentially scaled Bessel function, <c>e^-|x| I₁(x)</c>. Called lane by lane.</summary>
    public sealed record BesselI1e : BesselOfOrderOne
    {
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [Ops.BesselI0e(x[0]) - PerX(x[0], y) - Ops.Sign(x[0]) * y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(BesselFunction.I1e, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Bessel(1, x[0], scaled: true);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.BesselI0"/>
        public static Node BesselI0(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new BesselI0(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.BesselI1"/>
        public static Node BesselI1(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new BesselI1(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.BesselI0e"/>
        public static Node BesselI0e(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new BesselI0e(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.BesselI1e"/>
        public static Node BesselI1e(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new BesselI1e(), Origin.At(file, line), x);
    }
}
