namespace Adjoint.Laws;

/// <summary>Formulas are what one would write by hand: brackets only where they are needed, names for what is used again.</summary>
public class FormulaFacts
{
    private static readonly Node X = Input("x", DType.Float64, []), Y = Input("y", DType.Float64, []), B1 = Input("b1", DType.Float64, []);

    private static string Flat(string formula) => formula.ReplaceLineEndings("; ");

    public static TheoryData<string, string, string> Written => new()
    {
        { "x + y * 2", "x + y * 2", @"x + y \cdot 2" },
        { "(x + y) * x", "(x + y) * x", @"\left(x + y\right) x" },
        { "x - (y - b1)", "x - (y - b1)", @"x - \left(y - b_{1}\right)" },
        { "x - y - b1", "x - y - b1", "x - y - b_{1}" },
        { "x / (y / b1)", "x / (y / b1)", @"\frac{x}{\frac{y}{b_{1}}}" },
        { "x * y / b1", "x * y / b1", @"\frac{x y}{b_{1}}" },
        { "x * (y / b1)", "x * y / b1", @"x \frac{y}{b_{1}}" },
        { "-x * y", "-x * y", "-x y" },
        { "x * -y", "x * (-y)", @"x \cdot \left(-y\right)" },
        { "x + -y", "x - y", "x - y" },
        { "-(x + y)", "-(x + y)", @"-\left(x + y\right)" },
        { "-(-x)", "-(-x)", @"-\left(-x\right)" },
        { "x^2", "x^2", "x^{2}" },
        { "(-x)^2", "(-x)^2", @"\left(-x\right)^{2}" },
        { "(x^2)^3", "(x^2)^3", @"\left(x^{2}\right)^{3}" },
        { "x^(y+1)", "x^(y + 1)", "x^{y + 1}" },
        { "exp(-x * x)", "exp(-x * x)", "e^{-x x}" },
        { "sqrt", "sqrt(x + 1) / sin(y)", @"\frac{\sqrt{x + 1}}{\sin\left(y\right)}" },
        { "where", "(x if x > 0 else -x) * y", @"\begin{cases} x & 0 < x \\ -x & \text{otherwise} \end{cases} y" },
        { "small", "1E-05 + x", @"1 \cdot 10^{-5} + x" },
    };

    private static readonly Dictionary<string, Node> Graphs = new()
    {
        ["x + y * 2"] = X + Y * 2, ["(x + y) * x"] = (X + Y) * X, ["x - (y - b1)"] = X - (Y - B1),
            ["x - y - b1"] = X - Y - B1, ["x / (y / b1)"] = X / (Y / B1),
        ["x * y / b1"] = X * Y / B1, ["x * (y / b1)"] = X * (Y / B1), ["-x * y"] = -X * Y, ["x * -y"] = X * -Y,
        ["x + -y"] = X + -Y, ["-(x + y)"] = -(X + Y),
        ["-(-x)"] = -(-X), ["x^2"] = Pow(X, 2), ["(-x)^2"] = Pow(-X, 2), ["(x^2)^3"] = Pow(Pow(X, 2), 3),
        ["x^(y+1)"] = Pow(X, Y + 1), ["exp(-x * x)"] = Exp(-X * X),
        ["sqrt"] = Sqrt(X + 1) / Sin(Y), ["where"] = Where(X > 0, X, -X) * Y, ["small"] = 1e-5 + X,
    };

    [Theory, MemberData(nameof(Written))]
    public void Brackets_stand_where_they_are_needed(string graph, string text, string latex)
    {
        Assert.Equal(text.Replace("x if x > 0", "x if 0 < x"), Graphs[graph].ToFormula());
        Assert.Equal(latex, Graphs[graph].ToFormula(FormulaStyle.Latex));
    }

    [Fact]
    public void What_is_used_again_gets_a_line_and_a_name()
    {
        Node s = Sin(X * Y);
        Assert.Equal("t1 = sin(x * y); t1 * t1 + t1", Flat((s * s + s).ToFormula()));
    }

    [Fact]
    public void Derivatives_are_written_out_and_may_be_simplified()
    {
        Node slope = Gradient.Of(Sin(X * X) + 3 * X, [X])[0];
        Assert.Equal("cos(x^2) * x * 2 + 3", Flat(Gradient.Of(Sin(Pow(X, 2)) + 3 * X, [X])[0].ToFormula(simplify: true)));
        Assert.DoesNotContain("pullback", slope.ToFormula());
    }

    [Fact]
    public void Outputs_and_several_results_have_lines_of_their_own() =>
        Assert.Equal("sum = x + y; product = x * y", Flat(new Computation([X, Y], [("sum", X + Y), ("product", X * Y)]).ToFormula()));

    [Fact]
    public void Ops_without_a_notation_are_calls_with_their_attributes()
    {
        Node v = Input("v", DType.Float64, ["n", 3]);
        Assert.Equal("sum[1](softmax[1](v))", Sum(Softmax(v), [1]).ToFormula());
    }
}
