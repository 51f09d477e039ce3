using System.Collections.Immutable;
using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Rules by the op that they are rooted in, so that a node meets only those that can match.</summary>
internal sealed class RuleSet(ImmutableArray<Rule> rules, PassContext context)
{
    private readonly Dictionary<Type, Rule[]> byOp = [];

    /// <summary>The right side of the first rule that matches; what it makes is offered to the rules again.</summary>
    /// <remarks>An application that a call still has to check extents for stays, and so does one whose type a rule would change.</remarks>
    public ImmutableArray<Node> Replace(Apply apply)
    {
        if (Match(apply) is not var (rule, result))
            return default;
        context.Count(rule, apply.Results[0], result);
        return [result];
    }

    /// <summary>Whether some rule matches.</summary>
    public bool Matches(Apply apply) => apply.Op is not (InputOp or VariableRead) && Match(apply) is not null;

    private (Rule Rule, Node Result)? Match(Apply apply)
    {
        if (apply.Results.Length != 1 || !apply.Requirements.IsEmpty)
            return null;
        var node = apply.Results[0];
        foreach (var rule in Of(apply.Op))
            if (rule.Apply(node) is { } result && !ReferenceEquals(result, node) && result.Type == node.Type)
                return (rule, result);
        return null;
    }

    private Rule[] Of(Op op) => byOp.TryGetValue(op.GetType(), out var found) ? found : Choose(op);

    private Rule[] Choose(Op op) => byOp[op.GetType()] = [.. rules.Where(r => r.Root.IsInstanceOfType(op) && context.Admits(r))];
}

/// <summary>Rewriting with rules.</summary>
public static class RuleRewriting
{
    /// <summary>Applies rules to every node until none matches, and merges twins on the way.</summary>
    public static Computation Rewrite(this Computation f, ImmutableArray<Rule> rules, PassContext context)
    {
        var result = Changes(f, rules, context) ? Rewriter.Run(f, new()
        {
            Replace = rules.IsEmpty ? null : new RuleSet(rules, context).Replace,
            CancellationToken = context.Options.CancellationToken,
        }) : f;
        context.Settled.Settle(result, rules);
        return result;
    }

    // Where no twins are left, a look at each node says whether anything is to be done, for a fraction of what rebuilding costs.
    private static bool Changes(Computation f, ImmutableArray<Rule> rules, PassContext context) =>
        context.Settled.Open(f, rules) is not { } open || (!open.IsEmpty && f.Has(new RuleSet(open, context).Matches));

    /// <summary>Applies one replacement to every node that it accepts, and merges twins on the way.</summary>
    /// <param name="f">The computation.</param>
    /// <param name="replace">The node to put in place of a given one, or null to keep it.</param>
    public static Computation Rewrite(this Computation f, Func<Node, Node?> replace) => Rewriter.Run(f, new()
    {
        Replace = apply => apply.Results is [var node] && replace(node) is { } result ? [result] : default,
    });
}
