using Adjoint;
using static Adjoint.Ops;

namespace Docs.Tests;

public class ReadmeFacts
{
    [Fact]
    public void The_thirty_lines_of_the_readme_run()
    {
        // begin
        // A model. Extents are numbers or names; names are bound and checked by each call.
        Node x      = Input("x", DType.Float32, ["batch", 64]);
        Node labels = Input("labels", DType.Int32, ["batch"]);
        Variable w1 = new("w1", [64, 128], Init.HeNormal(seed: 1)), b1 = new("b1", [128]);
        Variable w2 = new("w2", [128, 10], Init.HeNormal(seed: 2)), b2 = new("b2", [10]);

        Node hidden = Relu(MatMul(x, w1) + b1);
        Node logits = MatMul(hidden, w2) + b2;
        Node loss   = Mean(SoftmaxCrossEntropy(logits, labels));

        // Derivatives are nodes at once; the compiler's first pass derives their subgraph.
        Node[] grads = Gradient.Of(loss, [w1, b1, w2, b2]);

        // Compile once. Variables live in a store that executables share; updates run in the same call, after the outputs.
        var store = new ParameterStore();
        Executable step = new Computation([x, labels], [loss])
            .WithUpdates(Sgd.Updates([w1, b1, w2, b2], grads, learningRate: 0.1))
            .Compile(store);
        Executable predict = new Computation([x], [Softmax(logits)]).Compile(store);

        float[,] images = new float[32, 64];
        int[] digits = new int[32];
        float value = step.Run(images, digits).Scalar<float>();
        float[] probabilities = predict.Run(images)[0].ToArray<float>();

        Console.WriteLine(step.Report);                     // passes, kernels, flops, bytes, peak memory, milliseconds
        File.WriteAllText("step.dot", step.ToDot(Stage.Fused));
        // end
        Assert.True(float.IsFinite(value));
        Assert.Equal(320, probabilities.Length);
    }

    [Fact]
    public void The_readme_shows_the_lines_that_run() =>
        Assert.Equal(CodeBlock.InSource("ReadmeFacts.cs"), CodeBlock.InPage("README.md", "var store = new ParameterStore();"));
}
