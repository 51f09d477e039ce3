using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>Gradient descent, <c>w ← w - rate · g</c>; stochastic where each call sees another batch.</summary>
public static class Sgd
{
    /// <summary>The updates of one step.</summary>
    /// <param name="variables">What is learnt.</param>
    /// <param name="gradients">The loss's gradient per variable, of its type.</param>
    /// <param name="learningRate">How far a step goes.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>An update per variable, for <see cref="Computation.WithUpdates"/>.</returns>
    /// <exception cref="GraphException">Counts or types differ.</exception>
    /// <example><code>
    /// var step = new Computation([x, labels], [loss])
    /// .WithUpdates(Sgd.Updates([w, b], Gradient.Of(loss, [w, b]), learningRate: 0.1));
    /// </code></example>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, double learningRate,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Updates(variables, gradients, Rates.Node(learningRate, file, line), file, line);

    /// <inheritdoc cref="Updates(ReadOnlySpan{Variable}, ReadOnlySpan{Node}, double, string, int)"/>
    /// <remarks>The rate is a float scalar: an input for a schedule that the caller keeps, or a graph of a step counter.</remarks>
    public static Update[] Updates(ReadOnlySpan<Variable> variables, ReadOnlySpan<Node> gradients, Node learningRate,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var origin = Origin.At(file, line);
        Rates.CheckPairs("sgd", variables, gradients, origin);
        Rates.CheckRate("sgd", learningRate, origin);
        using var _ = Origin.Under(origin);
        using var scope = NameScope.Enter("sgd");
        var updates = new Update[variables.Length];
        for (int i = 0; i < updates.Length; i++)
            updates[i] = new(variables[i], variables[i] - Rates.For(variables[i], learningRate) * gradients[i]);
        return updates;
    }
}
