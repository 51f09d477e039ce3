namespace Adjoint.Graph.Tests;

/// <summary>Composites and optimisers refuse what does not fit before they are built, in their own name.</summary>
public class CompositeErrorFacts
{
    private static readonly Node Logits = Input("logits", DType.Float32, ["batch", 10]), Labels = Input("labels", DType.Int32, ["batch"]);
    private static readonly Node Targets = Input("targets", DType.Float32, ["batch", 1]),
        Scale = Input("scale", DType.Float32, [5]), One = Input("one", DType.Float32, []);
    private static readonly Variable W = new("w", [3]), B = new("b", [2]);
    private static readonly Node G = Input("g", DType.Float32, [3]);

    private static readonly Dictionary<string, (Action Build, string[] Says)> Refused = new()
    {
        ["softmax along an axis that is not there"] = (() => Softmax(Logits, 2),
            ["softmax", "no axis 2 in 2 axes", "input 'logits'", "use -2 to 1"]),
        ["softmax of a scalar"] = (() => Softmax(One), ["softmax", "no axis -1 in 0 axes", "at least one axis"]),
        ["softmax of integers"] = (() => Softmax(Labels), ["int32", "float32 or float64"]),
        ["labels that are no integers"] = (() => SoftmaxCrossEntropy(Logits, Targets),
            ["softmax-cross-entropy", "labels are float32", "int32 or int64"]),
        ["labels with the axis of the classes"] = (() => SoftmaxCrossEntropy(Logits, Convert(Logits, DType.Int32)),
            ["softmax-cross-entropy", "one label per row", "[batch, 10]"]),
        ["one label for every row"] = (() => NegativeLogLikelihood(Logits, Input("label", DType.Int32, [1])),
            ["negative-log-likelihood", "[1]"]),
        ["targets that would broadcast"] = (() => MeanSquaredError(Logits, Targets),
            ["mean-squared-error", "float32[batch, 10]", "float32[batch, 1]"]),
        ["targets of another element type"] = (() => Huber(Logits, Convert(Logits, DType.Float64)), ["huber", "float64", "Convert"]),
        ["a scale that does not fit a row"] = (() => LayerNorm(Logits, Scale),
            ["layer-norm", "float32[10]", "float32[5]", "input 'scale'"]),
        ["gradients in another order"] = (() => Sgd.Updates([B, W], [G, G], 0.1),
            ["sgd", "variable 'b' is float32[2]", "its gradient is float32[3]", "order"]),
        ["a gradient too few"] = (() => Momentum.Updates([W, B], [G], 0.1), ["momentum", "2 variables but 1 gradients"]),
        ["a rate that is no scalar"] = (() => Adam.Updates([W], [G], Scale), ["adam", "learning rate is float32[5]", "scalar"]),
    };

    public static TheoryData<string> Every() => [.. Refused.Keys];

    [Theory, MemberData(nameof(Every))]
    public void A_refusal_names_the_composite_its_operands_lines_and_a_way_out(string name)
    {
        string message = Assert.Throws<GraphException>(Refused[name].Build).Message;
        Assert.All(Refused[name].Says, s => Assert.Contains(s, message, StringComparison.Ordinal));
        Assert.Contains("CompositeErrorFacts.cs:", message, StringComparison.Ordinal);
        Assert.Contains("fix", message, StringComparison.Ordinal);
    }

    /// <summary>State has names of its own, so that a store keeps it beside the weights and two optimisers do not share it.</summary>
    [Fact]
    public void Optimiser_state_is_named_after_its_variable()
    {
        static string[] Names(Update[] updates) => [.. updates.Select(u => u.Variable.Name)];
        Assert.Equal(["w/adam.step", "w/adam.m", "w/adam.v", "w"], Names(Adam.Updates([W], [G])));
        Assert.Equal(["w/momentum.v", "w"], Names(Momentum.Updates([W], [G], 0.1)));
        Assert.Equal(["w/nesterov.v", "w"], Names(Nesterov.Updates([W], [G], 0.1)));
        Assert.Equal(["w"], Names(Sgd.Updates([W], [G], 0.1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clip.ByGlobalNorm([G], 0));
    }
}
