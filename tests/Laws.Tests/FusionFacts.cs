using Adjoint.Kernels;

namespace Adjoint.Laws;

/// <summary>What becomes one kernel, and that nothing expensive is computed twice.</summary>
public class FusionFacts
{
    private static readonly Node X = Input("x", DType.Float32, ["rows", 64]);

    [Fact]
    public void Softmax_over_rows_is_one_kernel() => Assert.Equal(1, Kernels([X], Softmax(X)));

    [Fact]
    public void Log_softmax_over_rows_is_one_kernel() => Assert.Equal(1, Kernels([X], LogSoftmax(X)));

    [Fact]
    public void Layer_norm_is_one_kernel() => Assert.Equal(1, Kernels([X], LayerNorm(X)));

    [Fact]
    public void An_elementwise_chain_is_one_kernel_however_many_results_it_has() =>
        Assert.Equal(1, Kernels([X], Tanh(X * 2 + 1) * X, Sigmoid(X * 2 + 1), X * 2 > -1));

    /// <summary>A cheap map that two kernels read is computed by both, from what lies in memory anyway, to the same bits.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Cheap_maps_are_computed_where_they_are_read(bool ofProduct)
    {
        Node w = Input("w", DType.Float32, [64, 64]), v = Input("v", DType.Float32, [64, 64]);
        Node source = ofProduct ? MatMul(X, w) : X, scaled = source * 2 + 1;
        Node[] results = [Softmax(scaled), Transpose(Exp(Transpose(scaled)) + Transpose(scaled) * 3), .. ofProduct ? [MatMul(source, v)] : (Node[])[]];
        var f = Running.Of([X, w, v], results);
        Assert.Equal(ofProduct ? 1 : 0, f.Compile().Program.Places.Arena.OfType<Node>().Count());   // the product itself
        var kept = Running.Of([X, w, v], [.. results, scaled]);
        var random = new Random(5);
        HostTensor[] data = [Running.Random(random, DType.Float32, [70, 64]), Running.Random(random, DType.Float32, [64, 64]),
            Running.Random(random, DType.Float32, [64, 64])];
        data[0].Span<float>()[77] = float.NaN;
        foreach (var width in Running.Widths)
        {
            var (recomputed, stored) = (Running.Run(f, data, Running.At(width)), Running.Run(kept, data, Running.At(width)));
            for (int i = 0; i < recomputed.Length; i++)
                Running.AssertSameBits(stored[i], recomputed[i], $"{width}: {i}");
        }
    }

    [Fact]
    public void Costly_maps_and_long_chains_are_not()
    {
        Node[] Readers(Node map) => [Softmax(map), Reshape(Exp(Transpose(map)), [64, X.Shape[0]])];
        Assert.Equal(2, Kernels([X], Readers(X * 2 + 1)));
        Assert.Equal("0", Running.Of([X], Readers(X * 2 + 1)).Compile().Report.Peak);
        Assert.NotEqual("0", Running.Of([X], Readers(Exp(X))).Compile().Report.Peak);
        Node chain = X;
        for (int i = 0; i < 12; i++)
            chain = Maximum(chain * X, chain - i);
        Assert.NotEqual("0", Running.Of([X], Readers(chain)).Compile().Report.Peak);
    }

    [Fact]
    public void A_product_takes_in_bias_activation_and_residual()
    {
        Node w = Input("w", DType.Float32, [64, 64]), b = Input("b", DType.Float32, [64]);
        Assert.Equal(1, Kernels([X, w, b], Relu(MatMul(X, w) + b) + X));
    }

    [Fact]
    public void A_convolution_takes_in_bias_and_activation()
    {
        Node x = Input("x", DType.Float32, [2, 3, 9, 9]), w = Input("w", DType.Float32, [8, 3, 3, 3]), b = Input("b", DType.Float32, [8]);
        Assert.Equal(1, Kernels([x, w, b], Relu(Convolution(x, w, b))));
    }

    // The derivative is a map of what the activation is a map of, from the same exponential: it is stored in place of the parts of both.
    [Theory, InlineData(48, 1), InlineData(2, 5)]
    public void An_activation_is_stored_with_its_derivative_and_no_parts_of_them(int rows, int batch)
    {
        Node x = Input("x", DType.Float64, [batch, rows, 40]), v = Input("v", DType.Float64, [40, 56]), b = Input("b", DType.Float64, [56]);
        Node w = Input("w", DType.Float64, [56, 24]);
        Node loss = Sum(Square(MatMul(Gelu(MatMul(x, v) + b), w)));
        var f = new Computation([x, v, b, w], [loss, .. Gradient.Of(loss, [x, v, b, w])]);
        var groups = f.Compile().Report.Fused.Groups;
        var unit = groups.Single(g => g.Nodes.Any(n => n.Op is Erfc));
        Assert.Equal(2, unit.Outputs.Length);
        Assert.Equal(GroupKind.Contraction, unit.Kind);
        Assert.Same(unit, groups.Single(g => g.Nodes.Any(n => n.Op is Exp)));
        var random = new Random(rows);
        HostTensor[] arguments = [.. f.Inputs.Select(i => Running.Random(random, DType.Float64, [.. i.Shape.Select(d => d.Constant)]))];
        var truth = Running.Truth(f, arguments);
        foreach (var vectors in Running.Widths)
            foreach (var (expected, result) in truth.Zip(Running.Run(f, arguments, Running.At(vectors, threads: 2))))
                Running.AssertClose(expected, result, 1e-11, $"{vectors}");
    }

    // Values that the gradient reads anyway, and a derivative that is a map of the activation's result, are no reason to store more.
    [Fact]
    public void Maps_stay_with_their_readers_where_no_fewer_values_would_be_stored()
    {
        Node x = Input("x", DType.Float64, [64, 48]), w = Input("w", DType.Float64, [48, 56]), v = Input("v", DType.Float64, [56, 40]);
        int Stored(Func<Node, Node> unit)
        {
            Node loss = Sum(Square(MatMul(unit(MatMul(x, w)), v)));
            var groups = Running.Of([x, w, v], [.. Gradient.Of(loss, [w, v])]).Compile().Report.Fused.Groups;
            return groups.First(g => g.Nodes.Any(n => n.Op is Contraction)).Outputs.Length;
        }
        Assert.Equal(1, Stored(h => Tanh(h)));
        Assert.Equal(1, Stored(h => Relu(h)));
        Assert.Equal(2, Stored(h => Exp(Tanh(h))));
    }

    // One stores the activation, of which windows take four elements each; the other finds the largest and gives back to it.
    [Fact]
    public void What_a_pool_gives_back_passes_its_activation_in_one_kernel()
    {
        Node x = Input("x", DType.Float32, [2, 3, 8, 12]), ct = Input("ct", DType.Float32, [2, 3, 4, 6]);
        Node y = MaxPool(Relu(x), Halves);
        Assert.Equal(2, Kernels([x, ct], Gradient.Vjp([y], [x], [ct])[0]));
    }

    /// <summary>
    /// Gradients of two convolutions with pools between: what a pool
    /// gives back is padded, and packed as a product's first operand.
    /// </summary>
    [Theory, InlineData(3, 8, 12, 5), InlineData(1, 14, 10, 16), InlineData(2, 6, 6, 33)]
    public void Gradients_through_pools_and_convolutions_are_those_of_the_reference(int channels, int height, int width, int filters)
    {
        Node x = Input("x", DType.Float64, ["n", channels, height, width]), c = Input("c", DType.Float64, [filters, channels, 3, 3]);
        Node d = Input("d", DType.Float64, [7, filters, 3, 3]), b = Input("b", DType.Float64, [filters]);
        SlidingWindow same = new([3, 3]) { Low = [1, 1], High = [1, 1] };
        Node h = MaxPool(Relu(Convolution(x, c, b, same)), Halves);
        Node y = MaxPool(Relu(Convolution(h, d, window: same)), Halves);
        var f = Running.Of([x, c, d, b], [y, .. Gradient.Of(Sum(y * y), [x, c, d, b])]);
        var random = new Random(filters);
        HostTensor[] arguments = [Running.Random(random, DType.Float64, [3, channels, height, width]),
            Running.Random(random, DType.Float64, [filters, channels, 3, 3]), Running.Random(random, DType.Float64, [7, filters, 3, 3]),
            Running.Random(random, DType.Float64, [filters])];
        var truth = Running.Truth(f, arguments);
        var first = Running.Run(f, arguments);
        foreach (var vectors in Running.Widths)
            foreach (var (expected, other, result) in truth.Zip(first, Running.Run(f, arguments, Running.At(vectors, threads: 2))))
            {
                Running.AssertClose(expected, result, 1e-12, $"{vectors}");
                Running.AssertSameBits(other, result, $"{vectors}");
            }
    }

    /// <summary>
    /// What is assembled of parts is stored right into what surrounds
    /// it, and is there by itself where that is asked for too.
    /// </summary>
    [Theory, InlineData(5, 7), InlineData(30, 40), InlineData(3, 200)]
    public void What_takes_turns_is_padded_in_place(int rows, int columns)
    {
        Node[] parts = [.. "abcd".Select(n => Input($"{n}", DType.Int32, [2, rows, columns]))];
        Node turns = Interleave(parts, [1, 2, 2]);
        Node[] padded = [Pad(turns * 3, 7, [0, 1, 2], [1, 0, 3]), Pad(turns + 1, -1, [0, 0, 1], [0, 0, 1], [0, 0, 2]), turns];
        var random = new Random(rows);
        HostTensor[] arguments = [.. parts.Select(_ => Running.Random(random, DType.Int32, [2, rows, columns], below: 1000))];
        foreach (var outputs in new[] { padded, padded[..1] })
            foreach (var vectors in Running.Widths)
                foreach (var (expected, result) in Running.Truth(Running.Of(parts, outputs), arguments)
                    .Zip(Running.Run(Running.Of(parts, outputs), arguments, Running.At(vectors, threads: 2))))
                    Running.AssertSameBits(expected, result, $"{vectors}");
    }

    private static SlidingWindow Halves => new([2, 2]) { Stride = [2, 2] };

    [Fact]
    public void A_training_step_of_two_layers_has_few_kernels()
    {
        Node images = Input("images", DType.Float32, [64, 784]), labels = Input("labels", DType.Int32, [64]);
        Variable w1 = new("w1", [784, 128]), b1 = new("b1", [128]), w2 = new("w2", [128, 10]), b2 = new("b2", [10]);
        Node hidden = Relu(MatMul(images, w1) + b1), logits = MatMul(hidden, w2) + b2;
        Node loss = Mean(SoftmaxCrossEntropy(logits, labels));
        Variable[] weights = [w1, b1, w2, b2];
        var step = new Computation([images, labels], [loss],
            weights.Zip(Gradient.Of(loss, weights), (w, g) => new Update(w, w - g * 0.1))).Compile();
        Assert.True(step.Report.Fused.Groups.Length <= 13, string.Join('\n', step.Report.Fused.Groups));
    }

    /// <summary>Over random compositions: instructions of exp, tanh, sin, log in all kernels against nodes in the graph.</summary>
    [Fact]
    public void Nothing_expensive_is_emitted_twice()
    {
        var (emitted, inGraph) = (0, 0);
        foreach (int seed in Enumerable.Range(0, 60))
        {
            var compiled = Tangle(new Random(seed)).Compile();
            emitted += compiled.Program.Steps.Sum(s => Mathematics(s.Plan.Description()));
            inGraph += compiled.Program.Computation.Applies.Count(a => a.Op.Name is "exp" or "tanh" or "sin" or "log" or "sigmoid");
        }
        Assert.True(emitted <= 1.2 * inGraph, $"{emitted} emitted, {inGraph} in graphs");
    }

    private static Computation Tangle(Random random)
    {
        List<Node> values = [Input("x", DType.Float32, [33, 40]), Input("y", DType.Float32, [33, 40])];
        Node[] inputs = [.. values];
        for (int i = 0; i < 25; i++)
        {
            Node a = values[random.Next(values.Count)], b = values[random.Next(Math.Max(0, values.Count - 4), values.Count)];
            values.Add(random.Next(9) switch
            {
                0 => Exp(a), 1 => Tanh(b), 2 => Sin(a), 3 => a * b, 4 => a + b, 5 => Log(Square(b) + 1),
                6 => BroadcastTo(Sum(b, [1], keepDims: true), b.Shape) * 0.1, 7 => Sigmoid(a), _ => Maximum(a, b),
            });
        }
        return Running.Of(inputs, values[^1], values[^2], values[^3]);
    }

    private static int Mathematics(string kernel) => kernel.Split('\n')
        .Count(line => new[] { Opcode.Exp, Opcode.Tanh, Opcode.Sin, Opcode.Log, Opcode.Sigmoid }
            .Any(o => line.Contains($"= {o.ToString().ToLowerInvariant()}.", StringComparison.Ordinal)));

    private static int Kernels(Node[] inputs, params Node[] outputs) => Running.Of(inputs, outputs).Compile().Report.Fused.Groups.Length;
}
