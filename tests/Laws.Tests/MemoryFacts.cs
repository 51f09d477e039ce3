using Adjoint.Testing;

namespace Adjoint.Laws;

/// <summary>Kernels touch their buffers and nothing else; buffers alive together do not overlap.</summary>
public class MemoryFacts
{
    public static TheoryData<VectorWidth> Widths => [.. Running.Widths];

    /// <summary>Every buffer of a call once ends where memory ends, and once starts where it starts.</summary>
    [SkippableTheory, MemberData(nameof(Widths))]
    public void Nothing_is_touched_beside_arguments_and_results(VectorWidth width)
    {
        Skip.IfNot(GuardedMemory.Available);
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
            foreach (var dims in (long[][])[[1, 1], [3, 5], [7, 17], [33, 35], [16, 64]])
                foreach (var f in Programs(dtype, dims[0], dims[1]))
                    AssertStaysInside(f, Running.At(width));
        KernelCache.Clear();
    }

    [Fact]
    public void A_layout_with_an_overlap_is_rejected()
    {
        var random = new Random(1);
        var buffers = Enumerable.Range(0, 60).Select(_ => random.Next(50))
            .Select(first => new ArenaBuffer(first, first + random.Next(8), random.Next(1, 5000), 0)).ToArray();
        var (placed, bytes) = ArenaLayout.Solve(buffers);
        ArenaVerifier.Check(placed, bytes);
        Assert.InRange(bytes, ArenaLayout.LowerBound(buffers), 2 * ArenaLayout.LowerBound(buffers));
        for (int i = 0; i < placed.Length; i++)
            foreach (int other in Enumerable.Range(0, placed.Length).Where(o => o != i && placed[o].LivesWith(placed[i])))
            {
                var mutated = placed.ToArray();
                mutated[i] = mutated[i] with { Offset = placed[other].Offset };
                Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check(mutated, long.MaxValue));
            }
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check(placed, bytes - 64));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([placed[0] with { Offset = placed[0].Offset + 8 }], bytes));
    }

    [Fact]
    public void An_arena_takes_at_most_a_tenth_more_than_what_is_alive_at_once()
    {
        foreach (var (name, f) in Steps())
        {
            var compiled = f.Compile();
            var memory = compiled.Report.Memory();
            Assert.True(memory.Ratio <= 1.1, $"{name}: {memory}");
            Assert.Equal(PlanOf(compiled, []).ArenaBytes, memory.ArenaBytes);
            Assert.Contains(memory.ToString(), compiled.Report.ToString());
        }
    }

    /// <summary>A budget that is spent leaves out what saves memory, says so, and changes no bit.</summary>
    [Fact]
    public void A_budget_bounds_what_is_optional_and_nothing_else()
    {
        foreach (var (name, f) in Steps())
        {
            var (all, hurried) = (f.Compile(), f.Compile(options: new() { Budget = TimeSpan.Zero }));
            Assert.Empty(all.Report.LeftOut);
            Assert.Equal("orders of launches, layouts of the arena", string.Join(", ", hurried.Report.LeftOut));
            Assert.Contains("no time left for: orders of launches, layouts of the arena", hurried.Report.ToString(),
                StringComparison.Ordinal);
            Assert.Empty(f.Compile(options: new() { Budget = TimeSpan.FromHours(1) }).Report.LeftOut);
            var random = new Random(3);
            HostTensor[] data = [.. f.Inputs.Select(i =>
                Running.Random(random, i.DType, i.Shape.Evaluate(new Dictionary<string, long>())))];
            Running.AssertSameBits(all.Run(data)[0], hurried.Run(data)[0], name);
            foreach (var variable in f.Variables)
                Running.AssertSameBits(all.Stored(variable), hurried.Stored(variable), $"{name}: {variable.Name}");
        }
    }

    private static IEnumerable<(string, Computation)> Steps()
    {
        foreach (int layers in (int[])[2, 12])
            yield return ($"perceptron, {layers} layers", Perceptron(layers));
        Node x = Input("x", DType.Float32, [4, 3, 12, 12]);
        Variable c = new("c", [8, 3, 3, 3], Init.HeNormal(1)), w = new("w", [8 * 25, 10], Init.HeNormal(2));
        Node h = MaxPool(Relu(Convolution(x, c)), new([2, 2]) { Stride = [2, 2] });
        yield return ("convolutional", Step([x], Mean(Square(MatMul(Reshape(h, [4, 200]), w))), c, w));
        Node t = Input("t", DType.Float32, [2, 16, 32]);
        Variable qkv = new("qkv", [96, 32], Init.HeNormal(3)), proj = new("proj", [32, 32], Init.HeNormal(4)),
            up = new("up", [32, 128], Init.HeNormal(5));
        Node n = LayerNorm(t);
        Node a = t + MultiHeadAttention(n, n, n, 4, qkv, proj);
        yield return ("transformer", Step([t], Mean(Square(Gelu(MatMul(LayerNorm(a), up)))), qkv, proj, up));
    }

    [Fact]
    public void Random_graphs_come_close_to_what_is_alive_at_once()
    {
        // Buffers of a few cache lines each, of unlike sizes: some cannot be packed without gaps.
        double[] ratios = [.. Enumerable.Range(0, 24).Select(seed => RandomSizes(seed).Compile().Report.Memory().Ratio)];
        Assert.InRange(ratios.Average(), 1, 1.1);
        Assert.InRange(ratios.Max(), 1, 1.2);
    }

    private static Computation Perceptron(int layers)
    {
        Node h = Input("x", DType.Float32, [32, 48]);
        Node[] inputs = [h];
        var weights = Enumerable.Range(0, layers).Select(i => new Variable($"w{i}", [48, 48], Init.HeNormal(i))).ToArray();
        foreach (var w in weights)
            h = Tanh(MatMul(h, w));
        return Step(inputs, Mean(Square(h)), weights);
    }

    private static Computation Step(Node[] inputs, Node loss, params Variable[] variables) =>
        new Computation(inputs, [loss]).WithUpdates(Sgd.Updates(variables, Gradient.Of(loss, [.. variables]), 0.1));

    // Products of matrices of many sizes, each of two that there are.
    private static Computation RandomSizes(int seed)
    {
        var random = new Random(seed);
        Node x = Input("x", DType.Float32, [8, 8]);
        var made = new List<Node> { x };
        for (int i = 0; i < 30; i++)
        {
            Node a = made[random.Next(made.Count)], b = made[random.Next(made.Count)];
            int rows = random.Next(1, 40);
            Node left = MatMul(Ops.Constant(new float[rows, (int)a.Shape[0].Constant]), a);
            made.Add(MatMul(Sin(left), MatMul(Ops.Constant(new float[(int)a.Shape[1].Constant, (int)b.Shape[0].Constant]), b)));
        }
        return Running.Of([x], [.. made.TakeLast(2)]);
    }

    [Fact]
    public void Launches_run_in_an_order_that_keeps_little_alive()
    {
        const int n = N;
        Node x = Input("x", DType.Float32, [n, n]);
        // Level by level, all the products would be alive before the first one is summed up.
        var branches = Enumerable.Range(1, 8).Select(i => Sum(Square(MatMul(MatMul(x, x * i), Sin(x + i)))));
        var compiled = Running.Of([x], branches.Aggregate((a, b) => a * b)).Compile();
        Assert.InRange(compiled.Report.Memory().LeastBytes, 1, 5 * n * n * 4);
    }

    [Fact]
    public void Layouts_of_many_buffers_are_made_in_no_time_and_waste_little()
    {
        var random = new Random(3);
        var buffers = Enumerable.Range(0, 50_000).Select(i => new ArenaBuffer(i, i + random.Next(1, 40), 64 * random.Next(1, 5), 0))
            .Concat(Enumerable.Range(0, 1000).Select(i => new ArenaBuffer(i, 100_000 - i, 4096, 0))).ToArray();
        var (placed, bytes) = ArenaLayout.Solve(buffers);
        ArenaVerifier.Check(placed, bytes);
        Assert.InRange(bytes, ArenaLayout.LowerBound(buffers), 1.1 * ArenaLayout.LowerBound(buffers));
    }

    [Fact]
    public void The_reported_peak_is_what_an_arena_takes()
    {
        foreach (long n in (long[])[16, 64])
        {
            Node x = Input("x", DType.Float32, [n, n]);
            var compiled = Running.Of([x], MatMul(MatMul(Transpose(Tanh(x)), x), Exp(x))).Compile();
            Assert.Equal($"{PlanOf(compiled, []).ArenaBytes}", compiled.Report.Peak);
        }
    }

    /// <summary>What a thread that was fresh holds after a call is what the report says.</summary>
    [Fact]
    public void The_reported_bytes_of_a_thread_are_what_it_keeps()
    {
        Node rows = Input("rows", DType.Float32, ["n", 300]), weights = Input("weights", DType.Float32, [300, 40]);
        Node images = Input("images", DType.Float32, ["n", 3, 20, 20]), filters = Input("filters", DType.Float32, [32, 3, 3, 3]);
        Node convolved = Convolution(images, filters);
        Node scalar = Input("scalar", DType.Float64, []), batch = Input("batch", DType.Float64, [3]);
        foreach (var f in new[]
        {
            Running.Of([rows, weights], MatMul(rows, Exp(weights))), Running.Of([images, filters], convolved),
            Running.Of([images, filters], Gradient.Of(Sum(Square(convolved)), [filters])[0]), Running.Of([batch], Sum(batch)),
            Running.Of([scalar], Enumerable.Range(0, 3000).Aggregate(scalar, (x, i) => Sin(x) * (i + 1.5))),
        })
            foreach (int n in new[] { 1, 24 })
            {
                var compiled = f.Compile(options: new() { Threads = 1 });
                var bindings = new Dictionary<string, long> { ["n"] = n };
                HostTensor[] arguments = [.. f.Inputs.Select(i => HostTensor.Zeros(i.DType, i.Shape.Evaluate(bindings)))];
                long held = -1;
                var fresh = new Thread(() =>
                {
                    compiled.Run(arguments);
                    held = ThreadMemory.Held;
                });
                fresh.Start();
                fresh.Join();
                Assert.Equal(compiled.Report.Memory(bindings).ThreadBytes, held);
            }
    }

    // More elements than a kernel sums up in front of a loop over all of them.
    private const int N = 260;

    /// <summary>Of two sums, one of which exceeds the other whatever the symbols are, the report names that one.</summary>
    [Fact]
    public void The_reported_peak_leaves_out_what_another_sum_exceeds()
    {
        Node x = Input("x", DType.Float32, ["n", 8]), w = Input("w", DType.Float32, [8, 8]);
        var layers = Enumerable.Range(0, 6).Aggregate(x, (y, i) => MatMul(Tanh(MatMul(y, w)), w) + i);
        string peak = Running.Of([x, w], Sum(layers * layers), Sum(MatMul(layers, w), [0])).Compile().Report.Peak;
        Assert.DoesNotContain(", ...", peak, StringComparison.Ordinal);
        Assert.InRange(peak.Split(',').Length, 1, 3);
    }

    [Fact]
    public void A_map_takes_the_place_of_what_dies_with_it()
    {
        Node x = Input("x", DType.Float32, [N, N]);
        Node y = MatMul(x, x);
        var f = Running.Of([x], MatMul(Tanh(y / Sum(y)), x));
        var compiled = f.Compile();
        Assert.Contains(compiled.Program.Lifetimes, l => l.Reuses >= 0);
        Assert.InRange(PlanOf(compiled, []).ArenaBytes, N * N * 4, 3 * N * N * 4);
        AssertTrue(f);
    }

    /// <summary>
    /// What a product's operand is made of is read while tiles are
    /// stored, so no tile may lie there, however the threads take turns.
    /// </summary>
    [Theory, InlineData(1), InlineData(2)]
    public void A_tensor_that_is_packed_while_tiles_are_stored_keeps_its_place(int threads)
    {
        const int n = 100;
        Node x = Input("x", DType.Float32, [3, n, n]);
        var f = Running.Of([x], MatMul(x, Triu(Softmax(x))) * 2);
        var values = Running.Random(new(4), DType.Float32, [3, n, n], -0.1, 0.1);
        for (int repeat = 0; repeat < 10; repeat++)
            Running.AssertClose(Running.Truth(f, values)[0],
                Running.Run(f, [values], Running.At(VectorWidths.Best, threads))[0], 1e-4, "values");
    }

    [Fact]
    public void A_tensor_read_elsewhere_than_where_it_is_written_keeps_its_place()
    {
        Node x = Input("x", DType.Float32, [N, N]);
        Node y = MatMul(x, x);
        var f = Running.Of([x], MatMul(y / Sum(y) + Transpose(y), x), MatMul(Flip(y, [0]) * Sum(y), x));
        AssertTrue(f);
    }

    private static void AssertTrue(Computation f)
    {
        var x = Running.Random(new(3), DType.Float32, [N, N], -0.1, 0.1);
        foreach (var (expected, actual) in Running.Truth(f, x).Zip(Running.Run(f, [x])))
            Running.AssertClose(expected, actual, 1e-4, "values");
    }

    [Fact]
    public void Taking_a_place_is_checked_too()
    {
        ArenaBuffer[] fine = [new(0, 3, 128, 64), new(3, 5, 128, 64, Reuses: 0)];
        ArenaVerifier.Check(fine, 192);
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Reuses = -1 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { First = 2 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Bytes = 64 }], 192));
        Assert.Throws<InvalidOperationException>(() => ArenaVerifier.Check([fine[0], fine[1] with { Offset = 128 }], 256));
    }

    private static Plan PlanOf(Executable compiled, Dictionary<string, long> bindings) => new Binder(compiled.Program, compiled.Store, 1,
        [.. new bool[compiled.Source.Inputs.Length + compiled.Source.Outputs.Length]]).For(bindings).Plan;

    private static IEnumerable<Computation> Programs(DType dtype, long rows, long columns)
    {
        Node x = Input("x", dtype, [rows, columns]), row = Input("row", dtype, [columns]), turned = Input("turned", dtype, [columns, rows]);
        yield return Running.Of([x, row, turned], Tanh(x * row + Transpose(turned)), Flip(x, [1]) + 1, Slice(x, 1, step: 2) * 2);
        yield return Running.Of([x, row], Softmax(x), LayerNorm(x) * row, Sum(x, [0]), Sum(x));
        yield return Running.Of([x, row, turned], MatMul(x, turned), Relu(MatMul(turned, x) + row));
        yield return Running.Of([x, row], Concat([x, x * 2], 1), Pad(x, 0, [1, 2], [0, 3]), x > row);
        Node heads = Reshape(x, [1, 1, rows, columns]), y = ScaledDotProductAttention(heads, heads, heads, streams: true);
        yield return Running.Of([x], y, Gradient.Of(Sum(Square(y)), [x])[0]);
        yield return Running.Of([x], ArgMax(x, 1), Max(x, [0]), Gather(x, Constant(new[] { 0, (int)rows - 1, 0 })));
    }

    private static unsafe void AssertStaysInside(Computation f, CompileOptions options)
    {
        var compiled = f.Compile(options: options);
        var random = new Random(2);
        HostTensor[] arguments = [.. f.Inputs.Select(i =>
            Running.Random(random, i.DType, i.Shape.Evaluate(new Dictionary<string, long>())))];
        var expected = compiled.Run(arguments);
        var plan = PlanOf(compiled, []);
        foreach (bool atEnd in (bool[])[true, false])
        {
            GuardedMemory Guard(long bytes) => atEnd ? GuardedMemory.EndingAtGuard(bytes) : GuardedMemory.StartingAtGuard(bytes);
            var buffers = arguments.Select(a => Guard(a.Bytes.Length))
                .Concat(Enumerable.Range(0, expected.Count).Select(i => Guard(expected[i].Bytes.Length))).ToArray();
            for (int i = 0; i < arguments.Length; i++)
                arguments[i].Bytes.CopyTo(buffers[i].AsSpan<byte>());
            long[] words = [.. buffers.Select(b => b.Address)];
            fixed (long* w = words)
                plan.Run(w);
            for (int i = 0; i < expected.Count; i++)
                Assert.True(buffers[arguments.Length + i].AsSpan<byte>().SequenceEqual(expected[i].Bytes),
                    $"output {i} of {f.Outputs[i].Value}");
            Array.ForEach(buffers, b => b.Dispose());
        }
    }
}
