namespace Adjoint.Laws;

/// <summary>The checker for users' functions passes what is right, fails what is wrong, and says where.</summary>
public class GradientCheckFacts
{
    private static Node X(long n = 4, DType? dtype = null) => Input("x", dtype ?? DType.Float64, [n]);

    [Fact]
    public void A_right_gradient_passes()
    {
        Node x = X(), w = new Variable("w", [4, 4], Init.Zeros, DType.Float64);
        var report = GradientCheck.Run(Running.Of([x], Sum(Tanh(MatMul(w + 0.3, x)) * Exp(x))), [new[] { 0.1, 0.7, -1, 2 }]);
        Assert.True(report.Passed, $"{report}");
        Assert.Equal(6, report.Comparisons.Length);
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_wrong_one_fails_and_its_worst_element_is_named(double factor)
    {
        Node x = X();
        var wrong = Constant(new[] { 1, 1, factor, 1 });
        Node y = CustomDerivative.Of(a => [Square(a[0])], [x], (a, y, ct) => [2 * a[0] * ct[0] * wrong])[0];
        var report = GradientCheck.Run(Running.Of([x], y), [new[] { 0.5, 1, 3, 0.2 }]);
        Assert.False(report.Passed);
        Assert.Equal(2, Assert.Single(report.Worst.Element));
        string message = Assert.Throws<GraphException>(report.Demand).Message;
        Assert.Contains("input 'x' at [2]", message);
    }

    [Fact]
    public void At_a_kink_any_slope_between_those_of_both_sides_is_right()
    {
        Node x = X();
        var report = GradientCheck.Run(Running.Of([x], Sum(Abs(x))), [new double[] { 0, 1, -2, 0 }]);
        Assert.True(report.Passed, $"{report}");
        Assert.Equal(3, report.Kinks);
        Node claimed = CustomDerivative.Of(a => [Abs(a[0])], [x], (a, y, ct) => [ct[0] * 3])[0];
        Assert.False(GradientCheck.Run(Running.Of([x], claimed), [new double[] { 0, 0, 0, 0 }]).Passed);
    }

    [Fact]
    public void Curvature_is_no_kink()
    {
        Node x = X();
        var report = GradientCheck.Run(Running.Of([x], Sum(Exp(3 * x))), [new double[] { 0, 1, 2, 3 }]);
        Assert.True(report.Passed && report.Kinks == 0, $"{report}");
    }

    [Fact]
    public void Single_precision_is_checked_in_double_precision()
    {
        Node x = X(4, DType.Float32), w = new Variable("w", [4], Init.Zeros);
        HostTensor[] at = [new float[] { 0, 1, -2, 3 }];
        var report = GradientCheck.Run(Running.Of([x],
            Sum(Softmax(x + w) * x * Mean(x)) + Convert(Iota([4], 0, DType.Float32), DType.Float32) * x), at);
        Assert.True(report.Passed, $"{report}");
        Assert.All(report.Comparisons, c => Assert.InRange(c.Allowed, 0, 1e-4));
        Node wrong = CustomDerivative.Of(a => [Square(a[0])], [x], (a, y, ct) => [2.0001 * a[0] * ct[0]])[0];
        Assert.False(GradientCheck.Run(Running.Of([x], wrong), at).Passed);
    }

    [Fact]
    public void What_exists_in_one_width_only_is_checked_as_it_is()
    {
        Node x = X(4, DType.Float32), y = Where(BitCast(x, DType.Int32) > 0, x * x, x);
        Assert.True(GradientCheck.Run(Running.Of([x], y), [new float[] { 0.5f, 1, -2, 3 }]).Passed);
        Node wrong = CustomDerivative.Of(a => [Square(a[0])], [y], (a, y, ct) => [2.2 * a[0] * ct[0]])[0];
        Assert.False(GradientCheck.Run(Running.Of([x], wrong), [new float[] { 0.5f, 1, -2, 3 }]).Passed);
    }

    [Fact]
    public void Nothing_to_differentiate_is_an_argument_error() =>
        Assert.Throws<ArgumentException>(() => GradientCheck.Run(Running.Of([], Constant(1)), []));
}
