namespace Adjoint.Laws;

/// <summary>Derivatives that a user states are the ones that are used, in both modes, at every order, batched, and only they.</summary>
public class CustomDerivativeFacts
{
    // Square, whose author claims the slope 3x.
    private static Node Claimed(Node x, bool reverse = true, bool forward = true) => CustomDerivative.Of(a => [a[0] * a[0]], [x],
        reverse ? (a, y, ct) => [3 * a[0] * ct[0]] : null, forward ? (a, y, t) => [3 * a[0] * t[0]] : null, "claimed")[0];

    private static readonly HostTensor At = new[] { 1.0, -2, 0.5 };

    private static double[] Values(Func<Node, Node> f)
    {
        Node x = Input("x", DType.Float64, [3]);
        return Running.Run(Running.Of([x], f(x)), [At])[0].Doubles();
    }

    [Fact]
    public void The_value_is_the_functions() => Assert.Equal([1, 4, 0.25], Values(x => Claimed(x)));

    [Fact]
    public void Reverse_mode_uses_the_rule() => Assert.Equal([3, -6, 1.5], Values(x => Gradient.Of(Sum(Claimed(x)), [x])[0]));

    [Fact]
    public void Forward_mode_uses_the_rule() => Assert.Equal([3, -6, 1.5], Values(x => Gradient.Jvp([Claimed(x)], [x], [OnesLike(x)])[0]));

    [Fact]
    public void The_rule_is_differentiated_at_the_next_order() =>
        Assert.Equal([3, 3, 3], Values(x => Gradient.Of(Sum(Gradient.Of(Sum(Claimed(x)), [x])[0]), [x])[0]));

    [Fact]
    public void The_rule_holds_for_a_batch() =>
        Assert.Equal([3, -6, 1.5], Values(x => Gradient.Of(Sum(Vmap.Map(e => Claimed(e), x)), [x])[0]));

    [Fact]
    public void And_for_gradients_per_example() =>
        Assert.Equal([3, -6, 1.5], Values(x => Vmap.Map(e => Gradient.Of(Claimed(e), [e])[0], x)));

    [Fact]
    public void A_mode_without_a_rule_is_an_error_that_names_the_other()
    {
        Assert.Equal([3, -6, 1.5], Values(x => Gradient.Of(Sum(Claimed(x, forward: false)), [x])[0]));
        string message = Assert.Throws<GraphException>(() => Values(x => Gradient.Jvp([Claimed(x, forward: false)], [x], [x])[0])).Message;
        Assert.Contains("claimed at CustomDerivativeFacts.cs", message);
        Assert.Contains("give CustomDerivative.Of a jvp", message);
        Assert.Contains("give CustomDerivative.Of a vjp",
            Assert.Throws<GraphException>(() => Values(x => Gradient.Of(Sum(Claimed(x, reverse: false)), [x])[0])).Message);
    }

    [Fact]
    public void Rules_may_ask_for_derivatives_themselves() =>
        Assert.Equal([2, -4, 1], Values(x => Gradient.Of(Sum(CustomDerivative.Of(a => [Abs(a[0]) * Abs(a[0])], [x],
            (a, y, ct) => [Gradient.Vjp([a[0] * a[0]], [a[0]], [ct[0]])[0]])[0]), [x])[0]));

    [Fact]
    public void Where_nothing_alive_comes_back_an_infinite_slope_is_masked()
    {
        Node Root(Node x) => CustomDerivative.Of(a => [Sqrt(a[0])], [x], (a, y, ct) => [ct[0] / (2 * y[0])])[0];
        Assert.Equal([0.5, 0, 0.5 / Math.Sqrt(0.5)], Values(x => Gradient.Of(Sum(Where(x > 0, Root(Relu(x)), x * 0)), [x])[0]));
    }

    [Fact]
    public void A_straight_through_estimator_is_one_line() =>
        Assert.Equal([1, 1, 1], Values(x =>
            Gradient.Of(Sum(CustomDerivative.Of(a => [Sign(a[0])], [x], (a, y, ct) => [ct[0]])[0]), [x])[0]));

    [Fact]
    public void Wrong_rules_are_refused_where_they_are_given()
    {
        Node x = Input("x", DType.Float64, [3]), i = Input("i", DType.Int32, [3]);
        Assert.Contains("neither", Assert.Throws<GraphException>(() => CustomDerivative.Of(a => [a[0]], [x])).Message);
        Assert.Contains("2 are wanted",
            Assert.Throws<GraphException>(() => CustomDerivative.Of(a => [a[0]], [x, i], (a, y, ct) => [ct[0]])).Message);
        Assert.Contains("sum it", Assert.Throws<GraphException>(() =>
            CustomDerivative.Of(a => [a[0]], [x], (a, y, ct) => [Sum(ct[0])])).Message);
        Assert.Contains("give null", Assert.Throws<GraphException>(() =>
            CustomDerivative.Of(a => [a[0]], [x, i], (a, y, ct) => [ct[0], a[1]])).Message);
    }
}
