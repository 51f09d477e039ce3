using Adjoint;
using static Adjoint.Ops;

namespace Digits;

/// <summary>One step of training: the loss of a batch, and weights that fit it a little better.</summary>
/// <param name="images">[batch, pixels] row by row.</param>
/// <param name="labels">[batch].</param>
/// <param name="rate">Learning rate.</param>
internal delegate float Step(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, float rate);

/// <summary>A network of one hidden layer as graphs: pixels - relu - ten classes.</summary>
internal sealed class Perceptron
{
    public Perceptron(int pixels, int hidden, int seed)
    {
        Node x = Input("images", DType.Float32, ["batch", pixels]);
        Node labels = Input("labels", DType.Int32, ["batch"]);
        Node rate = Input("rate", DType.Float32, []);
        Variable w1 = new("w1", [pixels, hidden], Init.HeNormal(2 * seed)), b1 = new("b1", [hidden]);
        Variable w2 = new("w2", [hidden, ImageSet.Classes], Init.HeNormal(2 * seed + 1)), b2 = new("b2", [ImageSet.Classes]);

        Node units, logits, loss;
        using (NameScope.Enter("hidden"))
            units = Relu(MatMul(x, w1) + b1);
        using (NameScope.Enter("classes"))
            logits = MatMul(units, w2) + b2;
        using (NameScope.Enter("loss"))
            loss = Mean(SoftmaxCrossEntropy(logits, labels));

        Node[] gradients = Gradient.Of(loss, [w1, b1, w2, b2]);
        Training = new Computation([x, labels, rate], [("loss", loss)], name: "training step")
            .WithUpdates(Adam.Updates([w1, b1, w2, b2], gradients, rate, weightDecay: Settings.WeightDecay));
        Prediction = new Computation([x], [("class", ArgMax(logits, axis: 1))], name: "prediction");
    }

    /// <summary>Loss of a batch, and updates of every variable.</summary>
    public Computation Training { get; }

    /// <summary>The most likely class of each image.</summary>
    public Computation Prediction { get; }
}
