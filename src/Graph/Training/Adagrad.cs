using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Steps scaled per element by the sum of all squared gradients so far. J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for
/// Online Learning and Stochastic Optimization", JMLR 2011.
/// </summary>
/// <remarks>
/// <c>G = g + decay · w</c>, <c>h ← h + G²</c>, <c>w ← w - rate / (1 + t · rateDecay) · G / (√h + ε)</c>
/// with t = 0, 1, ..: as ONNX, whose norm coefficient is the decay, and PyTorch have it.
/// </remarks>
public static class Adagrad
{
    /// <summary>
    /// The updates of one step, those of new variables <c>name/adagrad.h</c>
    /// and, if the rate decays, of one step counter among them.
    /// </summary>
    /// <param name="variables">What is learnt.</param>
    /// <param name="gradients">The loss's gradient per variable, of its type.</param>
    /// <param name="learningRate">How far the first step moves each element.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">Added to the gradient, times the weight.</param>
    /// <param name="rateDecay">How fast the rate falls with the number of steps.</param>
    /// <param name="initial">What the sum of squares starts from.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Updates for <see cref="Computation.WithUpdates"/>; a counter is named after the first variable.</returns>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate = 0.01,
        double epsilon = 1e-10, double weightDecay = 0, double rateDecay = 0, double initial = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), epsilon, weightDecay, rateDecay, initial, file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, double, double, double, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate,
        double epsilon = 1e-10, double weightDecay = 0, double rateDecay = 0, double initial = 0,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Rates.CheckPairs("adagrad", variables, gradients, origin);
        Rates.CheckRate("adagrad", learningRate, origin);
        if (variables.IsEmpty)
            return [];
        using var _ = Origin.Under(origin);
        using var scope = NameScope.Enter("adagrad");
        var updates = new List<Update>();
        if (rateDecay != 0)
        {
            var counter = new Variable($"{variables[0].Name}/adagrad.step", Shape.Scalar, Init.Zeros, DType.Int64);
            updates.Add(new(counter, counter + 1));
            learningRate /= 1 + rateDecay * Ops.Convert(counter, learningRate.DType);
        }
        for (int i = 0; i < variables.Length; i++)
            updates.AddRange(Of(variables[i], gradients[i], learningRate, epsilon, weightDecay, initial));
        return [.. updates];
    }

    private static Update[] Of(Variable w, Node g, Node learningRate, double epsilon, double weightDecay, double initial)
    {
        var sum = new Variable($"{w.Name}/adagrad.h", w.Shape, Init.Constant(initial), w.DType);
        Node slope = weightDecay == 0 ? g : g + weightDecay * w, h = sum + slope * slope;
        return [new(sum, h), new(w, w - Rates.For(w, learningRate) * (slope / (Ops.Sqrt(h) + epsilon)))];
    }
}
