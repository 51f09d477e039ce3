using System.Collections.Immutable;

namespace Adjoint.Passes;

/// <summary>
/// What the passes of one run have found out together: a computation without twins that a set of rules has nothing to say of. A pass
/// asks its nodes about other rules only, and without any leaves it as it is.
/// </summary>
internal sealed class Settlement
{
    private readonly HashSet<Rule> rules = new(ReferenceEqualityComparer.Instance);
    private Computation? computation;

    /// <summary>Which of the rules might match; null for a computation that may have twins.</summary>
    public ImmutableArray<Rule>? Open(Computation f, ImmutableArray<Rule> more) =>
        ReferenceEquals(f, computation) ? more.RemoveAll(rules.Contains) : null;

    /// <summary>Remembers a computation whose twins have met and on which rules have been applied until none matches.</summary>
    public void Settle(Computation f, IEnumerable<Rule> applied)
    {
        if (!ReferenceEquals(f, computation))
            rules.Clear();
        computation = f;
        rules.UnionWith(applied);
    }
}
