using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.SpecialFunctions;

namespace Adjoint.Operations
{
    /// <summary>
    /// Lower regularised incomplete gamma function,
    /// <c>P(a, x) = ∫₀ˣ t^(a-1) e^-t dt / Γ(a)</c>. Called lane by lane; differentiable in x.
    /// </summary>
    public sealed record GammaInc : PartlySmooth
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        protected override int Rough => 1;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [null, Incomplete.GammaDensity(x[0], x[1])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(IncompleteGammaFunction.Lower, x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.IncompleteGamma(x[0], x[1], upper: false);
    }

    /// <summary>
    /// Upper regularised incomplete gamma function, <c>Q(a, x) = 1 - P(a, x)</c>,
    /// with the digits of its tail. Called lane by lane; differentiable in x.
    /// </summary>
    public sealed record GammaIncC : PartlySmooth
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        protected override int Rough => 1;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [null, -Incomplete.GammaDensity(x[0], x[1])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(IncompleteGammaFunction.Upper, x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.IncompleteGamma(x[0], x[1], upper: true);
    }

    /// <summary>
    /// Regularised incomplete beta function, <c>I_x(a, b) = ∫₀ˣ t^(a-1) (1 - t)^(b-1) dt / B(a, b)</c>,
    /// operands a, b, x. Called lane by lane; differentiable in x.
    /// </summary>
    public sealed record BetaInc : PartlySmooth
    {
        /// <inheritdoc/>
        public override int Arity => 3;

        /// <inheritdoc/>
        protected override int Rough => 2;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [null, null, Incomplete.BetaDensity(x[0], x[1], x[2])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(IncompleteBetaFunction.Regularised, x[0], x[1], x[2]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.IncompleteBeta(x[0], x[1], x[2]);
    }

    /// <summary>The densities that incomplete functions integrate: their slopes.</summary>
    internal static class Incomplete
    {
        // x^(a-1) e^-x / Γ(a).
        public static Node GammaDensity(Node a, Node x) => Ops.Exp(Ops.XLogY(a - 1, x) - x - Ops.LogGamma(a));

        // x^(a-1) (1-x)^(b-1) / B(a, b).
        public static Node BetaDensity(Node a, Node b, Node x) =>
            Ops.Exp(Ops.XLogY(a - 1, x) + Ops.XLog1pY(b - 1, -x) + Ops.LogGamma(a + b) - Ops.LogGamma(a) - Ops.LogGamma(b));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.GammaInc"/>
        public static Node GammaInc(Node a, Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new GammaInc(), Origin.At(file, line), a, x);

        /// <inheritdoc cref="Operations.GammaIncC"/>
        public static Node GammaIncC(Node a, Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new GammaIncC(), Origin.At(file, line), a, x);

        /// <inheritdoc cref="Operations.BetaInc"/>
        public static Node BetaInc(Node a, Node b, Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new BetaInc(), Origin.At(file, line), a, b, x);
    }
}
