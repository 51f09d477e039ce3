using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Gradient descent with a velocity, <c>v ← momentum · v + g</c>, <c>w ← w - rate · v</c>: B. Polyak's heavy ball, 1964, with
/// the rate outside the velocity as in I. Sutskever et al., "On the Importance of Initialization and Momentum", 2013.
/// </summary>
public static class Momentum
{
    /// <summary>The updates of one step, those of new variables <c>name/momentum.v</c> among them.</summary>
    /// <param name="variables">What is learnt.</param>
    /// <param name="gradients">The loss's gradient per variable, of its type.</param>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="momentum">How much of the velocity a step keeps: 0 is gradient descent.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>Two updates per variable, for <see cref="Computation.WithUpdates"/>.</returns>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate,
        double momentum = 0.9,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), momentum, file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate, double momentum = 0.9,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates("momentum", variables, gradients, learningRate, momentum, (_, v) => v, file, line);

    /// <summary>
    /// The updates of a method that keeps a velocity per variable
    /// and steps along a direction made of gradient and velocity.
    /// </summary>
    internal static Update[] Updates(string method, ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate,
        double momentum, Func<Node, Node, Node> direction, string file, int line)
    {
        var origin = Origin.At(file, line);
        Rates.CheckPairs(method, variables, gradients, origin);
        Rates.CheckRate(method, learningRate, origin);
        using var _ = Origin.Under(origin);
        using var scope = NameScope.Enter(method);
        var updates = new List<Update>();
        for (int i = 0; i < variables.Length; i++)
        {
            var (w, g) = (variables[i], gradients[i]);
            var state = new Variable($"{w.Name}/{method}.v", w.Shape, Init.Zeros, w.DType);
            Node v = Moment.Next(state, momentum, g);
            updates.Add(new(state, v));
            updates.Add(new(w, w - Rates.For(w, learningRate) * direction(g, v)));
        }
        return [.. updates];
    }
}

/// <summary>
/// Momentum that looks ahead, <c>v ← momentum · v + g</c>, <c>w ← w - rate · (g + momentum · v)</c>: Y. Nesterov, 1983, in the
/// form of Sutskever et al., 2013, with gradients taken where the weights are.
/// </summary>
public static class Nesterov
{
    /// <summary>The updates of one step, those of new variables <c>name/nesterov.v</c> among them.</summary>
    /// <inheritdoc cref="Momentum.Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate,
        double momentum = 0.9,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), momentum, file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, double, string, int)"/>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate, double momentum = 0.9,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Momentum.Updates("nesterov", variables, gradients, learningRate, momentum, (g, v) => g + momentum * v, file, line);
}
