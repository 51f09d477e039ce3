using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// The same values in another element type. Floats become integers toward zero, saturating, NaN as 0; int64 becomes int32
    /// by its low bits; true is 1, and any nonzero is true. Derivatives flow from float to float.
    /// </summary>
    /// <param name="To">The element type of the result.</param>
    public sealed record Convert(DType To) : Elementwise
    {
        /// <inheritdoc/>
        public override Notation Write(FormulaStyle style, ReadOnlySpan<Notation> x) =>
            To.IsFloat ? x[0] : Notation.Function(To.Name, style, x);

        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override string Label => $"convert {To}";

        /// <inheritdoc/>
        protected override DType ResultType(Inference x) => To;

        /// <inheritdoc/>
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [ct[0] is { } seed && needed[0] && Flows(x[0]) ? seed with { Value = Ops.Convert(seed.Value, x[0].DType) } : null];

        /// <inheritdoc/>
        public override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
            [t[0] is { } tangent && Flows(x[0]) ? Ops.Convert(tangent, To) : null];

        private bool Flows(Node x) => x.DType.IsFloat && To.IsFloat;

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Convert(x[0], To);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => x[0];

        /// <inheritdoc/>
        public override long Reference(ReadOnlySpan<long> x) => x[0];
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.Convert"/>
        public static Node Convert(Node x, DType to, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            x.DType == to ? x : Node.Of(new Operations.Convert(to), Origin.At(file, line), x);
    }
}
