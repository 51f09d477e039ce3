namespace Adjoint.Passes;

/// <summary>
/// What the passes of one run have found out together: a computation without twins that a set of rules has nothing to say of. A pass
/// that has no other rules leaves it as it is, without a look at its nodes.
/// </summary>
internal sealed class Settlement
{
    private readonly HashSet<Rule> rules = new(ReferenceEqualityComparer.Instance);
    private Computation? computation;

    /// <summary>Whether merging twins and applying rules is known to change nothing.</summary>
    public bool Holds(Computation f, IEnumerable<Rule> more) => ReferenceEquals(f, computation) && rules.IsSupersetOf(more);

    /// <summary>Remembers a computation whose twins have met and on which rules have been applied until none matches.</summary>
    public void Settle(Computation f, IEnumerable<Rule> applied)
    {
        if (!ReferenceEquals(f, computation))
            rules.Clear();
        computation = f;
        rules.UnionWith(applied);
    }
}
