using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Steps scaled per element by a running mean of squared gradients. T. Tieleman, G. Hinton, "Lecture 6.5: RMSProp", 2012; centred as in
/// A. Graves, "Generating Sequences with Recurrent Neural Networks", 2013.
/// </summary>
/// <remarks>
/// <c>v ← ρ v + (1 - ρ) g²</c>, centred also <c>a ← ρ a + (1 - ρ) g</c>; <c>s = g / (√(v - a²) + ε)</c>,
/// a = 0 if not centred; with momentum <c>b ← momentum · b + s</c>, <c>w ← w - rate · b</c>, else
/// <c>w ← w - rate · s</c>: ε outside the root and the rate outside the velocity, as PyTorch has it.
/// </remarks>
public static class RmsProp
{
    /// <summary>
    /// The updates of one step, those of new variables <c>name/rmsprop.v</c>
    /// and, where used, <c>.a</c> and <c>.b</c> among them.
    /// </summary>
    /// <param name="variables">What is learnt.</param>
    /// <param name="gradients">The loss's gradient per variable, of its type.</param>
    /// <param name="learningRate">About how far a step moves each element.</param>
    /// <param name="decay">ρ, how much of the mean of squares a step keeps.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="momentum">How much of the velocity a step keeps; 0 for none.</param>
    /// <param name="centred">Whether the variance takes the place of the mean of squares.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Updates for <see cref="Computation.WithUpdates"/>.</returns>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate = 0.01,
        double decay = 0.99, double epsilon = 1e-8, double momentum = 0, bool centred = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), decay, epsilon, momentum, centred, file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, double, double, bool, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate,
        double decay = 0.99, double epsilon = 1e-8, double momentum = 0, bool centred = false,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Rates.CheckPairs("rmsprop", variables, gradients, origin);
        Rates.CheckRate("rmsprop", learningRate, origin);
        using var _ = Origin.Under(origin);
        using var scope = NameScope.Enter("rmsprop");
        var updates = new List<Update>();
        for (int i = 0; i < variables.Length; i++)
        {
            var (w, g) = (variables[i], gradients[i]);
            Node step = Scaled(w, g, decay, epsilon, centred, updates);
            if (momentum != 0)
                step = Kept(w, "b", momentum, step, updates);
            updates.Add(new(w, w - Rates.For(w, learningRate) * step));
        }
        return [.. updates];
    }

    private static Node Scaled(Variable w, Node g, double decay, double epsilon, bool centred, List<Update> updates)
    {
        Node v = Kept(w, "v", decay, (1 - decay) * (g * g), updates);
        if (centred)
            v -= Ops.Square(Kept(w, "a", decay, (1 - decay) * g, updates));
        return g / (Ops.Sqrt(centred ? Ops.Maximum(v, 0) : v) + epsilon);
    }

    // A new variable of the shape of w, of which steps keep a share; its new value.
    private static Node Kept(Variable w, string name, double share, Node gained, List<Update> updates)
    {
        var state = new Variable($"{w.Name}/rmsprop.{name}", w.Shape, Init.Zeros, w.DType);
        Node value = Moment.Next(state, share, gained);
        updates.Add(new(state, value));
        return value;
    }
}
