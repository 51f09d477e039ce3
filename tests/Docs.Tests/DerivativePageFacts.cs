using Adjoint;
using static Adjoint.Ops;

namespace Docs.Tests;

public class DerivativePageFacts
{
    [Fact]
    public void What_the_page_of_derivatives_shows_runs()
    {
        // begin
        Node x = Input("x", DType.Float64, [3]), v = Input("v", DType.Float64, [3]);
        Node y = Stack([Sin(Index(x, 0)) * Index(x, 1), Exp(Index(x, 2))]);     // two numbers from three
        Node loss = Sum(Square(y));

        Node gradient = Gradient.Of(loss, [x])[0];                    // reverse mode
        Node pulled   = Gradient.Vjp([y], [x], [OnesLike(y)])[0];     // vᵀJ, reverse
        Node pushed   = Gradient.Jvp([y], [x], [v])[0];               // J v, forward
        Node jacobian = Jacobian.Of(y, x);                            // [2, 3], by the cheaper mode, one batched subgraph
        Node hessian  = Hessian.Of(loss, x);                          // [3, 3], forward over reverse
        Node product  = Hessian.VectorProduct(loss, [x], [v])[0];     // H v, without H

        // The same for every row of a batch of unknown length, composed with derivatives in any order.
        Node rows = Input("rows", DType.Float64, ["n", 3]);
        Node perRow = Vmap.Map(r => Gradient.Of(Sum(Square(Sin(r))), [r])[0], rows);

        // A derivative of one's own: the sign forward, the slope of the identity backward.
        Node through = CustomDerivative.Of(a => [Sign(a[0])], [x], vjp: (a, b, ct) => [ct[0]])[0];

        var all = new Computation([x, v, rows], [gradient, pulled, pushed, jacobian, hessian, product, perRow, through]).Compile();

        // Whether a function's derivative is right: central differences in float64 along random directions.
        GradientCheck.Run(new Computation([x], [loss]), [new double[] { 0.1, 0.2, 0.3 }]).Demand();

        // From a lambda, and as formulas.
        Computation f = Computation.From((double s, double k, double r) => s - k * Math.Exp(-r));
        string text = Gradient.Of(f.Outputs[0].Value, [f.Inputs[2]])[0].ToFormula(simplify: true);
        // end
        var results = all.Run(new double[] { 0.1, 0.2, 0.3 }, new double[] { 1, 2, 3 }, new double[2, 3]);
        Assert.Equal([2L, 3L], results[3].Shape.ToArray());
        Assert.Equal([2L, 3L], results[6].Shape.ToArray());
        Assert.Contains("exp(-r)", text);
        Assert.Equal(CodeBlock.InSource("DerivativePageFacts.cs"), CodeBlock.InPage("docs/derivatives.md", "Jacobian.Of"));
    }

    private static Node Index(Node x, long i) => Reshape(Slice(x, 0, i, i + 1), []);
}
