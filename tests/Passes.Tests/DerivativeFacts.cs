using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

/// <summary>
/// Reverse mode, forward mode and central differences say the
/// same, at orders one to three, before and after optimisation.
/// </summary>
public class DerivativeFacts
{
    public static TheoryData<string> EveryCase() => [.. DerivativeCases.All.Keys];

    private static readonly Node X = Doubles("x", 5);

    // The cases are elementwise, so the gradient of the sum holds the derivative at each point.
    private static Node[] Orders(string name, Func<Node, Node> derivative)
    {
        var orders = new List<Node> { DerivativeCases.All[name](X) };
        for (int k = 1; k <= 3; k++)
            orders.Add(derivative(orders[^1]));
        return [.. orders];
    }

    private static Node Reverse(Node y) => Gradient.Of(Sum(y), [X])[0];

    private static Node Forward(Node y) => Gradient.Jvp([y], [X], [OnesLike(X)])[0];

    [Theory, MemberData(nameof(EveryCase))]
    public void Both_modes_agree(string name)
    {
        var reverse = Eval(Orders(name, Reverse), (X, DerivativeCases.Points));
        var forward = Eval(Orders(name, Forward), (X, DerivativeCases.Points));
        for (int k = 0; k < reverse.Length; k++)
            AssertClose(reverse[k], forward[k], 1e-9);
    }

    [Theory, MemberData(nameof(EveryCase))]
    public void Each_order_is_the_central_difference_of_the_one_before(string name)
    {
        const double h = 1e-5;
        var orders = Orders(name, Reverse);
        var exact = Eval(orders, (X, DerivativeCases.Points));
        var right = Eval(orders, (X, [.. DerivativeCases.Points.Select(p => p + h)]));
        var left = Eval(orders, (X, [.. DerivativeCases.Points.Select(p => p - h)]));
        for (int k = 1; k < exact.Length; k++)
            AssertClose([.. right[k - 1].Zip(left[k - 1], (r, l) => (r - l) / (2 * h))], exact[k], 1e-6);
    }

    [Theory, MemberData(nameof(EveryCase))]
    public void Optimisation_keeps_every_order(string name)
    {
        var f = Of(Orders(name, Reverse), [X]);
        var result = Pipeline.Default.Run(f, new() { Verify = true, Validate = true });
        var (plain, optimised) = (Eval(result.Differentiated, DerivativeCases.Points), Eval(result.Optimised, DerivativeCases.Points));
        for (int k = 0; k < plain.Length; k++)
            AssertClose(plain[k], optimised[k], 1e-9);
        Assert.True(result.Optimised.Applies.Length <= result.Differentiated.Applies.Length);
    }
}
