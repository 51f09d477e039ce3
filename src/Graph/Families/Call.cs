using System.Collections.Immutable;

namespace Adjoint.Operations;

/// <summary>
/// A named computation applied to operands: how composites (softmax, layer norm, losses) stay visible in DOT and
/// reports. Inlined by default; a derived record may bring a derivative rule of its own.
/// </summary>
/// <param name="Title">The composite's name.</param>
/// <param name="Body">What it computes; its inputs take the operands in order.</param>
public record Call(string Title, Computation Body) : Op
{
    /// <inheritdoc/>
    public override string Name => Title;

    /// <inheritdoc/>
    public override ImmutableArray<Computation> Bodies => [Body];

    /// <summary>Whether the inline pass replaces this call by its body.</summary>
    public virtual bool Inlined => true;

    /// <summary>The program that takes this call's place where it is inlined; null for its body.</summary>
    public virtual Routine? Kernel => null;

    /// <summary>
    /// Whether this record overrides <see cref="Op.Vjp"/> and
    /// <see cref="Op.Jvp"/>; else derivatives go through the body.
    /// </summary>
    public virtual bool HasOwnDerivative => false;

    /// <inheritdoc/>
    public override Op WithBodies(ImmutableArray<Computation> bodies) => this with { Body = bodies[0] };

    /// <inheritdoc/>
    public override ImmutableArray<TensorType> Infer(Inference x)
    {
        x.Arity(Body.Inputs.Length);
        for (int i = 0; i < x.Count; i++)
            if (x[i] != Body.Inputs[i].Type)
                throw x.Error($"x[{i}] must be {Body.Inputs[i].Type}", "pass operands of the types that the body was built for");
        return [.. Body.Outputs.Select(o => o.Value.Type)];
    }

    /// <summary>
    /// This call on a batch: its body, batched. A call with a derivative rule of its own gets all operands with the leading axis.
    /// </summary>
    public override ImmutableArray<Node> Batch(Batching x)
    {
        bool IsMapped(int i) => HasOwnDerivative || x.IsMapped(i);
        var body = BatchSweep.Body(Body, IsMapped, x.Extent);
        Node[] operands = [.. Enumerable.Range(0, x.Count).Select(i => IsMapped(i) ? x.Full(i) : x[i])];
        return Apply.Of(Batched(body), x.Single.Origin, operands).Results;
    }

    /// <summary>As the body says; a derivative rule of its own is a shorter form of the body's derivative.</summary>
    public override void Depend(Dependence d) => d.SetBody(Body);

    /// <summary>
    /// The call around a batched body: for a record with a derivative rule of its own, the
    /// record whose rule holds with the leading axis. By default a plain call, whose
    /// derivative goes through the body: right where the rule is but a shorter form of that.
    /// </summary>
    protected virtual Call Batched(Computation body) => new(Title, body);

    /// <inheritdoc/>
    public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => Reference.Run(Body, e.Inputs, e.Bindings);

    /// <summary>Applies a composite: <paramref name="build"/> gets fresh inputs of the operands' types and gives the results.</summary>
    public static ImmutableArray<Node> Of(
        string title, Origin origin, ImmutableArray<Node> operands, Func<ImmutableArray<Node>, ImmutableArray<Node>> build) =>
        Of(title, origin, operands, build, body => new(title, body));

    /// <summary>A composite of which some operands may be missing: <paramref name="build"/> finds null in their places.</summary>
    internal static ImmutableArray<Node> OfSome(string title, Origin origin, Node?[] operands, Func<Node?[], ImmutableArray<Node>> build) =>
        Of(title, origin, [.. operands.OfType<Node>()], inputs =>
        {
            int next = 0;
            return build([.. operands.Select(x => x is null ? null : inputs[next++])]);
        });

    /// <summary>A composite with several results and, as <paramref name="call"/> wraps it, a derivative rule of its own.</summary>
    internal static ImmutableArray<Node> Of(string title, Origin origin, ImmutableArray<Node> operands,
        Func<ImmutableArray<Node>, ImmutableArray<Node>> build, Func<Computation, Call> call) =>
        Apply.Of(call(BodyOf(title, origin, operands, build)), origin, operands.AsSpan()).Results;

    /// <summary>
    /// A composite with one result; <paramref name="call"/> wraps
    /// the body in a record with a derivative rule of its own.
    /// </summary>
    internal static Node Of(
        string title, Origin origin, ImmutableArray<Node> operands, Func<ImmutableArray<Node>, Node> build,
        Func<Computation, Call>? call = null)
    {
        var body = BodyOf(title, origin, operands, x => [build(x)]);
        return Node.Of(call is null ? new Call(title, body) : call(body), origin, operands.AsSpan());
    }

    internal static Computation BodyOf(
        string title, Origin origin, ImmutableArray<Node> operands, Func<ImmutableArray<Node>, ImmutableArray<Node>> build)
    {
        using var _ = Origin.Under(origin);
        ImmutableArray<Node> inputs = [.. operands.Select((x, i) => Node.Of(new InputOp($"x{i}", x.Type), origin))];
        ImmutableArray<Node> results;
        using (NameScope.Set(""))
            results = build(inputs);
        return new Computation(inputs.AsSpan(), [.. results.Select(r => (Output)r)], name: title);
    }
}
