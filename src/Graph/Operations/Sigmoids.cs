using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>Hyperbolic tangent.</summary>
    public sealed record Tanh : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 22;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [1 - y * y];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Tanh(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Tanh(x[0]);
    }

    /// <summary>Logistic sigmoid, <c>y = 1 / (1 + e^-x)</c>.</summary>
    public sealed record Sigmoid : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 22;

        // dy/dx = y (1 - y), and 1 - y as sigmoid(-x) keeps its digits where y rounds to 1.
        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [y * Ops.Sigmoid(-x[0])];

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Sigmoid(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Precise.Sigmoid(x[0]);
    }

    /// <summary>Softplus, <c>y = log(1 + e^x)</c>, written so that nothing overflows.</summary>
    public sealed record Softplus : Unary
    {
        /// <inheritdoc/>
        public override int Cost => 46;

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.Sigmoid(x[0])];

        // max(x, 0) + log1p(e^-|x|)
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) =>
            b.Add(b.Max(x[0], b.Zero(x[0])), b.Log1p(b.Exp(b.Negate(b.Abs(x[0])))));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Max(x[0], 0) + Precise.Log1p(Math.Exp(-Math.Abs(x[0])));
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Tanh"/>
        public static Node Tanh(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Tanh(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Sigmoid"/>
        public static Node Sigmoid(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Sigmoid(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Softplus"/>
        public static Node Softplus(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Softplus(), Origin.At(file, line), x);

        /// <summary>
        /// Logarithm of the sigmoid, <c>y = log(1 / (1 + e^-x)) = -softplus(-x)</c>:
        /// finite where the sigmoid underflows.
        /// </summary>
        public static Node LogSigmoid(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return -Softplus(-x);
        }
    }
}
