using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>What is computed, or looked for, while the second operand of a product is packed: the bits of a product with that operand in memory.</summary>
public class ContractionPrologueFacts
{
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 19, 40, 53 }, { 1, 1, 40, 53 }, { 1, 19, 1, 48 }, { 1, 300, 70, 1 }, { 1, 16, 400, 96 }, { 3, 7, 5, 17 }, { 2, 8, 800, 10 }, { 1, 3, 3200, 20 }, { 1, 0, 4, 4 }, { 1, 4, 0, 4 },
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
    private static void Same(Node[] inputs, Node a, Node b, DType dtype)
    {
        Node copy = Input("copy", dtype, b.Shape), made = b * 1, fused = MatMul(a, b), apart = MatMul(a, copy);
        foreach (var width in Enum.GetValues<VectorWidth>())
            foreach (bool atEnd in new[] { true, false })
            {
                using var first = new ContractionRun(new(inputs, [made]), atEnd: atEnd) { Width = width };
                using var second = new ContractionRun(new([a, copy], [apart]), atEnd: atEnd) { Width = width };
                using var both = new ContractionRun(new(inputs, [fused]), atEnd: atEnd) { Width = width, Pieces = 3 };
                foreach (var (i, input) in inputs.Index())
                {
                    Fill(first, input, dtype, i);
                    Fill(both, input, dtype, i);
                }
                Fill(second, a, dtype, 0);
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
