using System.Collections.Immutable;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Adjoint.Codegen;

/// <summary>The operand, in memory of its own: for results that are inputs, variables or results already.</summary>
internal sealed record Copy : Elementwise
{
    public override int Arity => 1;

    protected override DType ResultType(Inference x) => x[0].DType;

    public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [Ops.OnesLike(y)];

    public override Value Lower(Body b, ReadOnlySpan<Value> x) => x[0];

    public override double Reference(ReadOnlySpan<double> x) => x[0];

    public override long Reference(ReadOnlySpan<long> x) => x[0];
}
