using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>A function of one operand that kernels call lane by lane, in double: some fifty times slower than an exponential.</summary>
public abstract record Called : Unary
{
    /// <inheritdoc/>
    public override int Cost => 400;
}

/// <summary>A function that kernels call lane by lane, without derivatives in some of its operands: asking for those is an error.</summary>
public abstract record PartlySmooth : Elementwise
{
    /// <inheritdoc/>
    public override int Cost => 800;

    /// <summary>How many operands, from the first, have no derivative.</summary>
    protected abstract int Rough { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed)
    {
        Refuse(y[0], [.. needed.Select(n => n && ct[0] is not null)]);
        return base.Vjp(x, y, ct, needed);
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t)
    {
        Refuse(y[0], [.. t.Select(n => n is not null)]);
        return base.Jvp(x, y, t);
    }

    private void Refuse(Node y, ImmutableArray<bool> wanted)
    {
        for (int i = 0; i < Rough; i++)
            if (wanted[i])
                throw GraphException.For(this, y.Apply.Inputs, y.Apply.Origin, $"it has no derivative in x[{i}]",
                    "hold that operand constant, e.g. by StopGradient, or do not ask for its gradient");
    }
}
