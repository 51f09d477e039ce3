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
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Floor"/>
        public static Node Floor(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Node.Of(new Floor(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Ceiling"/>
        public static Node Ceiling(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Node.Of(new Ceiling(), Origin.At(file, line), x);

        /// <inheritdoc cref="Operations.Round"/>
        public static Node Round(Node x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Node.Of(new Round(), Origin.At(file, line), x);
    }
}
