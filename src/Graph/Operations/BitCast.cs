using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>The same bits read as another element type of the same size: the value changes, and no derivative exists.</summary>
    /// <param name="To">The element type of the result.</param>
    public sealed record BitCast(DType To) : Elementwise
    {
        /// <inheritdoc/>
        public override int Arity => 1;

        /// <inheritdoc/>
        public override string Label => $"bit-cast {To}";

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        protected override DType ResultType(Inference x)
        {
            x.RequireDType(0, d => d.Size == To.Size && d != DType.Bool && To != DType.Bool, $"a number of {To.Size} bytes, as {To} has");
            return To;
        }

        /// <inheritdoc/>
        public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.BitCast(x[0], To);

        /// <inheritdoc/>
        public override double Reference(ReadOnlySpan<double> x) => throw new NotSupportedException($"{Name} works on bits.");

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var y = e.Allocate();
            Buffer.BlockCopy(e.Inputs[0].Data, 0, y.Data, 0, Buffer.ByteLength(y.Data));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.BitCast"/>
        public static Node BitCast(Node x, DType to, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            x.DType == to ? x : Node.Of(new BitCast(to), Origin.At(file, line), x);
    }
}
