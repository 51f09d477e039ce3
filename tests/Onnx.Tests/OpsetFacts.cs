namespace Adjoint.Onnx.Tests;

/// <summary>One operator, several meanings: what changed between versions.</summary>
public class OpsetFacts
{
    private static readonly float[] Two = [1, 2], Three = [1, 2, 3], Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Before_version_7_addition_broadcasts_from_an_axis_if_asked() =>
        Assert.Equal(new float[] { 2, 3, 4, 6, 7, 8 }, new ModelBuilder(6)
        .Input("a", ElementType.Float, 2, 3).Input("b", ElementType.Float, 2)
        .Node("y", "Add", "a, b", ("broadcast", 1), ("axis", 0)).Output("y").Run(Tensor(Six, 2, 3), Two).ToArray<float>());

    [Fact]
    public void Since_version_7_it_broadcasts_from_the_end() => Assert.Equal(new float[] { 2, 4, 6, 5, 7, 9 }, new ModelBuilder(7)
        .Input("a", ElementType.Float, 2, 3).Input("b", ElementType.Float, 3)
        .Node("y", "Add", "a, b").Output("y").Run(Tensor(Six, 2, 3), Three).ToArray<float>());

    [Theory]
    [InlineData(12, 1)]
    [InlineData(13, 2)]
    public void Softmax_sums_to_one_over_all_axes_behind_or_over_one(int opset, int rowsThatSumToOne)
    {
        var y = new ModelBuilder(opset).Input("x", ElementType.Float, 1, 2, 3)
            .Node("y", "Softmax", "x", ("axis", opset < 13 ? 1 : 2)).Output("y").Run(Tensor(Six, 1, 2, 3)).ToArray<float>();
        Assert.Equal(rowsThatSumToOne, y.Sum(), 1e-5);
    }

    [Fact]
    public void Axes_move_from_attribute_to_input()
    {
        var older = new ModelBuilder(12).Input("x", ElementType.Float, 2, 3)
            .Node("y", "ReduceSum", "x", ("axes", new long[] { 1 }), ("keepdims", 0)).Output("y");
        var newer = new ModelBuilder(13).Input("x", ElementType.Float, 2, 3).Weight("axes", new long[] { 1 })
            .Node("y", "ReduceSum", "x, axes", ("keepdims", 0)).Output("y");
        Assert.All([older, newer], m => Assert.Equal(new float[] { 6, 15 }, m.Run(Tensor(Six, 2, 3)).ToArray<float>()));
    }

    [Fact]
    public void Bounds_of_clip_move_from_attributes_to_inputs()
    {
        var older = new ModelBuilder(6).Input("x", ElementType.Float, 3).Node("y", "Clip", "x", ("max", 2f)).Output("y");
        var newer = new ModelBuilder(11).Input("x", ElementType.Float, 3).Weight("max", 2f)
            .Node("y", "Clip", "x, , max").Output("y");
        Assert.All([older, newer], m => Assert.Equal(new float[] { 1, 2, 2 }, m.Run(Three).ToArray<float>()));
    }

    [Fact]
    public void Squeeze_takes_axes_either_way()
    {
        var older = new ModelBuilder(11).Input("x", ElementType.Float, 1, 2, 1)
            .Node("y", "Squeeze", "x", ("axes", new long[] { 0 })).Output("y");
        var newer = new ModelBuilder(13).Input("x", ElementType.Float, 1, 2, 1).Weight("axes", new long[] { 0 })
            .Node("y", "Squeeze", "x, axes").Output("y");
        Assert.All([older, newer], m => Assert.Equal([2, 1], m.Run(Tensor(Two, 1, 2, 1)).Shape.ToArray()));
    }

    [Theory]
    [InlineData(6, "is_test")]
    [InlineData(9, null)]
    [InlineData(15, null)]
    public void Batch_normalisation_infers_unless_it_trains(int opset, string? flag)
    {
        var model = new ModelBuilder(opset).Input("x", ElementType.Float, 1, 2).Weight("scale", new float[] { 1, 2 })
            .Weight("shift", new float[] { 0, 1 })
            .Weight("mean", new float[] { 1, 1 }).Weight("variance", new float[] { 1, 4 })
            .Node("y", "BatchNormalization", "x, scale, shift, mean, variance", flag is null
                ? [("epsilon", 0f)] : [("epsilon", 0f), (flag, 1)]).Output("y");
        Assert.Equal(new float[] { 2, 3 }, model.Run(Tensor([3, 3], 1, 2)).ToArray<float>());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(22)]
    public void Dropout_passes_outside_of_training(int opset) =>
        Assert.Equal(Three, new ModelBuilder(opset).Input("x", ElementType.Float, 3)
        .Node("y", "Dropout", "x", opset < 7 ? [("is_test", 1)] : []).Output("y").Run(Three).ToArray<float>());

    private static HostTensor Tensor(float[] values, params long[] shape) => HostTensor.From(values, shape);
}
