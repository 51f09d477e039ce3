using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class PipelineFacts
{
    private static readonly Node X = Doubles("x", 3), Y = Doubles("y", 3);

    [Fact]
    public void A_pass_before_one_that_it_has_to_follow_is_refused()
    {
        var passes = Pipeline.Default.Passes;
        var e = Assert.Throws<ArgumentException>(() => new Pipeline([.. passes.Reverse()]));
        Assert.Contains("has to come after", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Pipeline([passes[0], passes[0]]));
    }

    [Fact]
    public void Every_pass_reports_its_time_its_nodes_and_the_rules_that_it_applied()
    {
        var result = Pipeline.Default.Run(Of([-(-(X * 1.0))], [X]));
        Assert.Equal(Pipeline.Default.Passes.Select(p => p.Name), result.Passes.Select(p => p.Name));
        Assert.Equal(["-(-x) = x", "x * 1 = x"], result.Passes.Single(p => p.Name == "simplify").Fired.Select(f => f.Rule.Law).Order());
        Assert.Equal(1, result.Passes[^1].NodesAfter);
        Assert.Contains("x * 1 = x (exact)", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_stages_can_be_looked_at()
    {
        var f = Of(Gradient.Of(Sum(X * X), [X]), [X]);
        var result = Pipeline.Default.Run(f);
        Assert.Same(f, result.Source);
        Assert.Equal(0, Count<DerivativeRequest>(result.Differentiated));
        Assert.True(result.Optimised.Applies.Length < result.Differentiated.Applies.Length);
    }

    [Fact]
    public void Large_constants_are_folded_where_one_as_large_is_stored_anyway()
    {
        int Differences(int count, Func<Node, Node> of)
        {
            Node x = Doubles("x", count), constant = Constant(Enumerable.Range(0, count).Select(i => i * 0.5).ToArray());
            return Count<Subtract>(Pipeline.Default.Run(Of([x * of(constant)], [x])).Optimised);
        }
        Assert.Equal(0, Differences(Fold.MaxStored, c => c - Sqrt(c)));
        Assert.Equal(1, Differences(Fold.MaxStored + 1, c => c - Sqrt(c)));
    }

    [Fact]
    public void Validation_names_the_pass_and_the_rule_that_change_an_answer()
    {
        var right = Rule.On<Add>("x + y = y + x", Soundness.Exact,
            n => n is (_, [(Operations.Exp, _) x, var y]) ? Node.Of(new Add(), Origin.None, y, x) : null, e => e.X);
        var wrong = Rule.On<Multiply>("x * y = x", Soundness.Exact, n => n is (_, [var x, _]) ? x : null, e => e.X);
        var pipeline = new Pipeline(new Pass("fine", "", Canonicalise.Run), new Pass("bad", "", (f, c) => f.Rewrite([right, wrong], c)));
        var e = Assert.Throws<ValidationException>(() => pipeline.Run(Of([Exp(X) + X * Y], [X, Y]), new() { Validate = true }));
        Assert.Equal("bad", e.Pass);
        Assert.Same(wrong, e.Rule);
    }

    [Fact]
    public void Validation_names_a_pass_that_changes_an_answer_without_rules()
    {
        var pipeline = new Pipeline(new Pass("swap", "",
            (f, c) => f.Rewrite(n => n is (Subtract, [var x, var y]) ? Node.Of(new Add(), Origin.None, x, y) : null)));
        var e = Assert.Throws<ValidationException>(() => pipeline.Run(Of([X - Y], [X, Y]), new() { Validate = true }));
        Assert.Equal("swap", e.Pass);
    }

    [Fact]
    public void Validation_binds_symbols_to_small_extents()
    {
        Node a = Input("a", DType.Float64, ["n", "m"]), b = Input("b", DType.Float64, ["m"]);
        Pipeline.Default.Run(Of(Gradient.Of(Sum(Exp(a * b)), [a, b]), [a, b]), new() { Validate = true, Verify = true });
    }

    [Fact]
    public void A_pass_that_leaves_a_derivative_request_behind_is_caught()
    {
        var pipeline = new Pipeline(new Pass("differentiate", "", (f, _) => f));
        Assert.Throws<InvalidOperationException>(() => pipeline.Run(Of(Gradient.Of(Sum(X), [X]), [X]), new() { Verify = true }));
    }

    [Fact]
    public void Labels_that_are_not_admitted_are_not_used()
    {
        var f = Of([X * 0.0], [X]);
        Assert.Equal(1, Count<Multiply>(Pipeline.Default.Run(f).Optimised));
        Assert.Equal(0, Count<Multiply>(Pipeline.Default.Run(f,
            new() { Admitted = Soundness.Default.Add(Soundness.Assumes.Finite) }).Optimised));
    }

    [Fact]
    public void The_gradient_of_a_square_written_as_a_power_is_a_multiplication()
    {
        var f = Pipeline.Default.Run(Of(Gradient.Of(Sum(Pow(X, 2.0)), [X]), [X]), new() { Verify = true }).Optimised;
        Assert.Equal(["constant", "input", "multiply"], f.Applies.Select(a => a.Op.Name).Where(n => n != "broadcast").Order());
        AssertClose([2, 4, 6], Eval(f, [1, 2, 3])[0]);
    }

    [Fact]
    public void Two_runs_give_the_same_graph()
    {
        string Print(Computation f)
        {
            var number = f.Nodes.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
            return string.Join('\n', f.Applies.Select(a =>
                $"{a.Op.Label}({string.Join(",", a.Inputs.Select(x => number[x]))}) {a.Origin}"));
        }
        Node loss = Sum(Tanh(X * Y + 1) * Sigmoid(X - Y));
        var f = Of([loss, .. Gradient.Of(loss, [X, Y])], [X, Y]);
        Assert.Equal(Print(Pipeline.Default.Run(f).Optimised), Print(Pipeline.Default.Run(f).Optimised));
    }

    [Fact]
    public void Updates_and_variables_go_through()
    {
        var w = new Variable("w", [3], Init.Ones, DType.Float64);
        Node loss = Sum((w - X) * (w - X));
        var f = new Computation([X], [loss], [new(w, w - 0.5 * Gradient.Of(loss, [w])[0])]);
        var optimised = Pipeline.Default.Run(f, new() { Validate = true, Verify = true }).Optimised;
        AssertClose([1, 2, 3], Reference.Roots(optimised, [new[] { 1.0, 2, 3 }])[1].ToArray<double>());
    }

    [Fact]
    public void A_check_of_extents_that_a_call_still_has_to_make_survives_the_rules()
    {
        Node a = Input("a", DType.Float64, ["n"]), b = Input("b", DType.Float64, ["m"]);
        var f = Pipeline.Default.Run(Of([(a + b) * 1.0], [a, b]), new() { Verify = true }).Optimised;
        Assert.Throws<ArgumentException>(() => Reference.Run(f, [new double[2], new double[3]]));
    }
}
