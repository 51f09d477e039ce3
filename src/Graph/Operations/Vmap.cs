using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Operations;

namespace Adjoint.Operations
{
    /// <summary>
    /// Values for a batch: operands are y[0..n), computed from x[0..m) for one example, and batches of x; results are batches of y.
    /// </summary>
    /// <param name="Outputs">n, the number of values.</param>
    /// <param name="In">Per batch of x: the axis that runs over examples.</param>
    /// <param name="Out">Per result: the axis that runs over examples.</param>
    public sealed record BatchRequest(int Outputs, Axes In, Axes Out) : DerivativeRequest
    {
        /// <inheritdoc/>
        public override string Name => "vmap";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            int m = In.Count;
            for (int i = 0; i < m; i++)
                Demand(x, Outputs + i, Outputs + m + i, In[i]);
            var extent = x[Outputs + m].Shape[In[0]];
            return [.. Out.Select((axis, i) => new TensorType(x[i].DType, [.. x[i].Shape.Take(axis), extent, .. x[i].Shape.Skip(axis)]))];
        }

        private void Demand(Inference x, int one, int batch, int axis)
        {
            var expected = new TensorType(x[batch].DType, Shape.Of(x[batch].Shape.Where((_, a) => a != axis)));
            if (x[one] != expected)
                throw x.Error($"an example of x[{batch}] along axis {axis} is {expected}, but x[{one}] is {x[one]}",
                    "give batches of the nodes' types");
            x.Require(x[Outputs + In.Count].Shape[In[0]], x[batch].Shape[axis],
                $"batches differ: x[{Outputs + In.Count}] has {x[Outputs + In.Count].Shape[In[0]]} examples, x[{batch}] has {x[batch].Shape[axis]}",
                "give as many examples of each; what is the same for all examples needs no batch: use it inside the function");
        }
    }

    /// <summary>
    /// One example of a batch, while what is done with it is written
    /// down. No pass sees it outside a <see cref="BatchRequest"/>.
    /// </summary>
    /// <param name="Axis">The axis of the operand that runs over examples.</param>
    public sealed record Example(int Axis) : DerivativeRequest
    {
        /// <inheritdoc/>
        public override string Name => "example of a vmap";

        /// <inheritdoc/>
        public override ImmutableArray<TensorType> Infer(Inference x)
        {
            x.Arity(1);
            return [new(x[0].DType, Shape.Of(x[0].Shape.Where((_, a) => a != Axis)))];
        }
    }
}

namespace Adjoint
{
    /// <summary>
    /// Functions of one example applied to all examples of a batch at once: one batched subgraph, not one copy per example.
    /// </summary>
    /// <remarks>
    /// A request, as derivatives are: nested in any order, the inner one is expanded first, so that the vmap of a gradient (one gradient
    /// per example), the gradient through a vmap, and vmaps of vmaps are what they say. The number of examples may be a symbol.
    /// </remarks>
    public static class Vmap
    {
        /// <summary>Applies a function of one example to every example.</summary>
        /// <param name="f">From examples, a node per batch, to results. What else it uses is the same for all examples.</param>
        /// <param name="batches">Batches of as many examples each.</param>
        /// <param name="inAxes">Per batch: the axis that runs over examples,
        /// negative ones counting from the end; the first by default.</param>
        /// <param name="outAxes">Per result: where that axis goes, negative ones counting from its end; first by default.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A batch per result of <paramref name="f"/>.</returns>
        /// <exception cref="GraphException">There is no batch or no such axis, or batches hold different numbers of examples.</exception>
        /// <example><code>Node perExample = Vmap.Map(x => Gradient.Of(Loss(w, x), [w])[0], images);</code></example>
        public static Node[] Map(Func<Node[], Node[]> f, ReadOnlySpan<Node> batches, Axes? inAxes = null, Axes? outAxes = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (batches.IsEmpty)
                throw new GraphException($"vmap of nothing ({origin}): give at least one batch.");
            inAxes = AxesOf(inAxes, batches, added: 0, "inAxes", "batch", origin);
            var examples = new Node[batches.Length];
            for (int i = 0; i < examples.Length; i++)
                examples[i] = Node.Of(new Example(inAxes[i]), origin, batches[i]);
            return Of(f(examples), examples, batches, inAxes, outAxes, file, line);
        }

        /// <summary>Applies a function of one example to every example of one batch.</summary>
        /// <inheritdoc cref="Map(Func{Node[], Node[]}, ReadOnlySpan{Node}, Axes?, Axes?, string, int)"/>
        /// <param name="f">From an example to a result. What else it uses is the same for all examples.</param>
        /// <param name="batch">A tensor.</param>
        /// <param name="inAxis">The axis that runs over examples; a negative one counts from the end.</param>
        /// <param name="outAxis">Where that axis goes in the result; a negative one counts from its end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node Map(Func<Node, Node> f, Node batch, int inAxis = 0, int outAxis = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Map(x => [f(x[0])], [batch], [inAxis], [outAxis], file, line)[0];

        /// <summary>Applies a function of one example each to every pair of examples of two batches.</summary>
        /// <inheritdoc cref="Map(Func{Node[], Node[]}, ReadOnlySpan{Node}, Axes?, Axes?, string, int)"/>
        /// <param name="f">From two examples to a result. What else it uses is the same for all examples.</param>
        /// <param name="a">A tensor.</param>
        /// <param name="b">A tensor with as many examples.</param>
        /// <param name="inAxes">The axes that run over examples; the first by default.</param>
        /// <param name="outAxis">Where that axis goes in the result; a negative one counts from its end.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        public static Node Map(Func<Node, Node, Node> f, Node a, Node b, Axes? inAxes = null, int outAxis = 0,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
            Map(x => [f(x[0], x[1])], [a, b], inAxes, [outAxis], file, line)[0];

        /// <summary>Values computed from <paramref name="x"/>, for a batch of values of x instead.</summary>
        /// <param name="y">Nodes.</param>
        /// <param name="x">Nodes that they depend on.</param>
        /// <param name="batches">Per x: its values, with an axis more that runs over examples.</param>
        /// <param name="inAxes">Per batch: that axis; the first by default.</param>
        /// <param name="outAxes">Per y: where that axis goes; first by default.</param>
        /// <param name="file">Set by the compiler.</param>
        /// <param name="line">Set by the compiler.</param>
        /// <returns>A batch per y.</returns>
        /// <exception cref="GraphException">A batch is not of its node's type with
        /// an axis more, or batches hold different numbers of examples.</exception>
        public static Node[] Of(ReadOnlySpan<Node> y, ReadOnlySpan<Node> x, ReadOnlySpan<Node> batches,
            Axes? inAxes = null, Axes? outAxes = null,
            [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        {
            var origin = Origin.At(file, line);
            if (x.Length != batches.Length || x.IsEmpty)
                throw new GraphException($"vmap over {x.Length} nodes got {batches.Length} batches ({origin}); give one each, at least one.");
            var op = new BatchRequest(y.Length, AxesOf(inAxes, batches, added: 0, "inAxes", "batch", origin),
                AxesOf(outAxes, y, added: 1, "outAxes", "result", origin));
            return y.IsEmpty ? [] : [.. Apply.Of(op, origin, [.. y, .. x, .. batches]).Results];
        }

        // One axis per node, not negative; by default 0.
        private static Axes AxesOf(Axes? axes, ReadOnlySpan<Node> nodes, int added, string name, string what, Origin origin)
        {
            if (axes is not null && axes.Count != nodes.Length)
                throw new GraphException($"vmap: {name} lists {axes.Count} axes for {nodes.Length} nodes ({origin}); give one per {what}.");
            var found = new int[nodes.Length];
            for (int i = 0; i < found.Length; i++)
                found[i] = Ops.AxisOf("vmap", nodes[i], axes?[i] ?? 0, nodes[i].Rank + added, origin);
            return Axes.Of(found);
        }
    }
}
