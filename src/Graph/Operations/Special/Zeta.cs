using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;
using Adjoint.SpecialFunctions;

namespace Adjoint.Operations
{
    /// <summary>
    /// Riemann's zeta function, <c>ζ(s) = Σ k^-s</c> over k ≥ 1, continued
    /// to all s but 1. Called lane by lane; it has no derivative here.
    /// </summary>
    public sealed record Zeta : PartlySmooth
    {
        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        protected override int Rough => 1;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(ZetaFunction.Riemann, x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Riemann(x[0]);
    }

    /// <summary>
    /// Hurwitz' zeta function, <c>ζ(s, q) = Σ (q + k)^-s</c> over k ≥ 0,
    /// for s &gt; 1 and q &gt; 0. Called lane by lane; differentiable in q.
    /// </summary>
    public sealed record HurwitzZeta : PartlySmooth
    {
        /// <inheritdoc/>
        public override int Arity => 2;

        /// <inheritdoc/>
        protected override int Rough => 1;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [null, -x[0] * Ops.Zeta(x[0] + 1, x[1])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Call(ZetaFunction.Hurwitz, x[0], x[1]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => SpecialReference.Hurwitz(x[0], x[1]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Zeta"/>
        public static Node Zeta(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Zeta(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.HurwitzZeta"/>
        public static Node Zeta(Node s, Node q, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Broadcasting(new HurwitzZeta(), Origin.At(file, line), s, q);
    }
}
