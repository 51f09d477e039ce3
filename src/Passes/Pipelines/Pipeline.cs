using System.Collections.Immutable;
using System.Diagnostics;

namespace Adjoint.Passes;

/// <summary>Passes in a checked order, and the one runner that times, reports and verifies them.</summary>
public sealed class Pipeline
{
    private const string Derivatives = "differentiate";

    /// <summary>Makes a pipeline.</summary>
    /// <exception cref="ArgumentException">Two passes have one name, or a pass comes before one that it has to follow.</exception>
    public Pipeline(params ImmutableArray<Pass> passes)
    {
        for (int i = 0; i < passes.Length; i++)
            foreach (var later in passes[i..])
                if (passes[i].After.Contains(later.Name))
                    throw new ArgumentException($"pass '{passes[i].Name}' has to come after '{later.Name}'.");
        if (passes.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"two passes are called '{twice.Key}'.");
        Passes = passes;
    }

    /// <summary>Everything between a user's graph and fusion.</summary>
    public static Pipeline Default { get; } = new(
        new Pass(Derivatives, "derivative requests become subgraphs", (f, c) => Differentiate.Run(f, c.Options.CancellationToken)),
        new Pass("inline", "composites become their bodies", Inline.Run, After: [Derivatives]),
        new Pass("canonicalise", "one form for what can be written in several", Canonicalise.Run, After: ["inline"]),
        new Pass("cse", "equal expressions become one", Cse.Run, After: ["canonicalise"]),
        new Pass("simplify", "algebraic identities, to a fixed point", Simplify.Run, After: ["cse"]),
        new Pass("stabilise", "formulas that lose digits become ops that do not", Stabilise.Run, After: ["simplify"]),
        new Pass("fold", "what depends on constants only is computed now", Fold.Run, After: ["stabilise"]),
        new Pass("thin", "products too thin for tiles become sums that fuse", ThinProducts.Run, After: ["fold"]),
        new Pass("epilogues", "what follows a reshaped product is computed in the product's shape", SinkReshapes.Run, After: ["thin"]),
        new Pass("interleaves", "what follows tensors that take turns is computed in each of them", SinkInterleaves.Run, After: ["thin"]),
        new Pass("choices", "what is asked of a chosen element is asked of the choice", AskChoices.Run, After: ["interleaves"]),
        new Pass("views", "reshapes move toward the leaves, out of the way of fusion", HoistViews.Run, After: ["epilogues", "choices"]),
        new Pass("prune", "what no output or update needs is dropped", Prune.Run, After: ["views"]));

    /// <summary>The passes, in order.</summary>
    public ImmutableArray<Pass> Passes { get; }

    /// <summary>Runs the passes.</summary>
    /// <exception cref="GraphException">Something on the way of a derivative has no rule.</exception>
    /// <exception cref="ValidationException">A pass changed an answer, and validation was asked for.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public PipelineResult Run(Computation computation, PipelineOptions? options = null)
    {
        options ??= new();
        var (current, differentiated) = (computation, computation);
        var reports = ImmutableArray.CreateBuilder<PassReport>(Passes.Length);
        var validator = options.Validate ? new Validator(options) : null;
        var settled = new Settlement();
        bool requestsGone = false;
        foreach (var pass in Passes)
        {
            var before = current;
            reports.Add(Run(pass, ref current, options, settled));
            requestsGone |= pass.Name == Derivatives;
            if (options.Verify)
                Verifier.Check(current, requestsGone, pass.Name);
            validator?.Check(pass, before, current);
            if (pass.Name == Derivatives)
                differentiated = current;
        }
        return new(computation, differentiated, current, reports.MoveToImmutable());
    }

    private static PassReport Run(Pass pass, ref Computation current, PipelineOptions options, Settlement settled)
    {
        var context = new PassContext(options) { Settled = settled };
        int before = current.Applies.Length;
        long start = Stopwatch.GetTimestamp();
        current = pass.Run(current, context);
        var time = Stopwatch.GetElapsedTime(start);
        return new(pass.Name, pass.Purpose, time, before, current.Applies.Length, [.. context.Fired.Select(f => (f.Key, f.Value))]);
    }
}
