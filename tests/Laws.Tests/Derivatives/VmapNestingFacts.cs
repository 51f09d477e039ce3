namespace Adjoint.Laws;

/// <summary>Vmap nested with derivatives and with itself, along symbols, and what it refuses.</summary>
public class VmapNestingFacts
{
    private static readonly double[,] A = { { 1, 2, 3 }, { -1, 0.5, 2 } },
        B = { { 0.1, -0.2, 0.3 }, { 1, 2, -1 }, { 2, 2, 2 }, { -1, 0, 1 } };

    [Fact]
    public void All_pairs_are_a_vmap_in_a_vmap()
    {
        Node a = Input("a", DType.Float64, ["m", 3]), b = Input("b", DType.Float64, ["n", 3]);
        Node pairs = Vmap.Map(x => Vmap.Map(y => Sum(Sin(x * y) * y), b), a);
        Assert.Equal<Shape>(["m", "n"], pairs.Shape);
        Node direct = Sum(Sin(ExpandDims(a, 1) * b) * b, [-1]);
        var got = Running.Run(Running.Of([a, b], pairs, direct), [A, B]);
        Running.AssertClose(got[1], got[0], 1e-15, "pairs");
    }

    [Fact]
    public void One_gradient_per_example_sums_to_the_gradient_of_the_batch()
    {
        Node w = Input("w", DType.Float64, [3]), x = Input("x", DType.Float64, ["n", 3]);
        Node Loss(Node row) => Square(Tanh(MatMul(row, w)) - 0.3);
        Node each = Vmap.Map(row => Gradient.Of(Loss(row), [w])[0], x), total = Gradient.Of(Sum(Vmap.Map(Loss, x)), [w])[0];
        var got = Running.Run(Running.Of([w, x], Sum(each, [0]), total), [new[] { 0.2, -0.1, 0.4 }, B]);
        Running.AssertClose(got[1], got[0], 1e-14, "per example");
    }

    [Fact]
    public void Forward_mode_through_a_vmap_and_a_vmap_of_forward_mode()
    {
        Node x = Input("x", DType.Float64, ["n", 3]), t = Input("t", DType.Float64, ["n", 3]);
        Node F(Node row) => Exp(row) * Sum(row);
        Node through = Gradient.Jvp([Vmap.Map(F, x)], [x], [t])[0];
        Node each = Vmap.Map((row, tangent) => Gradient.Jvp([F(row)], [row], [tangent])[0], x, t);
        HostTensor tangents = HostTensor.From(Enumerable.Range(0, 12).Select(i => Math.Cos(i)).ToArray(), [4, 3]);
        var got = Running.Run(Running.Of([x, t], through, each), [B, tangents]);
        Running.AssertClose(got[0], got[1], 1e-15, "tangents");
    }

    [Fact]
    public void Second_derivatives_per_example_through_a_vmap_inside_the_loss()
    {
        Node x = Input("x", DType.Float64, ["n", 3]);
        Node h = Vmap.Map(row => Hessian.Of(Sum(Vmap.Map(e => e * e * e, row)), row), x);
        Node expected = Vmap.Map(row => IdentityMatrix(3, DType.Float64) * row * 6, x);
        var got = Running.Run(Running.Of([x], h, expected), [B]);
        Running.AssertClose(got[1], got[0], 1e-15, "hessians");
    }

    [Fact]
    public void What_does_not_depend_on_the_example_is_repeated()
    {
        Node x = Input("x", DType.Float64, ["n", 3]), c = Input("c", DType.Float64, [2]);
        Node y = Vmap.Map(_ => c * 2, x, outAxis: 1);
        Assert.Equal([2.0, 2, 2, 2, 6, 6, 6, 6], Running.Run(Running.Of([x, c], y), [B, new double[] { 1, 3 }])[0].Doubles());
    }

    [Fact]
    public void A_batch_of_nothing_is_mapped_too()
    {
        Node x = Input("x", DType.Float64, ["n", 3]);
        Assert.Equal([0L, 3], Running.Run(Running.Of([x], Vmap.Map(r => Softmax(r), x)), [new double[0, 3]])[0].Shape.ToArray());
    }

    [Fact]
    public void Batches_whose_symbols_differ_are_checked_by_the_call()
    {
        Node x = Input("x", DType.Float64, ["n"]), y = Input("y", DType.Float64, ["m"]);
        var f = Running.Of([x, y], Vmap.Map((a, b) => a * b, x, y)).Compile();
        Assert.Equal([3, 8], f.Run([new double[] { 1, 2 }, new double[] { 3, 4 }])[0].Doubles());
        Assert.ThrowsAny<ArgumentException>(() => f.Run([new double[] { 1, 2 }, new double[] { 3, 4, 5 }]));
    }

    [Fact]
    public void A_position_outside_is_an_error_though_another_example_lies_there()
    {
        Node x = Input("x", DType.Float64, [2, 3]), i = Input("i", DType.Int32, [2, 1]);
        var f = Running.Of([x, i], Vmap.Map((row, at) => Gather(row, at), x, i)).Compile();
        Assert.Equal([3, 0.5], f.Run([A, new[,] { { 2 }, { 1 } }])[0].Doubles());
        Assert.Throws<ComputationException>(() => f.Run([A, new[,] { { 3 }, { 1 } }]));
    }

    [Fact]
    public void An_example_that_leaves_its_function_is_an_error_that_says_so()
    {
        Node x = Input("x", DType.Float64, [2, 3]), leaked = x;
        Vmap.Map(row => leaked = row, x);
        Assert.Contains("outside the function", Assert.Throws<GraphException>(() => Running.Of([x], leaked * 2).Compile()).Message);
    }

    [Fact]
    public void Different_numbers_of_examples_are_refused_when_the_graph_is_built()
    {
        Node x = Input("x", DType.Float64, [2, 3]), y = Input("y", DType.Float64, [4, 3]);
        var error = Assert.Throws<GraphException>(() => Vmap.Map((a, b) => a * b, x, y));
        Assert.Contains("2 examples", error.Message);
        Assert.Contains("4", error.Message);
    }

    [Fact]
    public void An_op_without_a_rule_is_named_with_its_line()
    {
        Node x = Input("x", DType.Float64, [2, 3]);
        var error = Assert.Throws<GraphException>(() =>
            Running.Of([x], Vmap.Map(r => Node.Of(new Ruleless(), Origin.At("Model.cs", 7), r), x)).Compile());
        Assert.Contains("ruleless at Model.cs:7 has no batching rule", error.Message);
    }

    private sealed record Ruleless : Op
    {
        public override System.Collections.Immutable.ImmutableArray<TensorType> Infer(Inference x) => [x[0]];

        public override System.Collections.Immutable.ImmutableArray<HostTensor> Evaluate(Evaluation e) => [e.Inputs[0]];
    }
}
