using static Adjoint.Passes.Tests.Evaluating;

namespace Adjoint.Passes.Tests;

public class SinkReshapesFacts
{
    // Two products [2, 4] by [4, 6], as convolutions have them: channels, then all positions of an image of 2x3.
    private static readonly Node A = Doubles("a", 2, 4), B = Doubles("b", 5, 4, 6), Bias = Doubles("bias", 2),
        Columns = Doubles("columns", 3),
        Skip = Doubles("skip", 5, 2, 2, 3);

    private static Node Product => MatMul(BroadcastTo(A, [5, 2, 4]), B);

    private static Node Image(Node product) => Reshape(product, [5, 2, 2, 3]);

    private static Computation Sink(params Node[] outputs)
    {
        var f = Canonicalise.Run(Of(outputs, [A, B, Bias, Columns, Skip]), Context);
        var result = SinkReshapes.Run(f, Context);
        double[][] data = [Ramp(8, 1), Ramp(120, -2), Ramp(2, 3), Ramp(3, 4), Ramp(60, 5)];
        Assert.Equal(Eval(f, data), Eval(result, data));
        Verifier.Check(result, true, "sink");
        return result;
    }

    private static double[] Ramp(int n, double slope) => [.. Enumerable.Range(1, n).Select(i => slope * i / n - 1)];

    [Fact]
    public void Bias_and_activation_are_computed_in_the_shape_of_the_product()
    {
        var f = Sink(Relu(Image(Product) + Reshape(Bias, [2, 1, 1])));
        Assert.True(f.Outputs[0].Value is
            (Operations.Reshape, [(Operations.Relu,
                [(Operations.Add, [(Operations.MatMul, _), (Broadcast, [(Operations.Reshape, [(InputOp, _)])])])])]));
    }

    [Fact]
    public void What_lies_in_memory_and_other_products_take_the_shape_too()
    {
        var f = Sink(Image(Product) * 2 + Skip + Image(Exp(MatMul(BroadcastTo(A, [5, 2, 4]), B * 2))));
        Assert.IsType<Reshape>(f.Outputs[0].Value.Op);
        Assert.DoesNotContain(f.Applies, a => a.Op is Add && a.Results[0].Rank == 4);
    }

    [Fact]
    public void A_product_with_other_readers_stays()
    {
        Node product = Product;
        Assert.IsType<Relu>(Sink(Relu(Image(product)), Sum(product)).Outputs[0].Value.Op);
    }

    [Fact]
    public void Repeats_along_part_of_an_axis_of_the_product_stay() =>
        Assert.IsType<Add>(Sink(Image(Product) + BroadcastTo(Columns, [5, 2, 2, 3])).Outputs[0].Value.Op);

    [Fact]
    public void Values_that_are_computed_in_another_shape_stay() =>
        Assert.IsType<Add>(Sink(Image(Product) + Exp(Skip)).Outputs[0].Value.Op);

    [Fact]
    public void Bytes_stay() => Assert.Equal(4, Sink(Convert(Convert(Image(Product), DType.Int8), DType.Float64))
        .Applies.Single(a => a.Results[0].DType == DType.Int8).Results[0].Rank);

    [Fact]
    public void Symbolic_extents_are_no_obstacle()
    {
        Dim n = "n", h = "h";
        Node x = Input("x", DType.Float64, [n, 4, h * 3]), y = Image(n, h, MatMul(BroadcastTo(A, [n, 2, 4]), x)) + Reshape(Bias, [2, 1, 1]);
        var f = SinkReshapes.Run(Canonicalise.Run(Of([y], [A, x, Bias]), Context), Context);
        Assert.True(f.Outputs[0].Value is (Operations.Reshape, [(Operations.Add, _)]));
    }

    private static Node Image(Dim n, Dim h, Node product) => Reshape(product, [n, 2, h, 3]);
}
