using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// A request for derivatives or for a whole batch: a node at
    /// once, replaced by its subgraph in the differentiate pass.
    /// </summary>
    public abstract record DerivativeRequest : Op
    {
        /// <inheritdoc/>
        public override Differentiability Differentiability => Differentiability.Request;

        /// <inheritdoc/>
        public override ImmutableArray<HostTensor> Evaluate(Evaluation e) =>
            throw new NotSupportedException($"{Name} is a request; run the differentiate pass before the reference executor.");
    }

    /// <summary>Reverse mode: operands are y[0..n), their cotangents, and x[0..m); results are the cotangents of x.</summary>
    /// <param name="Outputs">n, the number of values that are pulled back.</param>
    public sealed record Pullback(int Outputs) : DerivativeRequest
    {
        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            for (int i = 0; i < Outputs; i++)
                DerivativeChecks.Pair(x, i, Outputs + i, "cotangent");
            for (int i = 2 * Outputs; i < x.Count; i++)
                x.RequireDType(i, d => d.IsFloat, "float32 or float64 to have a derivative");
            return [.. x.Inputs.Skip(2 * Outputs).Select(n => n.Type)];
        }
    }

    /// <summary>Forward mode: operands are y[0..n), x[0..m) and tangents of x; results are the tangents of y.</summary>
    /// <param name="Outputs">n, the number of values whose tangents are wanted.</param>
    public sealed record Pushforward(int Outputs) : DerivativeRequest
    {
        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            int inputs = (x.Count - Outputs) / 2;
            for (int i = 0; i < inputs; i++)
                DerivativeChecks.Pair(x, Outputs + i, Outputs + inputs + i, "tangent");
            return [.. x.Inputs.Take(Outputs).Select(n => n.Type)];
        }
    }

    internal static class DerivativeChecks
    {
        public static void Pair(Inference x, int value, int derivative, string what)
        {
            x.RequireDType(value, d => d.IsFloat, "float32 or float64 to have a derivative");
            if (x[value] != x[derivative])
                throw x.Error($"the {what} x[{derivative}] is {x[derivative]}, its value x[{value}] is {x[value]}",
                    $"give a {what} of the value's type");
        }
    }
}

namespace Adjoint
{
    /// <summary>What happens to a gradient with respect to a node that the loss does not depend on.</summary>
    public enum Unreached
    {
        /// <summary>It is zero, as mathematics says.</summary>
        Zero,

        /// <summary>It is an error: usually a forgotten connection.</summary>
        Throw,
    }

    /// <summary>Derivatives as nodes. They can be combined, compiled and differentiated again like any others.</summary>
    public static class Gradient
    {
        /// <summary>Gradients of a scalar loss.</summary>
        /// <param name="loss">A float scalar; anything else needs a seed, see <see cref="Vjp"/>.</param>
        /// <param name="wrt">Nodes or variables of a float type.</param>
        /// <param name="unreached">What to do for nodes that the loss does not depend on.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A gradient per node of <paramref name="wrt"/>, of its type.</returns>
        /// <exception cref="GraphException">The loss is no scalar, something is no float, or a node is not reached.</exception>
        /// <example><code>Node[] g = Gradient.Of(loss, [w, b]);</code></example>
        public static Node[] Of(Node loss, ReadOnlySpan<Node> wrt, Unreached unreached = Unreached.Zero,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (loss.Rank != 0)
                throw GraphException.For(new Pullback(1), [loss], origin, $"the loss has shape {loss.Shape}, not one value",
                    "reduce it, e.g. Mean(loss), or give a cotangent: Gradient.Vjp([loss], wrt, [seed])");
            return Vjp([loss], wrt, [Ops.OnesLike(loss)], unreached, file, line);
        }

        /// <summary>Vector-Jacobian product: pulls cotangents of <paramref name="y"/> back to <paramref name="x"/>.</summary>
        /// <returns>A cotangent per node of <paramref name="x"/>, of its type.</returns>
        /// <exception cref="GraphException">Types do not fit, or a node is not reached.</exception>
        public static Node[] Vjp(ReadOnlySpan<Node> y, ReadOnlySpan<Node> x, ReadOnlySpan<Node> cotangents,
            Unreached unreached = Unreached.Zero,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (y.Length != cotangents.Length)
                throw new GraphException($"{y.Length} values but {cotangents.Length} cotangents ({origin}); give one each.");
            if (unreached == Unreached.Throw)
                DemandReached(y, x, origin);
            return x.IsEmpty ? [] : [.. Apply.Of(new Pullback(y.Length), origin, [.. y, .. cotangents, .. x]).Results];
        }

        /// <summary>Jacobian-vector product: pushes tangents of <paramref name="x"/> forward to <paramref name="y"/>.</summary>
        /// <returns>A tangent per node of <paramref name="y"/>, of its type.</returns>
        /// <exception cref="GraphException">Types do not fit.</exception>
        public static Node[] Jvp(ReadOnlySpan<Node> y, ReadOnlySpan<Node> x, ReadOnlySpan<Node> tangents,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (x.Length != tangents.Length)
                throw new GraphException($"{x.Length} nodes but {tangents.Length} tangents ({origin}); give one each.");
            return y.IsEmpty ? [] : [.. Apply.Of(new Pushforward(y.Length), origin, [.. y, .. x, .. tangents]).Results];
        }

        private static void DemandReached(ReadOnlySpan<Node> y, ReadOnlySpan<Node> x, Origin origin)
        {
            var reached = Topology.Sort([.. y]).SelectMany(a => a.Results).ToHashSet();
            foreach (var node in x)
                if (!reached.Contains(node))
                    throw new GraphException($"gradient: the loss does not depend on {node} ({node.Apply.Origin}).\n  at    {origin}\n" +
                        "  fix   connect it, leave it out, or accept zeros with Unreached.Zero.");
        }
    }
}
