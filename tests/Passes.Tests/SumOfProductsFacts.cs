using Adjoint.Operations;
using static Adjoint.Ops;

namespace Adjoint.Passes.Tests;

/// <summary>Which sums of products over leading axes are one product: those whose factors are longer matrices where they lie.</summary>
public class SumOfProductsFacts
{
    [Fact]
    public void The_gradient_of_a_weight_that_examples_share_is_one_product()
    {
        Node x = Input("x", DType.Float64, [3, 5, 4, 6]), w = Input("w", DType.Float64, [6, 7]);
        Node gradient = Gradient.Of(Sum(Square(Tanh(MatMul(x, w)))), [w])[0];
        Assert.Equal(["[3, 5, 4, 7]", "[6, 7]"], Products([x, w], gradient));
    }

    [Fact]
    public void Leading_axes_before_those_that_are_summed_over_stay()
    {
        Assert.Equal(["[3, 6, 7]"], Products([A, B], Sum(MatMul(T(A), B), [1])));
        Assert.Equal(["[3, 6, 7]"], Products([A, B], Sum(MatMul(T(A), B), [1], keepDims: true)));
    }

    [Fact]
    public void Extents_may_be_symbols()
    {
        Node a = Input("a", DType.Float64, ["n", "m", 6]), b = Input("b", DType.Float64, ["n", "m", 7]);
        Assert.Equal(["[6, 7]"], Products([a, b], Sum(MatMul(T(a), b), [0])));
    }

    [Fact]
    public void Where_a_factor_would_have_to_be_copied_everything_stays()
    {
        Node turned = Input("turned", DType.Float64, [3, 5, 6, 4]);
        Assert.Equal(["[3, 5, 6, 7]"], Products([turned, B], Sum(MatMul(turned, B), [0, 1])));
        Assert.Equal(["[3, 5, 6, 6]"], Products([A, turned], Sum(MatMul(T(A), T(turned)), [0, 1])));
        Assert.Equal(["[3, 5, 6, 7]"], Products([A, B], Sum(MatMul(T(A), B), [0])));
        Assert.Equal(["[3, 5, 6, 7]"], Products([A, B], Sum(MatMul(T(A), B), [1, 2])));
    }

    private static readonly Node A = Input("a", DType.Float64, [3, 5, 4, 6]), B = Input("b", DType.Float64, [3, 5, 4, 7]);

    private static Node T(Node x) => Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    private static IEnumerable<string> Products(Node[] inputs, Node y)
    {
        var result = Pipeline.Default.Run(new(inputs, [y]), new() { Verify = true, Validate = true });
        return result.Optimised.Applies.Where(a => a.Op is MatMul).Select(a => a.Results[0].Shape.ToString());
    }
}
