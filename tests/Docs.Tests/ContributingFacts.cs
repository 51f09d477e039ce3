using Adjoint;
using static Adjoint.Ops;

namespace Docs.Tests;

public class ContributingFacts
{
    [Fact]
    public void The_guide_shows_the_op_that_is_tested_here() =>
        Assert.Equal(CodeBlock.InSource("Softsign.cs"), CodeBlock.InPage("CONTRIBUTING.md", "record Softsign"));

    [Fact]
    public void The_op_of_the_guide_compiles_and_differentiates()
    {
        Node x = Input("x", DType.Float64, ["n"]);
        Node y = Node.Of(new Softsign(), Origin.None, x);
        var f = new Computation([x], [y, Gradient.Of(Sum(y), [x])[0]]).Compile(validate: true);
        double[] at = [-30, -2, -0.5, 0, 0.5, 2, 30];
        var results = f.Run(at);
        for (int i = 0; i < at.Length; i++)
        {
            Assert.Equal(at[i] / (1 + Math.Abs(at[i])), results[0].Span<double>()[i], 15);
            Assert.Equal(1 / Math.Pow(1 + Math.Abs(at[i]), 2), results[1].Span<double>()[i], 15);
        }
    }
}
