using System.Collections.Immutable;
using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class DifferentiateFacts
{
    private static readonly Node X = Doubles("x", 3), S = Doubles("s");

    [Fact]
    public void The_gradient_of_a_sum_of_squares_is_twice_the_input() =>
        AssertClose([2, -4, 6], Eval(Gradient.Of(Sum(X * X), [X])[0], (X, [1, -2, 3])));

    [Fact]
    public void A_node_that_is_not_reached_has_a_gradient_of_zeros()
    {
        var y = Doubles("y", 2);
        AssertClose([0, 0], Eval(Gradient.Of(Sum(X), [y])[0], (X, [1, 2, 3]), (y, [1, 1])));
    }

    [Fact]
    public void A_gradient_can_be_taken_of_a_gradient_of_a_gradient()
    {
        // s^5: 5 s^4, 20 s^3, 60 s^2
        Node y = S * S * S * S * S;
        var (d1, d2, d3) = Derivatives(y, S);
        var values = Eval([d1, d2, d3], (S, [2]));
        AssertClose([80, 160, 240], [.. values.Select(v => v[0])]);
    }

    [Fact]
    public void Forward_mode_gives_the_same_derivatives_as_reverse_mode_at_orders_one_to_three()
    {
        Node y = S / (1 + S * S);
        var (d1, d2, d3) = Derivatives(y, S);
        Node Push(Node n) => Gradient.Jvp([n], [S], [OnesLike(S)])[0];
        var forward = Eval([Push(y), Push(Push(y)), Push(Push(Push(y)))], (S, [0.7]));
        var mixed = Eval([Push(d1), Push(d2), Gradient.Of(Push(d1), [S])[0]], (S, [0.7]));
        var reverse = Eval([d1, d2, d3], (S, [0.7]));
        for (int i = 0; i < 3; i++)
            AssertClose(reverse[i], forward[i]);
        AssertClose(reverse[1], mixed[0]);
        AssertClose(reverse[2], mixed[1]);
        AssertClose(reverse[2], mixed[2]);
    }

    [Fact]
    public void A_hessian_vector_product_is_a_derivative_of_a_derivative()
    {
        // f = sum(x^3) / 6 + x0 x1 terms by the square of the sum: H = diag(x) + 2 * ones
        var v = Doubles("v", 3);
        Node f = Sum(X * X * X) / 6.0 + Sum(X) * Sum(X);
        Node g = Gradient.Of(f, [X])[0];
        Node reverse = Gradient.Vjp([g], [X], [v])[0], forward = Gradient.Jvp([g], [X], [v])[0];
        var values = Eval([reverse, forward], (X, [1, 2, 3]), (v, [1, 10, 100]));
        AssertClose([1 + 222, 20 + 222, 300 + 222], values[0]);
        AssertClose(values[0], values[1]);
    }

    [Fact]
    public void One_of_two_twins_is_meant_alone()
    {
        Node p = X * 2.0, q = X * 2.0;
        AssertClose([1, 1, 1], Eval(Gradient.Of(Sum(p + q), [p])[0], (X, [1, 2, 3])));
    }

    [Fact]
    public void Where_one_x_depends_on_another_both_modes_are_still_transposes()
    {
        Node a = X * X, y = a * X;
        Node u = Doubles("u", 3), t = Doubles("t", 3), c = Doubles("c", 3);
        Node jt = Gradient.Jvp([y], [X, a], [t, u])[0];
        Node[] ct = Gradient.Vjp([y], [X, a], [c]);
        var values = Eval([Sum(jt * c), Sum(ct[0] * t) + Sum(ct[1] * u)], (X, [1, 2, 3]), (u, [3, 1, 4]), (t, [1, 5, 9]), (c, [2, 6, 5]));
        AssertClose(values[0], values[1]);
    }

    [Fact]
    public void Derivatives_pass_through_calls_also_where_calls_are_nested()
    {
        Node Composite(Node x) => Call.Of("outer", Origin.None, [x],
            a => [Call.Of("inner", Origin.None, a, b => [b[0] * b[0], b[0]])[0] * a[0]])[0];
        Node g = Gradient.Of(Sum(Composite(X)), [X])[0], h = Gradient.Of(Sum(g), [X])[0];
        Node t = Gradient.Jvp([Composite(X)], [X], [OnesLike(X)])[0];
        var values = Eval([g, h, t], (X, [1, 2, 3]));
        AssertClose([3, 12, 27], values[0]);
        AssertClose([6, 12, 18], values[1]);
        AssertClose(values[0], values[2]);
    }

    [Fact]
    public void A_gradient_inside_a_body_is_expanded()
    {
        Node y = Call.Of("slope", Origin.None, [X], a => [Gradient.Of(Sum(a[0] * a[0]), [a[0]])[0]])[0];
        Node g = Gradient.Of(Sum(y * X), [X])[0];
        var values = Eval([y, g], (X, [1, 2, 3]));
        AssertClose([2, 4, 6], values[0]);
        AssertClose([4, 8, 12], values[1]);
    }

    private sealed record Cube(Computation Body) : Call("cube", Body)
    {
        public override bool HasOwnDerivative => true;

        // Deliberately asks for a derivative of its body: what a rule builds may hold requests of its own.
        public override ImmutableArray<Cotangent?> Vjp(
            ImmutableArray<Node> x, ImmutableArray<Node> y,
            ImmutableArray<Cotangent?> ct, ImmutableArray<bool> needed) =>
            [new(Gradient.Vjp([x[0] * x[0] * x[0]], [x[0]], [ct[0]!.Value])[0] * 10)];
    }

    [Fact]
    public void A_call_with_a_rule_of_its_own_is_differentiated_by_it()
    {
        Node a = Doubles("a", 3), y = Node.Of(new Cube(Of([a * a * a], [a])), Origin.None, X);
        AssertClose([30, 120, 270], Eval(Gradient.Of(Sum(y), [X])[0], (X, [1, 2, 3])));
    }

    private sealed record NoRule : Op
    {
        public override ImmutableArray<TensorType> Infer(Inference x) => [x[0]];
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) => e.Inputs;
    }

    [Fact]
    public void An_op_without_a_rule_is_refused_with_its_name_and_line_if_it_lies_on_the_way()
    {
        Node n = Node.Of(new NoRule(), Origin.At("model.cs", 7), X);
        var e = Assert.Throws<GraphException>(() => Eval(Gradient.Of(Sum(n), [X])[0], (X, [1, 2, 3])));
        Assert.Contains("no-rule at model.cs:7", e.Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => Eval(Gradient.Jvp([n], [X], [X])[0], (X, [1, 2, 3])));
        var y = Doubles("y", 3);
        AssertClose([1, 2, 3], Eval(Gradient.Of(Sum(n * y), [y])[0], (X, [1, 2, 3]), (y, [1, 1, 1])));
    }

    [Fact]
    public void Every_node_of_a_gradient_says_whose_derivative_it_is_and_where_that_was_written()
    {
        Node loss = Sum(Node.Of(new Multiply(), Origin.At("model.cs", 7), X, X));
        var forward = new HashSet<Apply>(Of([loss], [X]).Applies);
        var f = Differentiate.Run(Of([Gradient.Of(loss, [X])[0], loss], [X]));
        var added = f.Applies.Where(a => !forward.Contains(a) && a.Op is not (Operations.Constant or Broadcast)).ToList();
        Assert.All(added, a => Assert.StartsWith("derivative of", a.Origin.ToString(), StringComparison.Ordinal));
        Assert.Contains(added, a => a.Origin.ToString() == "derivative of multiply model.cs:7");
    }

    [Fact]
    public void Only_the_part_between_x_and_the_loss_is_differentiated()
    {
        Node aside = Sum(X * X * X), y = S * aside;
        var f = Differentiate.Run(Of([Gradient.Of(y, [S])[0]], [X, S]));
        Assert.Equal(2 + 1, Count<Multiply>(f)); // the forward ones, and ct * aside
        Assert.Equal(1, Count<Sum>(f));
    }

    internal static (Node, Node, Node) Derivatives(Node y, Node x)
    {
        Node d1 = Gradient.Of(y, [x])[0], d2 = Gradient.Of(d1, [x])[0];
        return (d1, d2, Gradient.Of(d2, [x])[0]);
    }
}
