using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>
/// A program of its own for a composite that the general machinery would compute with more memory or work: it takes the
/// call's place once derivatives have been taken. What it computes is stated by the call's body.
/// </summary>
/// <param name="Call">The call in whose place it stands.</param>
public abstract record CallKernel(Call Call) : Routine
{
    /// <inheritdoc/>
    public sealed override string Name => Call.Name;

    /// <inheritdoc/>
    public sealed override string Label => Call.Label;

    /// <inheritdoc/>
    public sealed override ImmutableArray<TensorType> Infer(Inference x) => Call.Infer(x);

    /// <inheritdoc/>
    public sealed override ImmutableArray<HostTensor> Evaluate(Evaluation e) => Call.Evaluate(e);

    /// <inheritdoc/>
    public sealed override ImmutableArray<Cotangent?> Vjp(
        ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
        Call.Vjp(x, y, ct, needed);

    /// <inheritdoc/>
    public sealed override ImmutableArray<Node?> Jvp(ImmutableArray<Node> x, ImmutableArray<Node> y, ImmutableArray<Node?> t) =>
        Call.Jvp(x, y, t);

    /// <inheritdoc/>
    public sealed override ImmutableArray<Node> Batch(Batching x) => Call.Batch(x);
}
