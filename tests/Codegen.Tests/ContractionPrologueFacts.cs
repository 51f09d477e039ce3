using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>
/// What is computed, or looked for, while the second operand of a
/// product is packed: the bits of a product with that operand in memory.
/// </summary>
public class ContractionPrologueFacts
{
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 19, 40, 53 }, { 1, 1, 40, 53 }, { 1, 19, 1, 48 }, { 1, 300, 70, 1 }, { 1, 16, 400, 96 }, { 3, 7, 5, 17 },
            { 2, 8, 800, 10 }, { 1, 3, 3200, 20 }, { 1, 0, 4, 4 }, { 1, 4, 0, 4 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Elementwise_chain(int b, int m, int k, int n) => Check(b, m, k, n, [], (x, _) => Maximum(x * x - x, ZerosLike(x)));

    [Theory, MemberData(nameof(Shapes))]
    public void Row_and_column_operands(int b, int m, int k, int n) =>
        Check(b, m, k, n, [[n], [k, 1]], (x, e) => x * BroadcastTo(e[0], x.Shape) + BroadcastTo(e[1], x.Shape));

    [Theory, MemberData(nameof(Shapes))]
    public void Masks_and_coordinates(int b, int m, int k, int n) => Check(b, m, k, n, [],
        (x, _) => Where(Iota(x.Shape, -1, DType.Int32) < Iota(x.Shape, -2, DType.Int32), x, ZerosLike(x)));

    [Theory, MemberData(nameof(Shapes))]
    public void Mathematics(int b, int m, int k, int n) => Check(b, m, k, n, [], (x, _) => Exp(x));

    [Fact]
    public void A_prologue_has_no_memory_of_its_own()
    {
        Node a = Input("a", DType.Float32, [9, 20]), x = Input("x", DType.Float32, [20, 30]);
        var group = Assert.Single(Fuse.Run(new([a, x], [MatMul(a, Relu(x) * 2)])).Groups);
        Assert.Equal(["relu", "multiply"], group.Prologue!.Map.Members.Select(p => p.Node.Op.Name));
    }

    [Fact]
    public void What_others_read_too_stays_in_memory()
    {
        Node a = Input("a", DType.Float32, [9, 20]), x = Input("x", DType.Float32, [20, 30]);
        Node b = Relu(x);
        Assert.All(Fuse.Run(new([a, x], [MatMul(a, b), Sum(b)])).Groups, g => Assert.Null(g.Prologue));
    }

    public static TheoryData<int, int, int, int, int, int> Windowed() => new()
    {
        { 1, 3, 8, 8, 3, 1 }, { 2, 5, 9, 21, 3, 1 }, { 2, 2, 7, 40, 2, 2 }, { 1, 1, 5, 5, 5, 1 }, { 3, 4, 6, 70, 1, 3 },
        { 1, 2, 30, 30, 3, 1 }, { 1, 400, 5, 20, 3, 1 },
    };

    [Theory, MemberData(nameof(Windowed))]
    public void Windows_of_an_image(int batch, int channels, int height, int width, int size, int stride)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [batch, channels, height, width]);
            Node windows = Windows(Windows(x, 2, size, stride), 3, size, stride);
            var (rows, columns) = (windows.Shape[2], windows.Shape[3]);
            Node b = Reshape(Transpose(windows, [0, 1, 4, 5, 2, 3]), [batch, channels * size * size, rows * columns]);
            Node a = Input("a", dtype, [batch, 6, channels * size * size]);
            var group = Assert.Single(Fuse.Run(new([a, x], [MatMul(a, b)])).Groups);
            Assert.NotNull(group.Prologue);
            Same([a, x], a, b, dtype);
        }
    }

    public static TheoryData<int, int, int, int, int, bool> Placed() => new()
    {
        // rows, channels, height, width, dilation: planes of several panels, one
        // panel and a bit, rows of windows longer and shorter than a register.
        { 6, 3, 9, 21, 1, true }, { 19, 2, 30, 30, 1, true }, { 5, 2, 12, 40, 3, true }, { 2, 130, 8, 18, 1, true },
            { 1, 1, 40, 9, 2, true },
        { 8, 2, 5, 5, 1, false }, { 64, 2, 30, 7, 1, false }, { 3, 2, 4, 70, 1, true },
    };

    [Theory, MemberData(nameof(Placed))]
    public void Windows_where_they_lie_meet_the_epilogue(int m, int channels, int height, int width, int dilation, bool inPlace)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [2, channels, height, width]), windows = Windows(Windows(x, 2, 3, 1, dilation), 3, 3, 1, dilation);
            var (k, n) = (channels * 9, windows.Shape[2] * windows.Shape[3]);
            Node a = Input("a", dtype, [2, m, k]), b = Reshape(Transpose(windows, [0, 1, 4, 5, 2, 3]), [2, k, n]);
            Node bias = Input("bias", dtype, [m, 1]), residual = Input("residual", dtype, [2, m, n]);
            Node Finished(Node y) => Relu(y + BroadcastTo(bias, y.Shape) * Convert(Iota(y.Shape, 2, DType.Int32), dtype)) - residual;
            var group = Assert.Single(Fuse.Run(new([a, x, bias, residual], [Finished(MatMul(a, b))])).Groups);
            Assert.Equal(inPlace, new ContractionSchedule(group).Plane is not null);
            Same([a, x, bias, residual], a, b, dtype, Finished);
        }
    }

    public static TheoryData<int, int, int, int, int, int, bool> Lined() => new()
    {
        // results, channels, height, width, stride, dilation: lines of one tile,
        // of several and a bit, and of one window; panels that are not full.
        { 64, 24, 6, 16, 1, 1, true }, { 64, 50, 6, 23, 1, 1, true }, { 32, 24, 12, 40, 2, 1, true },
            { 79, 24, 9, 18, 1, 3, true }, { 32, 24, 5, 3, 1, 1, true },
        { 48, 24, 21, 21, 3, 2, true }, { 5, 24, 9, 30, 1, 1, false },
    };

    [Theory, MemberData(nameof(Lined))]
    public void Lines_of_windows_are_rows_where_results_fill_registers(int m, int channels, int height, int width,
        int stride, int dilation, bool areRows)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [2, channels, height, width]),
                windows = Windows(Windows(x, 2, 3, stride, dilation), 3, 3, stride, dilation);
            var (k, n) = (channels * 9, windows.Shape[2] * windows.Shape[3]);
            Node a = Input("a", dtype, [1, m, k]), b = Reshape(Transpose(windows, [0, 1, 4, 5, 2, 3]), [2, k, n]);
            Node bias = Input("bias", dtype, [m, 1]), residual = Input("residual", dtype, [2, m, n]);
            Node Finished(Node y) => Relu(y
                + BroadcastTo(bias, y.Shape) * Convert(Iota(y.Shape, 2, DType.Int32) - Iota(y.Shape, 1, DType.Int32), dtype)) - residual;
            var group = Assert.Single(Fuse.Run(new([a, x, bias, residual], [Finished(MatMul(a, b))])).Groups);
            Assert.True(dtype != DType.Float32 || !HasManyRegisters || areRows == new ContractionSchedule(group).Lines is not null);
            Same([a, x, bias, residual], a, b, dtype, Finished);
        }
    }

    [Theory, InlineData(64, 3, 20, 30, 3, true), InlineData(32, 2, 30, 20, 2, false), InlineData(39, 2, 30, 30, 5, false)]
    public void All_taps_of_a_channel_are_a_tile(int m, int channels, int height, int width, int size, bool areTile)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [2, channels, height, width]), windows = Windows(Windows(x, 2, size), 3, size);
            var k = windows.Shape[2] * windows.Shape[3];
            Node b = Reshape(Transpose(windows, [0, 2, 3, 1, 4, 5]), [2, k, channels * size * size]), a = Input("a", dtype, [2, m, k]);
            var group = Assert.Single(Fuse.Run(new([a, x], [MatMul(a, b)])).Groups);
            Assert.True(dtype != DType.Float32 || !HasManyRegisters || areTile == new ContractionSchedule(group).Lines is { Axes: 2 });
            Same([a, x], a, b, dtype);
        }
    }

    [Theory, InlineData(32, 2, 70, 61), InlineData(5, 1, 70, 61), InlineData(40, 1, 110, 59)]
    public void Gradients_of_filters_take_long_sums_in_stretches(int m, int channels, int height, int width)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [2, channels, height, width]), windows = Windows(Windows(x, 2, 3), 3, 3);
            var k = windows.Shape[2] * windows.Shape[3] * 2;
            Node b = Reshape(Transpose(windows, [0, 2, 3, 1, 4, 5]), [k, channels * 9]);
            Node ct = Input("ct", dtype, [2, m, windows.Shape[2], windows.Shape[3]]);
            Node a = Reshape(Transpose(ct, [1, 0, 2, 3]), [m, k]), old = Input("old", dtype, [m, channels * 9]);
            Node Finished(Node y) => old - y * 0.1 + Convert(Iota(y.Shape, 1, DType.Int32) - Iota(y.Shape, 0, DType.Int32), dtype);
            var group = Fuse.Run(new([ct, x, old], [Finished(MatMul(a, b))])).Groups.Single(g => g.Kind is GroupKind.Contraction);
            Assert.True(new ContractionSchedule(group).StretchesApart);
            Same([ct, x, old], a, b, dtype, Finished);
        }
    }

    [Theory, InlineData(3, 9, 16), InlineData(1, 30, 9), InlineData(16, 6, 23), InlineData(2, 5, 5)]
    public void Windows_as_rows_are_turned(int channels, int height, int width)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node x = Input("x", dtype, [2, channels, height, width]), windows = Windows(Windows(x, 2, 3), 3, 3);
            var k = windows.Shape[2] * windows.Shape[3];
            Node b = Reshape(Transpose(windows, [0, 2, 3, 1, 4, 5]), [2, k, channels * 9]);
            Node a = Input("a", dtype, [2, 5, k]);
            Same([a, x], a, b, dtype);
        }
    }

    [Fact]
    public void Windows_in_space_are_read_plane_by_plane()
    {
        Node x = Input("x", DType.Float32, [2, 2, 5, 6, 20]);
        Node windows = Enumerable.Range(2, 3).Aggregate(x, (v, axis) => Windows(v, axis, 2));
        Node b = Reshape(Transpose(windows, [0, 1, 5, 6, 7, 2, 3, 4]), [2, 16, 4 * 5 * 19]), a = Input("a", DType.Float32, [2, 4, 16]);
        Assert.Equal(new(2, 5, 19, 20), new ContractionSchedule(Assert.Single(Fuse.Run(new([a, x], [MatMul(a, b)])).Groups)).Plane);
        Same([a, x], a, b, DType.Float32);
    }

    // What a schedule chooses depends on how many results registers hold; what it computes does not.
    private static bool HasManyRegisters => VectorWidths.Best is VectorWidth.Bits512;

    private static void Check(int batch, int m, int k, int n, Shape[] extraShapes, Func<Node, Node[], Node> build)
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Node a = Input("a", dtype, [batch, m, k]), x = Input("x", dtype, [batch, k, n]);
            Node[] extra = [.. extraShapes.Select((s, i) => Input($"e{i}", dtype, s))];
            Same([a, x, .. extra], a, build(x, extra), dtype);
        }
    }

    // The product fused against the product of the same operand, computed first by a kernel of its own.
    private static void Same(Node[] inputs, Node a, Node b, DType dtype, Func<Node, Node>? epilogue = null)
    {
        Node Finished(Node product) => epilogue is null ? product : epilogue(product);
        Node copy = Input("copy", dtype, b.Shape), made = b * 1, fused = Finished(MatMul(a, b)), apart = Finished(MatMul(a, copy));
        foreach (var width in Enum.GetValues<VectorWidth>())
            foreach (bool atEnd in new[] { true, false })
            {
                using var first = new ContractionRun(new(inputs, [made]), atEnd: atEnd) { Width = width };
                using var second = new ContractionRun(new([.. inputs, copy], [apart]), atEnd: atEnd) { Width = width };
                using var both = new ContractionRun(new(inputs, [fused]), atEnd: atEnd) { Width = width, Pieces = 3 };
                foreach (var (i, input) in inputs.Index())
                {
                    Fill(first, input, dtype, i);
                    Fill(second, input, dtype, i);
                    Fill(both, input, dtype, i);
                }
                Assert.Equal(0, first.Run());
                first.Of<byte>(made).CopyTo(second.Of<byte>(copy));
                Assert.Equal(0, second.Run());
                Assert.Equal(0, both.Run());
                Assert.Equal(second.Of<byte>(apart).ToArray(), both.Of<byte>(fused).ToArray());
            }
    }

    private static void Fill(ContractionRun run, Node input, DType dtype, int seed)
    {
        var random = new Random(seed);
        if (dtype == DType.Float32)
            foreach (ref float x in run.Of<float>(input))
                x = random.NextSingle() - 0.5f;
        else
            foreach (ref double x in run.Of<double>(input))
                x = random.NextDouble() - 0.5;
    }
}
