using Adjoint.Tests;

namespace Adjoint.Laws;

/// <summary>A batch in lanes: each instance has the bits that it has alone, for every width, layout and number of instances.</summary>
public class LaneFacts
{
    private delegate void One(ReadOnlySpan<double> x, Span<double> y);

    private delegate void Two(ReadOnlySpan<double> x0, ReadOnlySpan<double> x1, Span<double> y);

    // Of empty spans nobody can tell how many instances there are.
    public static TheoryData<OpCase> Cases =>
        [.. FlatFacts.Flattened.Where(c => c.Operands.Length <= 2 && c.Operands.All(o => !o.Shape.Contains(0)))];

    [Theory, MemberData(nameof(Cases))]
    public void Each_instance_has_the_bits_that_it_has_alone(OpCase c)
    {
        var f = FlatFacts.Program(c);
        foreach (int n in new[] { 1, 19 })
            Check(f, n, new() { IsArrays = n == 19 && c.Name.Length % 2 == 0 }, new() { Threads = 1 }, c.Name);
    }

    public static TheoryData<VectorWidth, bool> Layouts
    {
        get
        {
            var data = new TheoryData<VectorWidth, bool>();
            foreach (var width in Running.Widths)
                foreach (bool arrays in new[] { false, true })
                    data.Add(width, arrays);
            return data;
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Widths_layouts_and_lengths_change_no_bit(VectorWidth width, bool arrays)
    {
        Node x = Input("x", DType.Float64, [3]), m = Input("m", DType.Float64, [3, 3]);
        var y = MatMul(m, Reshape(Exp(x), [3, 1]));
        var f = Running.Of([x, m], Where(Reshape(x > 0.5, [3, 1]), y, Gradient.Of(Sum(y * Sin(y)), [m])[0]));
        foreach (int n in new[] { 0, 1, 2, 3, 7, 8, 9, 16, 17, 700 })
            Check(f, n, new() { IsArrays = arrays }, new() { VectorWidth = width, Threads = 1 }, $"{n}");
    }

    [Fact]
    public void Long_code_passes_values_between_segments_block_by_block()
    {
        Node x = Input("x", DType.Float64, [6]), y = x;
        for (int i = 0; i < 12; i++)
            y = Tanh(Concat([Reshape(MatMul(Reshape(y, [2, 3]), Reshape(Sin(y) * 0.3, [3, 2])), [4]), Slice(y, 0, 0, 2)], 0));
        foreach (int n in new[] { 1, 7, 8, 1000 })
            Check(Running.Of([x], y + Gradient.Of(Sum(y), [x])[0]), n, new(), new() { Threads = 1 }, $"{n}");
    }

    [Fact]
    public void What_all_instances_share_is_computed_once_and_threads_change_no_bit()
    {
        Node x = Input("x", DType.Float64, [2]), rate = Input("rate", DType.Float64, []);
        var f = Running.Of([x, rate], x * Exp(rate) + Tanh(rate));
        double[] data = [.. Enumerable.Range(0, 20_000).Select(i => Math.Sin(i))], once = new double[20_000], threads = new double[20_000];
        f.CompileBatched<Shared>(new() { Shared = ["rate"] }, options: new() { Threads = 1 })(data, 0.3, once);
        f.CompileBatched<Shared>(new() { Shared = ["rate"] }, options: new() { Threads = 2 })(data, 0.3, threads);
        Assert.Equal(once, threads);
        var one = f.Compile<OneShared>();
        var y = new double[2];
        one(data.AsSpan(34, 2), 0.3, y);
        Assert.Equal(once[34..36], y);
    }

    private delegate void Shared(ReadOnlySpan<double> x, double rate, Span<double> y);

    private delegate void OneShared(ReadOnlySpan<double> x, double rate, Span<double> y);

    [Fact]
    public void Batches_allocate_nothing_and_refuse_what_does_not_fit()
    {
        Node x = Input("x", DType.Float64, [3]);
        var f = Running.Of([x], x * Exp(x)).CompileBatched<One>(options: new() { Threads = 1 });
        double[] from = new double[60], to = new double[60];
        Garbage.AssertNone(() => f(from, to));
        Assert.Throws<ArgumentException>(() => f(from, new double[57]));
        Assert.Throws<ArgumentException>(() => f(new double[61], new double[61]));
        Assert.Throws<ArgumentException>(() => f(from, from));
        Assert.Contains("no input 'z'",
            Assert.Throws<ArgumentException>(() => Running.Of([x], x).CompileBatched<One>(new() { Shared = ["z"] })).Message);
        Assert.Contains("every input",
            Assert.Throws<ArgumentException>(() => Running.Of([x], x + 1).CompileBatched<One>(new() { Shared = ["x"] })).Message);
    }

    [Fact]
    public void An_index_outside_in_one_instance_is_an_error()
    {
        Node i = Input("i", DType.Int32, []), x = Input("x", DType.Float64, [3]);
        var f = Running.Of([i, x], Sum(OneHot(CheckedIndex(i, 3), 3, DType.Float64) * x)).CompileBatched<Picks>(new() { Shared = ["x"] });
        var y = new double[3];
        f([2, 0, 1], [5, 6, 7], y);
        Assert.Equal([7, 5, 6], y);
        Assert.Contains("index out of range", Assert.Throws<ComputationException>(() => f([2, 3, 1], [5, 6, 7], y)).Message);
    }

    private delegate void Picks(ReadOnlySpan<int> i, ReadOnlySpan<double> x, Span<double> y);

    // A batch against one instance after the other.
    private static void Check(Computation f, int n, BatchLayout layout, CompileOptions options, string what)
    {
        var random = new Random(n);
        int[] sizes = [.. f.Inputs.Select(i => (int)i.Shape.ElementCount.Constant)];
        double[][] x = [.. sizes.Select(k => Enumerable.Range(0, k * n).Select(_ => 0.1 + 0.8 * random.NextDouble()).ToArray())];
        int size = (int)f.Outputs[0].Value.Shape.ElementCount.Constant;
        double[] batch = new double[size * n], single = new double[size];
        int At(int count, int i, int k) => layout.IsArrays ? k * n + i : i * count + k;
        double[] Instance(int input, int i) => [.. Enumerable.Range(0, sizes[input]).Select(k => x[input][At(sizes[input], i, k)])];
        Run(f, x, batch, layout, options);
        var one = x.Length == 1 ? f.Compile<One>(options: new() { Flatten = Flattening.Always }) : null;
        var two = x.Length == 2 ? f.Compile<Two>(options: new() { Flatten = Flattening.Always }) : null;
        for (int i = 0; i < n; i++)
        {
            one?.Invoke(Instance(0, i), single);
            two?.Invoke(Instance(0, i), Instance(1, i), single);
            for (int k = 0; k < size; k++)
                Assert.True(BitConverter.DoubleToInt64Bits(single[k]) == BitConverter.DoubleToInt64Bits(batch[At(size, i, k)]),
                    $"{what}: element {k} of instance {i} of {n}: {single[k]:R} alone, {batch[At(size, i, k)]:R} in lanes");
        }
    }

    private static void Run(Computation f, double[][] x, double[] y, BatchLayout layout, CompileOptions options)
    {
        if (x.Length == 1)
            f.CompileBatched<One>(layout, options: options)(x[0], y);
        else
            f.CompileBatched<Two>(layout, options: options)(x[0], x[1], y);
    }
}
