namespace Adjoint.Passes;

/// <summary>A computation rebuilt in one sweep, operands first: each application may have another node in place of its result.</summary>
internal sealed class Sweep
{
    private readonly Computation computation;
    private readonly Dictionary<Node, int> uses = [];
    private readonly Dictionary<Node, Node> map = [];

    private Sweep(Computation computation)
    {
        this.computation = computation;
        foreach (var x in computation.Applies.SelectMany(a => a.Inputs).Concat(computation.Roots))
            uses[x] = uses.GetValueOrDefault(x) + 1;
    }

    /// <summary>Rebuilds a computation; the same object if nothing is replaced.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="context">Says when to stop.</param>
    /// <param name="replace">What takes the place of an application's one
    /// result, made of what its operands became; null to keep it.</param>
    public static Computation Run(Computation f, PassContext context, Func<Sweep, Apply, Node?> replace) =>
        new Sweep(f).Run(replace, context.Options.CancellationToken);

    /// <summary>Whether a node of the computation has one reader.</summary>
    public bool HasOneReader(Node x) => uses.GetValueOrDefault(x) == 1;

    /// <summary>What a node of the computation has become.</summary>
    public Node Built(Node x) => map[x];

    private Computation Run(Func<Sweep, Apply, Node?> replace, CancellationToken token)
    {
        using var ambient = Origin.Under(Origin.None);
        foreach (var apply in computation.Applies)
        {
            token.ThrowIfCancellationRequested();
            using var scope = NameScope.Set(apply.Scope);
            using var origin = Origin.Under(apply.Origin);
            if (replace(this, apply) is { } replacement)
                map[apply.Results[0]] = replacement;
            else
                Rebuild(apply);
        }
        return Rewriter.WithRoots(computation, map);
    }

    private void Rebuild(Apply apply)
    {
        Node[] operands = [.. apply.Inputs.Select(Built)];
        var built = operands.SequenceEqual(apply.Inputs) ? apply : Apply.Of(apply.Op, apply.Origin, operands);
        for (int i = 0; i < apply.Results.Length; i++)
            map[apply.Results[i]] = built.Results[i];
    }
}
