using Adjoint;
using static Adjoint.Ops;

namespace Tour;

/// <summary>Logistic regression on three features, and one step of gradient descent.</summary>
internal static class Model
{
    public static Computation Step()
    {
        Node x = Input("x", DType.Float32, ["batch", 3]);
        Node y = Input("y", DType.Float32, ["batch"]);
        Variable w = new("w", [3]);
        Node score = Sum(x * w, [1]);
        Node loss = Mean(Softplus(score) - y * score);
        return new Computation([x, y], [("loss", loss)], name: "logistic")
            .WithUpdates(Sgd.Updates([w], Gradient.Of(loss, [w]), learningRate: 0.5));
    }
}
