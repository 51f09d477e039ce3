using Adjoint.Operations;

namespace Adjoint.Passes;

/// <summary>Compares what goes into a pass with what comes out, on random data in the reference executor.</summary>
internal sealed class Validator(PipelineOptions options)
{
    /// <summary>Throws if a pass has changed the answer beyond what the rules that it applied allow.</summary>
    /// <exception cref="ValidationException">It has; names the pass, and the rule if one can be told.</exception>
    public void Check(Pass pass, Computation before, Computation after)
    {
        if (ReferenceEquals(before, after) || before.Applies.Any(a => a.Op is DerivativeRequest))
            return;
        var data = SampleData.For(before, options.Seed);
        var (left, right) = (data.Evaluate(before), data.Evaluate(after));
        var trace = Trace(pass, before);
        var allowed = Agreement.Loosest(trace.Select(t => t.Rule.Soundness));
        for (int i = 0; i < left.Length; i++)
            if (Agreement.Difference(left[i], right[i], allowed) is { } difference)
                throw Failure(pass, before, trace, data, $"{before.Roots.ElementAt(i)}: {difference}");
    }

    private List<(Rule Rule, Node Left, Node Right)> Trace(Pass pass, Computation before)
    {
        var context = new PassContext(options with { Validate = false }) { Trace = [] };
        pass.Run(before, context);
        return context.Trace;
    }

    private static ValidationException Failure(
        Pass pass, Computation before, List<(Rule Rule, Node Left, Node Right)> trace, SampleData data, string difference)
    {
        foreach (var (rule, left, right) in trace.Where(t => Listed(t.Left, before)))
        {
            var both = data.Evaluate(new Computation(before.Inputs.AsSpan(), [left, right]));
            if (Agreement.Difference(both[0], both[1], rule.Soundness) is { } own)
                return new($"pass '{pass.Name}', rule '{rule.Law}' ({rule.Soundness}) at {left.Apply.Origin}: {own}") { Pass = pass.Name, Rule = rule };
        }
        return new($"pass '{pass.Name}' changes the answer: {difference}") { Pass = pass.Name };
    }

    // Inside the body of a call stand inputs that have no values here.
    private static bool Listed(Node node, Computation f) =>
        Topology.Sort([node]).All(a => a.Op is not InputOp || f.Inputs.Contains(a.Results[0]));
}
