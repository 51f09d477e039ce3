using static Adjoint.Ops;

namespace Adjoint.Benchmarks;

/// <summary>Training steps that the suites on compile time, memory and threads look at: value, gradients and update in one call.</summary>
internal static class PlanModels
{
    /// <summary>A perceptron, e.g. 784-128-10 with 64 rows.</summary>
    public static Computation Perceptron(int batch, params int[] widths)
    {
        Node x = Input("x", DType.Float32, [batch, widths[0]]), labels = Input("labels", DType.Int32, [batch]);
        var variables = new List<Variable>();
        Node h = x;
        for (int i = 0; i + 1 < widths.Length; i++)
        {
            Variable w = new($"w{i}", [widths[i], widths[i + 1]], Init.HeNormal(i)), b = new($"b{i}", [widths[i + 1]]);
            variables.AddRange([w, b]);
            h = MatMul(i == 0 ? h : Relu(h), w) + b;
        }
        return Step("perceptron", [x, labels], Mean(SoftmaxCrossEntropy(h, labels)), variables);
    }

    /// <summary>Small networks of one hidden layer that have nothing in common but their data and the sum of their losses.</summary>
    public static Computation Ensemble(int members, int batch, int width)
    {
        Node x = Input("x", DType.Float32, [batch, width]), y = Input("y", DType.Float32, [batch, 1]), loss = Constant(0f);
        var variables = new List<Variable>();
        for (int m = 0; m < members; m++)
        {
            Variable w = new($"w{m}", [width, width], Init.HeNormal(m)), b = new($"b{m}", [width]),
                v = new($"v{m}", [width, 1], Init.HeNormal(m + 1000));
            variables.AddRange([w, b, v]);
            loss += Mean(Square(MatMul(Tanh(MatMul(x, w) + b), v) - y));
        }
        return Step("ensemble", [x, y], loss, variables);
    }

    /// <summary>Two convolutions with pooling and one dense layer on images of 28x28.</summary>
    public static Computation Convolutional(int batch)
    {
        Node x = Input("x", DType.Float32, [batch, 1, 28, 28]), labels = Input("labels", DType.Int32, [batch]);
        Variable c1 = new("c1", [16, 1, 3, 3], Init.HeNormal(1)), c2 = new("c2", [32, 16, 3, 3], Init.HeNormal(2));
        Variable w = new("w", [32 * 7 * 7, 10], Init.HeNormal(3)), b = new("b", [10]);
        SlidingWindow same = new([3, 3]) { Low = [1, 1], High = [1, 1] }, half = new([2, 2]) { Stride = [2, 2] };
        Node h = MaxPool(Relu(Convolution(x, c1, window: same)), half);
        h = MaxPool(Relu(Convolution(h, c2, window: same)), half);
        Node logits = MatMul(Reshape(h, [batch, 32 * 7 * 7]), w) + b;
        return Step("convolutional", [x, labels], Mean(SoftmaxCrossEntropy(logits, labels)), [c1, c2, w, b]);
    }

    /// <summary>
    /// A transformer block, norms first: attention of several heads,
    /// then a GELU layer four times as wide, on [batch, tokens, width].
    /// </summary>
    public static Computation Transformer(int batch, int tokens, int width, int heads)
    {
        Node x = Input("x", DType.Float32, [batch, tokens, width]), wanted = Input("wanted", DType.Float32, [batch, tokens, width]);
        Variable Weight(string name, int rows, int columns) => new(name, [rows, columns], Init.GlorotUniform(name.Length));
        Variable g1 = new("g1", [width], Init.Ones), s1 = new("s1", [width]), g2 = new("g2", [width], Init.Ones), s2 = new("s2", [width]);
        Variable qkv = Weight("qkv", 3 * width, width), bqkv = new("bqkv", [3 * width]),
            proj = Weight("proj", width, width), bproj = new("bproj", [width]);
        Variable up = Weight("up", width, 4 * width), bup = new("bup", [4 * width]),
            down = Weight("down", 4 * width, width), bdown = new("bdown", [width]);
        Node n = LayerNorm(x, g1, s1);
        Node h = x + MultiHeadAttention(n, n, n, heads, qkv, proj, bqkv, bproj);
        Node y = h + MatMul(GeluTanh(MatMul(LayerNorm(h, g2, s2), up) + bup), down) + bdown;
        return Step("transformer", [x, wanted], Mean(Square(y - wanted)), [g1, s1, qkv, bqkv, proj, bproj, g2, s2, up, bup, down, bdown]);
    }

    /// <summary>Elementwise ops one after the other; which is random, so that kernels differ.</summary>
    public static Computation Chain(int nodes)
    {
        Node x = Input("x", DType.Float32, ["n"]), y = x;
        var random = new Random(nodes);
        for (int i = 0; i < nodes; i++)
            y = random.Next(4) switch
            {
                0 => y + x,
                1 => y * x,
                2 => y - x,
                _ => Maximum(y, x),
            };
        return new([x], [y], name: "chain");
    }

    private static Computation Step(string name, Node[] inputs, Node loss, List<Variable> variables)
    {
        Variable[] all = [.. variables];
        return new Computation(inputs, [loss], name: name).WithUpdates(Sgd.Updates(all, Gradient.Of(loss, [.. all]), 0.1));
    }
}
