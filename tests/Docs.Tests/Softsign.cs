using System.Collections.Immutable;
using Adjoint;
using Adjoint.Kernels;
using Adjoint.Operations;

namespace Docs.Tests;

// begin
/// <summary>Softsign, <c>y = x / (1 + |x|)</c>, elementwise.</summary>
public sealed record Softsign : Unary
{
    /// <inheritdoc/>
    public override int Cost => 6;

    // dy/dx = 1 / (1 + |x|)^2, also at 0, where numerator and denominator have kinks that cancel.
    /// <inheritdoc/>
    public override ImmutableArray<Node?> Partials(ImmutableArray<Node> x, Node y) => [1 / Ops.Square(1 + Ops.Abs(x[0]))];

    /// <inheritdoc/>
    public override Value Lower(Body b, ReadOnlySpan<Value> x) => b.Divide(x[0], b.Add(b.One(x[0]), b.Abs(x[0])));

    /// <inheritdoc/>
    public override double Reference(ReadOnlySpan<double> x) => x[0] / (1 + Math.Abs(x[0]));
}
// end
