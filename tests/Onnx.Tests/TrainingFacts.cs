namespace Adjoint.Onnx.Tests;

/// <summary>Imported models learn on.</summary>
public class TrainingFacts
{
    [Fact]
    public void The_loss_of_an_imported_model_goes_down()
    {
        var model = Perceptron().Import(new() { Trainable = _ => true });
        Node labels = Input("labels", DType.Int64, [4]), loss = Mean(SoftmaxCrossEntropy(model["logits"], labels));
        var store = new ParameterStore();
        var step = new Computation([.. model.Computation.Inputs, labels], [loss])
            .WithUpdates(Sgd.Updates([.. model.Variables], Gradient.Of(loss, [.. model.Variables]),
                learningRate: 0.5)).Compile(store);
        HostTensor x = new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, y = new long[] { 0, 1, 1, 0 };
        float[] losses = [.. Enumerable.Range(0, 300).Select(_ => step.Run(x, y)[0].Scalar<float>())];
        Assert.True(losses[5] < losses[0] && losses[^1] < 0.5f * losses[0], $"{losses[0]}, {losses[5]}, {losses[^1]}");
    }

    [Fact]
    public void A_store_starts_with_the_values_of_the_file()
    {
        var store = new ParameterStore();
        Perceptron().Import(new() { Trainable = n => n == "b1" }).Computation.Compile(store);
        Assert.Equal(["b1"], store.Names);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => 0.1f * i), store.Get<float>("b1"));
    }

    [Fact]
    public void A_weight_that_decides_a_shape_stays_a_constant()
    {
        var model = new ModelBuilder(13).Input("x", ElementType.Float, 4).Weight("shape", new long[] { 2, 2 })
            .Node("y", "Reshape", "x, shape").Output("y");
        Assert.Empty(model.Import(new() { Trainable = _ => true }).Variables);
    }

    private static ModelBuilder Perceptron()
    {
        var random = new Random(1);
        float[,] Matrix(int rows, int columns)
        {
            var w = new float[rows, columns];
            for (int i = 0; i < w.Length; i++)
                w[i / columns, i % columns] = random.NextSingle() * 2 - 1;
            return w;
        }
        return new ModelBuilder(17).Input("x", ElementType.Float, 4, 2)
            .Weight("w1", Matrix(2, 8)).Weight("b1", Enumerable.Range(0, 8).Select(i => 0.1f * i).ToArray())
                .Weight("w2", Matrix(8, 2))
            .Node("a", "Gemm", "x, w1, b1").Node("h", "Tanh", "a").Node("logits", "MatMul", "h, w2").Output("logits");
    }
}
