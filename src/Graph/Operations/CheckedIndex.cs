using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>The same indices, after checking that each lies from 0 to extent - 1; another value is an error while running.</summary>
    /// <param name="Extent">How many positions there are.</param>
    public sealed record CheckedIndex(Dim Extent) : Generator
    {
        /// <inheritdoc/>
        public override string Label => $"checked-index {Extent}";

        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Discrete;

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            x.RequireDType(0, d => d.IsInteger, "int32 or int64");
            return [x[0]];
        }

        /// <inheritdoc/>
        public override ImmutableArray<Node> Batch(Batching x) => x.Apply(this);

        /// <inheritdoc/>
        public override bool IsAligned(int input) => true;

        /// <inheritdoc/>
        public override Value Lower(Body b, IPlace place, TensorType result) =>
            Positions.Checked(b, place, place.Element(0), Extent, "index out of range");

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e)
        {
            var (x, y, extent) = (e.Inputs[0], e.Allocate(), Extent.Evaluate(e.Bindings));
            var (read, write) = (x.DType.Visit(new Elements.Longs(x)), y.DType.Visit(new Elements.FromLongs(y)));
            for (int i = 0; i < y.Length; i++)
                write(i, Positions.Checked(this, read(i), extent));
            return [y];
        }
    }
}

namespace Adjoint
{
    public static partial class Ops
    {
        /// <inheritdoc cref="Operations.CheckedIndex"/>
        /// <param name="indices">int32 or int64, of any shape.</param>
        /// <param name="extent">How many positions there are.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <exception cref="GraphException">Indices are no integers.</exception>
        public static Node CheckedIndex(Node indices, Dim extent, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Node.Of(new CheckedIndex(extent), Origin.At(file, line), indices);
    }
}
