using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>What takes the place of an application: a node per result, or the default array to keep it.</summary>
/// <param name="apply">The application, its operands already rewritten.</param>
/// <returns>Replacements of the results' types. What they are built from is rewritten in turn.</returns>
public delegate ImmutableArray<Node> Replacement(Apply apply);

/// <summary>
/// Rebuilds a computation, operands first, replacing applications on the way. What does not change stays the same
/// object. Twins (equal ops on the same operands) meet, and their origins unite; inputs and variables are never rebuilt.
/// </summary>
/// <remarks>Works by an explicit stack, in time linear in nodes and edges: graphs may be millions of nodes deep.</remarks>
public sealed class Rewriter
{
    private readonly RewriterOptions options;
    private readonly Dictionary<Node, Node> final;
    private readonly Stack<Frame> open = new();
    private readonly ValueTable? values;
    private readonly Dictionary<Computation, Computation> bodies;
    private readonly Dictionary<Apply, Origin> origins;
    private readonly Dictionary<Apply, Origin> merged = [];
    private Node[] operands = new Node[8];
    private long budget;

    private Rewriter(RewriterOptions options, int applies, Dictionary<Computation, Computation> bodies, Dictionary<Apply, Origin> origins)
    {
        (this.options, this.bodies, this.origins) = (options, bodies, origins);
        (final, budget) = (new(applies), 64 + 16L * applies);
        values = options.MergeTwins ? new(applies) : null;
    }

    private readonly record struct Frame(Apply Apply, Apply? Built, ImmutableArray<Node> Replacement);

    /// <summary>Rewrites a computation and the bodies that its ops own.</summary>
    /// <returns>The same object if nothing changes.</returns>
    public static Computation Run(Computation f, RewriterOptions options) => Run(f, options, []);

    private static Computation Run(Computation f, RewriterOptions options, Dictionary<Computation, Computation> bodies)
    {
        var rewriter = new Rewriter(options, f.Applies.Length, bodies, []);
        var result = rewriter.Rebuild(f);
        return rewriter.merged.Count == 0 ? result
            : new Rewriter(new() { MergeTwins = false, Bodies = false }, result.Applies.Length, [], rewriter.merged).Rebuild(result);
    }

    private Computation Rebuild(Computation f)
    {
        using var ambient = Origin.Under(Origin.None);
        for (int i = 0; i < f.Applies.Length; i++)
        {
            if ((i & 1023) == 0)
                options.CancellationToken.ThrowIfCancellationRequested();
            Enter(f.Applies[i]);
            while (open.TryPop(out var frame))
                if (frame.Built is not null)
                    Leave(frame);
                else if (!AwaitsOperands(frame.Apply))
                    Enter(frame.Apply);
        }
        return WithRoots(f, final);
    }

    /// <summary>The computation with its roots mapped; the same object if all map to themselves.</summary>
    internal static Computation WithRoots(Computation f, Dictionary<Node, Node> map)
    {
        if (f.Roots.All(r => ReferenceEquals(map[r], r)))
            return f;
        return new(f.Inputs.AsSpan(), [.. f.Outputs.Select(o => o with { Value = map[o.Value] })],
            f.Updates.Select(u => u with { Value = map[u.Value] }), f.Name, capacity: f.Applies.Length);
    }

    private bool IsDone(Apply apply) => final.ContainsKey(apply.Results[0]);

    private void Enter(Apply apply)
    {
        if (IsDone(apply))
            return;
        if (apply.Op is Operations.InputOp or Operations.VariableRead)
        {
            Finish(apply, apply);
            return;
        }
        var built = Build(apply, out bool seen);
        if (seen)
            Finish(apply, built);
        else
            Replace(apply, built);
    }

    // Only what a replacement has brought in can have operands that are not done: the computation itself comes sorted.
    private bool AwaitsOperands(Apply apply)
    {
        bool awaits = false;
        foreach (var x in apply.Inputs)
            if (!final.ContainsKey(x))
            {
                if (!awaits)
                    open.Push(new(apply, null, default));
                awaits = true;
                open.Push(new(x.Apply, null, default));
            }
        return awaits;
    }

    private Apply Build(Apply apply, out bool seen)
    {
        int n = apply.Inputs.Length;
        if (operands.Length < n)
            operands = new Node[2 * n];
        bool changed = false;
        for (int i = 0; i < n; i++)
            changed |= !ReferenceEquals(operands[i] = final[apply.Inputs[i]], apply.Inputs[i]);
        var op = WithBodies(apply.Op);
        var x = operands.AsSpan(0, n);
        int hash = 0;
        if (values is not null)
        {
            hash = ValueTable.Hash(op, x);
            if (values.Find(op, x, hash, out bool isNew) is { } twin)
            {
                Unite(twin, apply, isNew);
                seen = true;
                return twin;
            }
        }
        seen = false;
        var built = Copy(apply, op, x, changed || !ReferenceEquals(op, apply.Op));
        values?.Add(built, hash, isNew: !ReferenceEquals(built, apply));
        return built;
    }

    private Apply Copy(Apply apply, Op op, ReadOnlySpan<Node> x, bool changed)
    {
        var origin = apply.Origin;
        if (origins.Count > 0 && origins.Remove(apply, out var united))
            changed |= !ReferenceEquals(origin, origin = united);
        if (!changed)
            return apply;
        if (ReferenceEquals(op, apply.Op))
            return apply.On(x, origin);
        using var scope = NameScope.Set(apply.Scope);
        return Apply.Of(op, origin, x);
    }

    private Op WithBodies(Op op)
    {
        var owned = op.Bodies;
        if (owned.IsEmpty || !options.Bodies)
            return op;
        bool changed = false;
        var rewritten = ImmutableArray.CreateBuilder<Computation>(owned.Length);
        foreach (var body in owned)
        {
            if (!bodies.TryGetValue(body, out var result))
                bodies.Add(body, result = Run(body, options, bodies));
            changed |= !ReferenceEquals(result, body);
            rewritten.Add(result);
        }
        return changed ? op.WithBodies(rewritten.MoveToImmutable()) : op;
    }

    // While a replacement of an application is under way, the application stands for itself.
    private void Replace(Apply apply, Apply built)
    {
        Finish(apply, built, resolve: false);
        if (options.Replace is null || budget <= 0)
            return;
        ImmutableArray<Node> replacement;
        using (NameScope.Set(built.Scope))
        using (Origin.Under(built.Origin))
            replacement = options.Replace(built);
        if (replacement.IsDefault)
            return;
        Check(built, replacement);
        budget--;
        values?.Replacing(built);
        open.Push(new(apply, built, replacement));
        foreach (var node in replacement)
            if (!IsDone(node.Apply))
            {
                if (options.InheritOrigins)
                    InheritOrigin(node.Apply, built);
                open.Push(new(node.Apply, null, default));
            }
    }

    private static void Check(Apply built, ImmutableArray<Node> replacement)
    {
        for (int i = 0; i < built.Results.Length; i++)
            if (replacement[i].Type != built.Results[i].Type)
                throw new InvalidOperationException($"{built.Results[i]} ({built.Origin}) cannot be replaced by {replacement[i]}: the types differ.");
    }

    private void Leave(Frame frame)
    {
        values?.Replaced(frame.Built!);
        for (int i = 0; i < frame.Replacement.Length; i++)
            final[frame.Apply.Results[i]] = final[frame.Built!.Results[i]] = final[frame.Replacement[i]];
    }

    private void Finish(Apply apply, Apply built, bool resolve = true)
    {
        for (int i = 0; i < apply.Results.Length; i++)
        {
            var node = built.Results[i];
            final[apply.Results[i]] = resolve && final.TryGetValue(node, out var replaced) ? replaced : node;
            if (!resolve && !ReferenceEquals(apply, built))
                final[node] = node;
        }
    }

    // What a replacement makes stands for the application and for those operands that it no longer uses.
    private void InheritOrigin(Apply made, Apply replaced)
    {
        var origin = Origin.Union(made.Origin, replaced.Origin);
        foreach (var x in replaced.Inputs)
            if (!x.Apply.Inputs.IsEmpty && !made.Inputs.Contains(x))
                origin = Origin.Union(origin, x.Apply.Origin);
        origins[made] = origin;
    }

    // What was made here takes the twin's origin in; what a user may hold is made again when all else is done.
    private void Unite(Apply twin, Apply apply, bool isNew)
    {
        var kept = final[twin.Results[0]].Apply;
        if (kept.Inputs.IsEmpty || ReferenceEquals(kept, apply))
            return;
        if (isNew && ReferenceEquals(kept, twin))
        {
            kept.Unite(apply.Origin);
            return;
        }
        var origin = merged.GetValueOrDefault(kept, kept.Origin);
        var united = Origin.Union(origin, apply.Origin);
        if (!ReferenceEquals(origin, united))
            merged[kept] = united;
    }
}

/// <summary>What a <see cref="Rewriter"/> does besides rebuilding.</summary>
public sealed record RewriterOptions
{
    /// <summary>What takes the place of each application; null keeps all.</summary>
    public Replacement? Replace { get; init; }

    /// <summary>Whether equal expressions become one.</summary>
    public bool MergeTwins { get; init; } = true;

    /// <summary>Whether what a replacement makes gets the origins of what it replaces.</summary>
    public bool InheritOrigins { get; init; } = true;

    /// <summary>Whether the bodies that ops own are rewritten too.</summary>
    public bool Bodies { get; init; } = true;

    /// <summary>Stops the work, between nodes.</summary>
    public CancellationToken CancellationToken { get; init; }
}
