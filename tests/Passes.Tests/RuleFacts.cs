namespace Adjoint.Passes.Tests;

/// <summary>Facts about every rewrite rule, generated from the tables.</summary>
public class RuleFacts
{
    public static TheoryData<string> EveryRule() => [.. RuleTable.All.Select(r => $"{r.Table}: {r.Rule.Law}")];

    [Fact]
    public void There_are_rules_and_no_two_have_one_law()
    {
        Assert.True(RuleTable.All.Count > 60);
        Assert.Equal(RuleTable.All.Count, RuleTable.All.Select(r => r.Rule.Law).Distinct().Count());
    }

    [Theory, MemberData(nameof(EveryRule))]
    public void Both_sides_of_the_law_agree_on_special_and_on_random_values_as_its_label_says(string law)
    {
        var rule = Find(law);
        int tried = new[] { DType.Float64, DType.Float32, DType.Int32, DType.Int64 }.Count(type => Agrees(rule, type));
        Assert.True(tried > 0, "the example builds for no element type");
    }

    [Theory, MemberData(nameof(EveryRule))]
    public void The_right_side_is_not_rewritten_back(string law)
    {
        var rule = Find(law);
        var type = Example(rule, DType.Float64) is null ? DType.Int32 : DType.Float64;
        var f = Computation(Example(rule, type)!.Value);
        var options = new PipelineOptions { Admitted = [rule.Soundness, Soundness.Exact, Soundness.LastBits,
            Soundness.Improves], Verify = true };
        var once = Pipeline.Default.Run(f, options);
        Assert.DoesNotContain(Pipeline.Default.Run(once.Optimised, options).Passes, p => p.Fired.Any(x => x.Rule == rule));
    }

    private static Rule Find(string law) => RuleTable.All.Single(r => $"{r.Table}: {r.Rule.Law}" == law).Rule;

    private static (RuleOperands Operands, Node Left)? Example(Rule rule, DType type)
    {
        var operands = new RuleOperands(type);
        try
        {
            return (operands, rule.Example(operands));
        }
        catch (Exception e) when (e is NotSupportedException or GraphException)
        {
            return null;
        }
    }

    private static Computation Computation((RuleOperands Operands, Node Left) example) =>
        new([.. example.Operands.All], [example.Left]);

    private static bool Agrees(Rule rule, DType type)
    {
        if (Example(rule, type) is not { } example)
            return false;
        var context = new PassContext(new() { Admitted = [rule.Soundness] });
        var left = Computation(example);
        if (!Canonicalise.Rules.Contains(rule))
            left = Canonicalise.Run(left, new(new()));
        var right = left.Rewrite([rule], context);
        Assert.True(context.Fired.ContainsKey(rule), $"the rule does not match its example for {type}");
        bool assumes = rule.Soundness == Soundness.Assumes.Finite || rule.Soundness == Soundness.ChangesDomain;
        var compared = assumes ? Soundness.LastBits : rule.Soundness == Soundness.Assumes.NoSignedZero
            ? Soundness.LastBits : rule.Soundness;
        for (int seed = 0; seed < 4; seed++)
        {
            var data = RuleTable.Data(example.Operands, ordinary: assumes || seed > 0, seed);
            var (a, b) = (Reference.Run(left, data)[0], Reference.Run(right, data)[0]);
            Assert.Null(Agreement.Difference(a, b, compared));
        }
        return true;
    }
}
