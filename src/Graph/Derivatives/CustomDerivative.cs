using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint;

/// <summary>A rule of a custom derivative.</summary>
/// <param name="x">The operands.</param>
/// <param name="y">The results.</param>
/// <param name="v">Cotangents, one per result (zeros where nothing flows), or tangents, one per operand.</param>
/// <returns>Reverse mode: a cotangent per operand, null where it is zero.
/// Forward mode: a tangent per result, null where it is zero.</returns>
public delegate Node?[] DerivativeRule(Node[] x, Node[] y, Node[] v);

/// <summary>
/// A part of a graph whose derivative its author states: where a formula is cheaper or more stable than what the ops give, or where
/// another slope than the true one is wanted. Nothing looks inside before derivatives are taken; afterwards it is inlined and fused.
/// </summary>
public static class CustomDerivative
{
    /// <summary>
    /// Applies a function that brings its own derivative rules. Rules
    /// are graphs: they can be differentiated and batched again.
    /// </summary>
    /// <param name="f">From operands to results. It must use nothing but its arguments, variables and constants.</param>
    /// <param name="x">The operands.</param>
    /// <param name="vjp">Reverse mode; without it, reverse mode through this part is an error.</param>
    /// <param name="jvp">Forward mode; without it, forward mode through this part is an error.</param>
    /// <param name="name">Shown in drawings and messages.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    /// <returns>The results of <paramref name="f"/>.</returns>
    /// <exception cref="GraphException">There is no rule at all, or a rule gives a wrong number of nodes or wrong types.</exception>
    /// <example><code>
    /// // The sign, with the slope of the identity: a straight-through estimator.
    /// Node y = CustomDerivative.Of(x => [Sign(x[0])], [x], vjp: (x, y, ct) => [ct[0]])[0];
    /// </code></example>
    public static Node[] Of(Func<Node[], Node[]> f, ReadOnlySpan<Node> x, DerivativeRule? vjp = null, DerivativeRule? jvp = null,
        string name = "custom", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var (origin, operands) = (Origin.At(file, line), x.ToArray());
        if (vjp is null && jvp is null)
            throw new GraphException($"{name} at {origin} has neither a vjp nor a jvp; give one, or call the function directly.");
        var body = Call.BodyOf(name, origin, [.. operands], a => [.. f([.. a])]);
        Node[] results = [.. body.Outputs.Select(o => o.Value)];
        var call = new CustomCall(name, body,
            vjp is null ? null : CustomRule.Of($"{name} vjp", origin, operands, results, results, operands, vjp),
            jvp is null ? null : CustomRule.Of($"{name} jvp", origin, operands, results, operands, results, jvp));
        return [.. Apply.Of(call, origin, operands).Results];
    }
}
