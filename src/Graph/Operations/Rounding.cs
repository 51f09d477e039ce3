using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>A step function: flat between its jumps, so its slope is zero, by convention at the jumps too.</summary>
    public abstract record Step : Unary
    {
        /// <inheritdoc/>
        public sealed override Differentiability Differentiability => Differentiability.ZeroSlope;
    }

    /// <summary>Largest integer not above x.</summary>
    public sealed record Floor : Step
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Floor(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Floor(x[0]);
    }

    /// <summary>Smallest integer not below x; of -0.3 it is -0.</summary>
    public sealed record Ceiling : Step
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Ceiling(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Ceiling(x[0]);
    }

    /// <summary>Nearest integer, half to even: 2.5 becomes 2.</summary>
    public sealed record Round : Step
    {
        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Round(x[0]);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Round(x[0], MidpointRounding.ToEven);
    }

    /// <summary>Nearest integer toward zero; of -0.3 it is -0.</summary>
    public sealed record Truncate : Step
    {
        /// <inheritdoc/>
        public override int Cost => 4;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) =>
            b.Select(b.Less(x[0], b.Zero(x[0])), b.Ceiling(x[0]), b.Floor(x[0]));

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => Math.Truncate(x[0]);
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Floor"/>
        public static Node Floor(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Floor(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Ceiling"/>
        public static Node Ceiling(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Ceiling(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Round"/>
        public static Node Round(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Round(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Truncate"/>
        public static Node Truncate(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new Truncate(), Origin.At(file, line), x);

        /// <summary>
        /// Fractional part, <c>y = x - truncate(x)</c>, of the sign
        /// of x; its slope is 1, by convention at the jumps too.
        /// </summary>
        public static Node Fraction(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            using var _ = Origin.Under(Origin.At(file, line));
            return x - Truncate(x);
        }
    }
}
