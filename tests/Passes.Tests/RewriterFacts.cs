using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class RewriterFacts
{
    private static readonly Node X = Doubles("x", 3), Y = Doubles("y", 3);

    [Fact]
    public void What_does_not_change_stays_the_same_object()
    {
        var f = Of([Node.Of(new Add(), Origin.None, Node.Of(new Multiply(), Origin.None, X, Y), X)], [X, Y]);
        Assert.Same(f, Cse.Run(f, Context));
    }

    [Fact]
    public void Twins_meet_after_cse() => Assert.Equal(1, Count<Multiply>(Cse.Run(Of([X * Y + X * Y], [X, Y]), Context)));

    [Fact]
    public void Commuted_twins_meet_after_cse() => Assert.Equal(1, Count<Multiply>(Cse.Run(Of([X * Y + Y * X], [X, Y]), Context)));

    [Fact]
    public void A_difference_and_its_opposite_do_not_meet() =>
        Assert.Equal(2, Count<Subtract>(Cse.Run(Of([(X - Y) * (Y - X)], [X, Y]), Context)));

    [Fact]
    public void Plus_zero_and_minus_zero_do_not_meet() =>
        Assert.Equal(2, Count<Constant>(Cse.Run(Of([X / 0.0 + X / -0.0], [X]), Context)));

    [Fact]
    public void Equal_constants_meet() => Assert.Equal(1, Count<Constant>(Cse.Run(Of([X * 2.0 + Y / 2.0], [X, Y]), Context)));

    [Fact]
    public void Equal_inputs_and_equal_variables_are_different_values()
    {
        Variable a = new("a", [3]), b = new("b", [3]);
        var f = Cse.Run(new Computation([X, Y], [(a + b), X + Y]), Context);
        Assert.Equal(2, Count<InputOp>(f));
        Assert.Equal(2, Count<VariableRead>(f));
    }

    [Fact]
    public void Origins_of_twins_unite()
    {
        var (p, q) = (Node.Of(new Multiply(), Origin.At("a.cs", 1), X, Y), Node.Of(new Multiply(), Origin.At("b.cs", 2), X, Y));
        var f = Cse.Run(Of([p + q], [X, Y]), Context);
        Assert.Equal("a.cs:1, b.cs:2", f.Applies.Single(a => a.Op is Multiply).Origin.ToString());
    }

    [Fact]
    public void Origins_of_twins_unite_where_their_operands_have_met_and_users_nodes_keep_theirs()
    {
        Node Doubled(string file) => Node.Of(new Multiply(), Origin.At(file, 1), X, Ops.BroadcastTo(Ops.Scalar(X.DType, 2), X.Shape));
        var (p, q, r) = (Doubled("a.cs"), Doubled("b.cs"), Doubled("c.cs"));
        var f = Cse.Run(Of([-p + (X + q.Apply.Inputs[1]), q, r], [X, Y]), Context);
        Assert.Equal("a.cs:1, b.cs:1, c.cs:1", f.Applies.Single(a => a.Op is Multiply).Origin.ToString());
        Assert.Equal(["a.cs:1", "b.cs:1", "c.cs:1"], new[] { p, q, r }.Select(n => n.Apply.Origin.ToString()));

        // The first of the twins is made anew here, since its operand has a twin.
        var g = Cse.Run(Of([p.Apply.Inputs[1] - Y, q, r], [X, Y]), Context);
        Assert.Equal("b.cs:1, c.cs:1", g.Applies.Single(a => a.Op is Multiply).Origin.ToString());
        Assert.Equal("b.cs:1", q.Apply.Origin.ToString());
    }

    [Fact]
    public void A_graph_with_nothing_to_do_comes_out_as_it_is()
    {
        var f = Of([X * Y + Ops.Exp(X)], [X, Y]);
        Assert.Same(f, Pipeline.Default.Run(f).Optimised);
    }

    [Fact]
    public void Scopes_are_kept()
    {
        Node inner;
        using (NameScope.Enter("encoder"))
            inner = X * Y;
        var f = Of([-inner], [X, Y]).Rewrite(n => n is (Multiply, [var a, var b]) ? b / a : null);
        Assert.Equal("encoder", f.Applies.Single(a => a.Op is Divide).Scope);
        Assert.Equal("", f.Applies.Single(a => a.Op is Negate).Scope);
    }

    [Fact]
    public void A_replacement_stands_for_what_it_replaces()
    {
        var sum = Node.Of(new Add(), Origin.At("sum.cs", 1), X, Y);
        var negated = Node.Of(new Negate(), Origin.At("negate.cs", 2), sum);
        var f = Of([negated], [X, Y]).Rewrite(n => n is (Negate, [(Add, [var a, var b])]) ? a - b : null);
        Assert.Equal("negate.cs:2, sum.cs:1", f.Outputs[0].Value.Apply.Origin.ToString());
    }

    [Fact]
    public void Bodies_are_rewritten()
    {
        var y = Call.Of("twice", Origin.None, [X, Y], x => [x[0] * x[1] + x[0] * x[1]])[0];
        var f = Cse.Run(Of([y], [X, Y]), Context);
        Assert.Equal(1, Count<Multiply>(((Call)f.Outputs[0].Value.Op).Body));
    }

    [Fact]
    public void Two_rules_that_undo_each_other_come_to_an_end()
    {
        var f = Of([X + Y], [X, Y]).Rewrite(n => n is (Add, [var a, var b]) ? Node.Of(new Subtract(), Origin.None, a, -b)
            : n is (Subtract, [var c, (Negate, [var d])]) ? Node.Of(new Add(), Origin.None, c, d) : null);
        Assert.True(f.Applies.Length < 10);
    }

    [Fact]
    public void A_rule_that_never_stops_is_stopped() =>
        Assert.True(Of([-X], [X]).Rewrite(n => n is (Negate, [var a]) ? -(a * 2.0) : null).Applies.Length < 1000);

    [Fact]
    public void A_replacement_of_another_type_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Of([-X], [X]).Rewrite(n => n.Op is Negate ? Sum(X) : null));

    [Fact]
    public void Calls_inside_calls_are_inlined_and_their_scope_names_them()
    {
        var y = Call.Of("outer", Origin.None, [X], x => [Call.Of("inner", Origin.None, x, z => [z[0] * z[0]])[0] + x[0]])[0];
        var f = Inline.Run(Of([y], [X]), Context);
        Assert.Equal(0, Count<Call>(f));
        Assert.Equal("outer/inner", f.Applies.Single(a => a.Op is Multiply).Scope);
        AssertClose([2, 6, 12], Eval(f, [1, 2, 3])[0]);
    }

    [Fact]
    public void Cancellation_stops_the_work() => Assert.Throws<OperationCanceledException>(() =>
        Pipeline.Default.Run(Of([X * Y], [X, Y]), new() { CancellationToken = new(canceled: true) }));
}
