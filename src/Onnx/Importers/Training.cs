using System.Collections.Immutable;
using Adjoint.Onnx.Importing;

namespace Adjoint.Onnx.Importers;

/// <summary>The preview domain for training: a gradient, and steps of optimisers.</summary>
internal static class Training
{
    public static IEnumerable<Importer> All => new[]
    {
        Many("Gradient", GradientOf), Many("Adam", Adam), Many("Adagrad", Adagrad), Many("Momentum", Momentum),
    }.Select(i => i with { Domain = "ai.onnx.preview.training" });

    // dy/dx for every x named; x and z are named values of this graph.
    private static ImmutableArray<Node> GradientOf(OnnxNode x)
    {
        Node y = x.Named(x.Text("y", ""));
        Node[] wrt = [.. (x.Texts("xs") ?? []).Select(x.Named)];
        return wrt.Where((named, i) => named != x[i]).Any()
            ? throw x.Unsupported("a gradient at other values than those of the graph")
            : [.. Gradient.Vjp([y], wrt, [Ops.OnesLike(y)])];
    }

    // Operands are the rate, the step and then lists of equal length: tensors, gradients, and the optimiser's state.
    private static ImmutableArray<Node> Step(OnnxNode x, int lists, Func<Func<int, Node>, Node[]> update)
    {
        int n = (x.Count - 2) / lists;
        if (n < 1 || x.Count != 2 + n * lists)
            throw x.Error($"it takes a rate, a step and {lists} lists of tensors, got {x.Count} inputs");
        var updated = Enumerable.Range(0, n).Select(i => update(list => x[2 + list * n + i])).ToArray();
        return [.. Enumerable.Range(0, updated[0].Length).SelectMany(k => updated.Select(u => u[k]))];
    }

    private static Node Regularised(OnnxNode x, Node value, Node gradient) => x.Number("norm_coefficient", 0) * value + gradient;

    private static Node Steps(OnnxNode x, Node rate) => Ops.Convert(x[1], rate.DType);

    // D. Kingma, J. Ba, "Adam", 2014, with the correction of bias moved into the rate.
    private static ImmutableArray<Node> Adam(OnnxNode x)
    {
        double alpha = x.Number("alpha", 0.9f), beta = x.Number("beta", 0.999f);
        Node steps = Steps(x, x[0]);
        Node rate = Ops.Where(x[1] > 0, x[0] * Ops.Sqrt(1 - Ops.Pow(beta, steps)) / (1 - Ops.Pow(alpha, steps)), x[0]);
        return Step(x, 4, at =>
        {
            Node g = Regularised(x, at(0), at(1));
            Node v = alpha * at(2) + (1 - alpha) * g, h = beta * at(3) + (1 - beta) * g * g;
            Node moved = at(0) - rate * v / (Ops.Sqrt(h) + x.Number("epsilon", 1e-6f));
            return [(1 - x.Number("norm_coefficient_post", 0)) * moved, v, h];
        });
    }

    // J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 2011.
    private static ImmutableArray<Node> Adagrad(OnnxNode x)
    {
        Node rate = x[0] / (1 + Steps(x, x[0]) * x.Number("decay_factor", 0));
        return Step(x, 3, at =>
        {
            Node g = Regularised(x, at(0), at(1)), h = at(2) + g * g;
            return [at(0) - rate * g / (Ops.Sqrt(h) + x.Number("epsilon", 1e-6f)), h];
        });
    }

    // The first step takes the gradient in full.
    private static ImmutableArray<Node> Momentum(OnnxNode x)
    {
        double alpha = x.Number("alpha", 0);
        Node beta = Ops.Where(x[1] > 0, Ops.Scalar(x[0].DType, x.Number("beta", 0)), Ops.Scalar(x[0].DType, 1));
        return Step(x, 3, at =>
        {
            Node g = Regularised(x, at(0), at(1)), v = alpha * at(2) + beta * g;
            return [at(0) - x[0] * (x.Text("mode", "standard") == "nesterov" ? g + alpha * v : v), v];
        });
    }
}
