using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Sums down columns of what a product's tiles store: in blocks of rows, whatever computes them.</summary>
public class ContractionTotalFacts
{
    // Batch, rows, products per element, columns; each batch with a second operand of its own.
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 1024, 5, 33 }, { 1, 65, 400, 512 }, { 1, 1000, 40, 53 }, { 1, 4100, 3, 49 }, { 3, 70, 20, 200 }, { 1, 128, 1, 260 },
        { 1, 640, 3200, 52 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Of_a_map_of_the_product(int b, int m, int k, int n) => Check(b, m, k, n,
        (y, e) => Where(e > 0, y, ZerosLike(y)), (y, e) => e > 0 ? y : 0);

    [Theory, MemberData(nameof(Shapes))]
    public void Of_the_product_itself(int b, int m, int k, int n) => Check(b, m, k, n, (y, _) => y, (y, _) => y);

    [Theory, MemberData(nameof(Shapes))]
    public void Of_long_code(int b, int m, int k, int n)
    {
        static Node Chain(Node y) { for (int i = 0; i < 2; i++) y = Maximum(y, -y) - FillLike(y, 0.25 + i); return y; }
        static float Same(float y) { for (int i = 0; i < 2; i++) y = MathF.Max(y, -y) - (0.25f + i); return y; }
        Check(b, m, k, n, (y, _) => Chain(y), (y, _) => Same(y));
    }

    private static void Check(int batch, int m, int k, int n, Func<Node, Node, Node> map, Func<float, float, float> same)
    {
        var a = Input("a", DType.Float32, batch == 1 ? [m, k] : [batch, m, k]);
        var b = Input("b", DType.Float32, batch == 1 ? [k, n] : [batch, k, n]);
        var e = Input("e", DType.Float32, batch == 1 ? [m, n] : [batch, m, n]);
        var y = map(MatMul(a, b), e);
        Axes rows = batch == 1 ? [0] : [0, 1];
        var (sum, largest, where) = (Sum(y, rows), Max(y, rows), batch == 1 ? ArgMax(y, 0) : null);
        var f = new Computation([a, b, e], where is null ? [y, sum, largest] : [y, sum, largest, where]);
        float[]? expected = null;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in (int[])[1, 3])
            {
                using var run = new ContractionRun(f) { Width = width, Pieces = pieces };
                Assert.Equal(GroupKind.Contraction, Assert.Single(run.Fused.Groups).Kind);
                foreach (var (node, seed) in new[] { a, b, e }.Select((x, i) => (x, i)))
                    ContractionFacts.Fill(run.Of<float>(node), seed);
                run.Of<float>(a)[(batch * m - 1) * k] = float.NaN;   // the last row
                float[] x = run.Of<float>(a).ToArray(), w = run.Of<float>(b).ToArray(), mask = run.Of<float>(e).ToArray();
                float Product(int i, int j) => ContractionTruth.Sum(k, 384, l => x[i * k + l], l => w[(i / m * k + l) * n + j]);
                expected ??= [.. Enumerable.Range(0, batch * m * n).Select(at => same(Product(at / n, at % n), mask[at]))];
                Assert.Equal(0, run.Run());
                Assert.Equal(expected, run.Of<float>(y).ToArray());
                for (int j = 0; j < n; j++)
                {
                    float[] column = [.. Enumerable.Range(0, batch * m).Select(i => expected[i * n + j])];
                    Assert.Equal(SumOfBlocks(column, m), run.Of<float>(sum)[j]);
                    Assert.Equal(column.Aggregate(float.NegativeInfinity, MathF.Max), run.Of<float>(largest)[j]);
                    if (where is not null)
                        Assert.Equal(column[^1] is float.NaN ? m - 1 : Array.IndexOf(column, column.Max()), run.Of<long>(where)[j]);
                }
            }
    }

    // Rows of a block one by one, then the blocks of all matrices.
    private static float SumOfBlocks(float[] column, int rows) =>
        InTurn(column.Chunk(rows).SelectMany(matrix => matrix.Chunk(32)).Select(InTurn));

    private static float InTurn(IEnumerable<float> values) => values.Aggregate(0f, (s, v) => s + v);

    [Theory, InlineData(100, 1, 400), InlineData(100, 400, 1)]
    public void Products_of_one_row_or_column_leave_them_to_loops(int b, int m, int n)
    {
        Node x = Input("x", DType.Float32, [b, m, 30]), w = Input("w", DType.Float32, [b, 30, n]), y = Abs(MatMul(x, w));
        var f = new Computation([x, w], [y, Sum(y, [0])]);
        using var run = new ContractionRun(f);
        run.Of<float>(x).Fill(1);
        run.Of<float>(w).Fill(1);
        Assert.Equal(0, run.Run());
        Assert.All(run.Of<float>(f.Outputs[1].Value).ToArray(), sum => Assert.Equal(30 * b, sum));
    }

    [Fact]
    public void A_bias_gradient_is_taken_where_its_cotangent_is_computed()
    {
        Node x = Input("x", DType.Float32, [512, 300]), labels = Input("labels", DType.Int32, [512]);
        Variable w1 = new("w1", [300, 200]), b1 = new("b1", [200]), w2 = new("w2", [200, 100]), b2 = new("b2", [100]);
        Variable w3 = new("w3", [100, 10]);
        var loss = Mean(SoftmaxCrossEntropy(MatMul(Relu(MatMul(Relu(MatMul(x, w1) + b1), w2) + b2), w3), labels));
        Variable[] variables = [w1, b1, w2, b2, w3];
        var f = new Computation([x, labels], [loss]).WithUpdates(Sgd.Updates(variables, Gradient.Of(loss, [.. variables]), 0.1));
        var groups = f.Compile().Report.Fused.Groups;
        Assert.True(groups.Count(g => g.Kind == GroupKind.Contraction && g.Totals.Any()) == 2, string.Join("\n", groups));
    }
}
