using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Error function, <c>y = 2/√π ∫₀ˣ e^(-t²) dt</c>.</summary>
    public sealed record Erf : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 25;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [2 / Math.Sqrt(Math.PI) * Ops.Exp(-(x[0] * x[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Erf(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Erf(x[0]);
    }

    /// <summary>Complement of the error function, <c>y = 1 - erf x</c>, with the digits of its tail: down to 10⁻⁴⁵ in float32.</summary>
    public sealed record Erfc : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 45;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) =>
            [-2 / Math.Sqrt(Math.PI) * Ops.Exp(-(x[0] * x[0]))];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Erfc(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Erfc(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Erfc"/>
        public static Node Erfc(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Erfc(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Erf"/>
        public static Node Erf(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Erf(), Origin.At(file, line), x);
    }
}
