using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Steps scaled per element by running moments of the gradient. D. Kingma, J. Ba, "Adam: A Method for Stochastic
/// Optimization", ICLR 2015, algorithm 1; with weight decay, I. Loshchilov, F. Hutter, "Decoupled Weight Decay
/// Regularization", ICLR 2019 (AdamW).
/// </summary>
/// <remarks>
/// <c>t ← t + 1</c>, <c>m ← β₁ m + (1 - β₁) g</c>, <c>v ← β₂ v + (1 - β₂) g²</c>,
/// <c>w ← w - rate · decay · w - rate · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)</c>. The corrections are folded into two scalars:
/// with c = √(1 - β₂ᵗ) the last term is <c>(rate · c / (1 - β₁ᵗ)) · m / (√v + ε c)</c>, the same number.
/// Moments below the smallest normal number are 0, so that elements without gradients cost no more than others.
/// </remarks>
public static class Adam
{
    /// <summary>
    /// The updates of one step, those of new variables <c>name/adam.m</c>,
    /// <c>name/adam.v</c> and of one step counter among them.
    /// </summary>
    /// <param name="variables">What is learnt.</param>
    /// <param name="gradients">The loss's gradient per variable, of its type.</param>
    /// <param name="learningRate">About how far a step moves each element.</param>
    /// <param name="beta1">How much of the mean of gradients a step keeps.</param>
    /// <param name="beta2">How much of the mean of their squares a step keeps.</param>
    /// <param name="epsilon">Added to the root of the corrected second moment.</param>
    /// <param name="weightDecay">Shrinks weights by this share of the rate, apart from the gradient; 0 for plain Adam.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Three updates per variable and one of the counter, which is named after the first variable.</returns>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate = 0.001,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), beta1, beta2, epsilon, weightDecay, file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, double, double, double, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate,
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Rates.CheckPairs("adam", variables, gradients, origin);
        Rates.CheckRate("adam", learningRate, origin);
        if (variables.IsEmpty)
            return [];
        using var _ = Origin.Under(origin);
        using var scope = NameScope.Enter("adam");
        var counter = new Variable($"{variables[0].Name}/adam.step", Shape.Scalar, Init.Zeros, DType.Int64);
        Node step = counter + 1;
        var updates = new List<Update> { new(counter, step) };
        for (int i = 0; i < variables.Length; i++)
            updates.AddRange(Of(variables[i], gradients[i], learningRate, step, beta1, beta2, epsilon, weightDecay));
        return [.. updates];
    }

    private static Update[] Of(Variable w, Node g, Node learningRate, Node step, double beta1, double beta2,
        double epsilon, double weightDecay)
    {
        var first = new Variable($"{w.Name}/adam.m", w.Shape, Init.Zeros, w.DType);
        var second = new Variable($"{w.Name}/adam.v", w.Shape, Init.Zeros, w.DType);
        Node m = Moment.Next(first, beta1, (1 - beta1) * g), v = Moment.Next(second, beta2, (1 - beta2) * (g * g));
        Node t = Ops.Convert(step, w.DType), rate = Rates.For(w, learningRate);
        Node c = Ops.Sqrt(Correction(t, beta2)), size = rate * c / Correction(t, beta1);
        Node next = w - size * (m / (Ops.Sqrt(v) + epsilon * c));
        return [new(first, m), new(second, v), new(w, weightDecay == 0 ? next : next - rate * weightDecay * w)];
    }

    // 1 - beta^t = -(e^(t log beta) - 1), which keeps its digits in float32 while beta^t is near 1.
    private static Node Correction(Node t, double beta) => -Ops.Expm1(Math.Log(beta) * t);
}
