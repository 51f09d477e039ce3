using System.Runtime.CompilerServices;

namespace Adjoint;

/// <summary>
/// Gradients of expectations over what is drawn at random. Where a draw is a smooth function of parameters and noise
/// (<see cref="Reparameterised"/>), gradients flow through it; where it is not, through the probability of what was drawn.
/// </summary>
public static class Surrogate
{
    /// <summary>
    /// A loss with the value of <paramref name="cost"/>, whose derivatives of every order estimate those of its expectation:
    /// <c>cost + (cost - baseline)(e^(l - l') - 1)</c>, where l' is l as a constant. The score-function estimator.
    /// </summary>
    /// <remarks>
    /// J. Foerster et al., "DiCE: The Infinitely Differentiable Monte Carlo Estimator",
    /// ICML 2018; at first order it is REINFORCE, R. Williams, 1992. A baseline that
    /// does not depend on the draw changes no expectation and lowers the variance.
    /// </remarks>
    /// <param name="cost">What is drawn costs; it may depend on parameters itself.</param>
    /// <param name="logProbability">l: the logarithm of the probability (or
    /// density) of what was drawn, as a node of the parameters.</param>
    /// <param name="baseline">Subtracted from the cost where it multiplies the score; 0 if not given. Taken as a constant.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>A node of the operands' common shape; reduce it with Mean over draws.</returns>
    /// <exception cref="GraphException">Operands are no floats, or shapes do not broadcast.</exception>
    /// <example><code>
    /// Node action = RandomCategorical(key, logits);
    /// Node loss = Mean(Surrogate.ScoreFunction(Cost(action), LogDensity.Categorical(action, logits)));
    /// </code></example>
    public static Node ScoreFunction(Node cost, Node logProbability, Node? baseline = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        Node weight = Ops.Exp(logProbability - Ops.StopGradient(logProbability));
        // The factor is 1, so that the cost is untouched to the last bit.
        return baseline is null ? cost * weight : cost * weight - Ops.StopGradient(baseline) * (weight - 1);
    }
}

/// <summary>Draws as smooth functions of parameters and of noise that does not depend on them: gradients flow through.</summary>
public static class Reparameterised
{
    /// <summary>Normal draws, <c>mean + deviation * noise</c>.</summary>
    /// <param name="noise">Standard normal.</param>
    /// <param name="mean">Broadcasts.</param>
    /// <param name="deviation">Standard deviation, positive; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Normal(Node noise, Node mean, Node deviation, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return mean + deviation * Ops.StopGradient(noise);
    }

    /// <summary>Normal draws by a key, of the common shape of mean and deviation.</summary>
    /// <inheritdoc cref="Normal(Node, Node, Node, string, int)"/>
    /// <param name="key">Which draws.</param>
    /// <param name="mean">Broadcasts.</param>
    /// <param name="deviation">Standard deviation, positive; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Normal(RandomKey key, Node mean, Node deviation, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Normal(Ops.RandomNormal(key, (mean + deviation).Shape, mean.DType), mean, deviation);
    }

    /// <summary>Draws by a key of a normal distribution cut off at bounds, which slopes in mean and deviation take into account.</summary>
    /// <param name="key">Which draws.</param>
    /// <param name="mean">Of the distribution before it is cut; broadcasts.</param>
    /// <param name="deviation">Its standard deviation, positive; broadcasts.</param>
    /// <param name="low">The smallest number; broadcasts.</param>
    /// <param name="high">The largest number; broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node TruncatedNormal(RandomKey key, Node mean, Node deviation, Node low, Node high,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        Node noise = Ops.RandomTruncatedNormal(key, (low - mean) / deviation, (high - mean) / deviation);
        return Ops.Clamp(mean + deviation * noise, low, high);
    }

    /// <inheritdoc cref="TruncatedNormal(RandomKey, Node, Node, Node, Node, string, int)"/>
    public static Node TruncatedNormal(RandomKey key, Node mean, Node deviation, double low, double high,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return TruncatedNormal(key, mean, deviation, Ops.Scalar(mean.DType, low), Ops.Scalar(mean.DType, high));
    }

    /// <summary>Uniform draws by a key, of the common shape of the bounds.</summary>
    /// <inheritdoc cref="Uniform(Node, Node, Node, string, int)"/>
    /// <param name="key">Which draws.</param>
    /// <param name="low">Broadcasts.</param>
    /// <param name="high">Broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Uniform(RandomKey key, Node low, Node high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Uniform(Ops.RandomUniform(key, (low + high).Shape, low.DType), low, high);
    }

    /// <summary>Uniform draws, <c>low + (high - low) * noise</c>.</summary>
    /// <param name="noise">Uniform on [0, 1).</param>
    /// <param name="low">Broadcasts.</param>
    /// <param name="high">Broadcasts.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Uniform(Node noise, Node low, Node high, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return low + (high - low) * Ops.StopGradient(noise);
    }

    /// <summary>
    /// Draws of a relaxed category, <c>softmax((logits + gumbel) / temperature)</c>
    /// over the last axis: nearly one-hot for low temperatures.
    /// </summary>
    /// <remarks>
    /// C. Maddison, A. Mnih, Y. Teh, "The Concrete Distribution"; E. Jang, S. Gu, B.
    /// Poole, "Categorical Reparameterization with Gumbel-Softmax"; both ICLR 2017.
    /// </remarks>
    /// <param name="key">Which draws.</param>
    /// <param name="logits">Floats of shape [.., classes].</param>
    /// <param name="temperature">Positive.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public static Node Categorical(RandomKey key, Node logits, double temperature,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using var _ = Origin.Under(Origin.At(file, line));
        return Ops.Softmax((logits + Ops.StopGradient(Ops.RandomGumbel(key, logits.Shape, logits.DType))) / temperature);
    }
}
