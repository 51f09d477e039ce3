using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>A named pure function from computations to computations.</summary>
/// <param name="Name">Unique in a pipeline.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Run">The function. It times, dumps and checks nothing: the runner does.</param>
/// <param name="After">Names of passes that have to come earlier, where the pipeline has them.</param>
public sealed record Pass(
    string Name, string Purpose, Func<Computation, PassContext, Computation> Run, ImmutableArray<string> After = default)
{
    /// <summary>Names of passes that the pipeline must run earlier.</summary>
    public ImmutableArray<string> After { get; } = After.IsDefault ? [] : After;
}

/// <summary>What a pass sees besides the computation, and where rules are counted.</summary>
/// <param name="options">The options of the run.</param>
public sealed class PassContext(PipelineOptions options)
{
    private readonly Dictionary<Rule, int> fired = [];

    /// <summary>The options of the run.</summary>
    public PipelineOptions Options { get; } = options;

    /// <summary>How often each rule has been applied.</summary>
    public IReadOnlyDictionary<Rule, int> Fired => fired;

    internal List<(Rule Rule, Node Left, Node Right)>? Trace { get; init; }

    internal Settlement Settled { get; init; } = new();

    /// <summary>Whether a rule's soundness is admitted.</summary>
    public bool Admits(Rule rule) => Options.Admitted.Contains(rule.Soundness);

    internal void Count(Rule rule, Node left, Node right)
    {
        fired[rule] = fired.GetValueOrDefault(rule) + 1;
        Trace?.Add((rule, left, right));
    }
}

/// <summary>How a pipeline runs.</summary>
public sealed record PipelineOptions
{
    /// <summary>Which rules may be applied.</summary>
    public ImmutableHashSet<Soundness> Admitted { get; init; } = Soundness.Default;

    /// <summary>Whether the structure is checked after every pass. On in Debug builds.</summary>
    public bool Verify { get; init; }
#if DEBUG
        = true;
#endif

    /// <summary>
    /// Whether every pass's result is evaluated on random data, op by op, and compared with what came in. Slow: for
    /// finding the pass, and the rule, that changes an answer.
    /// </summary>
    public bool Validate { get; init; }

    /// <summary>Seed of the data for <see cref="Validate"/>.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Stops the run, between nodes.</summary>
    public CancellationToken CancellationToken { get; init; }
}
