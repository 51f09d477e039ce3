using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>An extent as a scalar, known when a call binds its symbols: how a mean over "batch" is said.</summary>
    /// <param name="Of">The extent.</param>
    /// <param name="Type">The element type of the result.</param>
    public sealed record Extent(Dim Of, DType Type) : Generator
    {
        /// <inheritdoc/>
        public override string Label => $"extent {Of}";

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(0);
            return Type == DType.Bool ? throw x.Error("an extent is no truth value",
                "ask for a number, e.g. DType.Int64") : [TensorType.Scalar(Type)];
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result) => place.Extent(Type, Of);

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var y = e.Allocate();
            y.DType.Visit(new Elements.FromLongs(y))(0, Of.Evaluate(e.Bindings));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <summary>
        /// An extent as a scalar of type <paramref name="dtype"/>: a constant
        /// where it is a number, else known when a call binds its symbols.
        /// </summary>
        /// <exception cref="GraphException"><paramref name="dtype"/> is bool.</exception>
        public static Node Extent(Dim dim, DType dtype, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            dim.TryConstant(out long value) && dtype != DType.Bool ? Scalar(dtype, value, file, line)
            : Node.Of(new Extent(dim, dtype), Origin.At(file, line));
    }
}
