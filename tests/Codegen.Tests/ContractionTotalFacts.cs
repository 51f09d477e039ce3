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

    // Which axes of [batch, rows, columns] are reduced, or of [rows, columns]. Products of few rows have one block of them.
    public static TheoryData<string, int, int, int, int> Reduced()
    {
        var data = new TheoryData<string, int, int, int, int>();
        foreach (string axes in (string[])["0", "1", "01"])
            foreach (var (m, k, n) in ((int, int, int)[])[(1024, 5, 65), (65, 400, 512), (130, 40, 389), (1000, 800, 64), (9, 3, 3700)])
                if (axes != "0" || m > 64)
                    data.Add(axes, 0, m, k, n);
        foreach (string axes in (string[])["1", "2", "12", "012"])
            foreach (var (b, m, k, n) in ((int, int, int, int)[])
                [(3, 70, 20, 200), (5, 32, 33, 400), (40, 10, 11, 100), (2, 257, 9, 99), (7, 11, 400, 500)])
                data.Add(axes, b, m, k, n);
        return data;
    }

    [Theory, MemberData(nameof(Reduced))]
    public void Along_any_axes_of_rows_and_columns(string axes, int b, int m, int k, int n) =>
        CheckAxes(axes, b, m, k, n, y => Maximum(y, -y), isShared: false);

    [Theory, MemberData(nameof(Reduced))]
    public void Of_matrices_that_share_an_operand(string axes, int b, int m, int k, int n) =>
        CheckAxes(axes, b, m, k, n, y => Maximum(y, -y), isShared: true);

    [Theory, MemberData(nameof(Reduced))]
    public void Along_any_axes_of_long_code(string axes, int b, int m, int k, int n) => CheckAxes(axes, b, m, k, n, y =>
    {
        for (int i = 0; i < 2; i++)
            y = Maximum(y, -y) - FillLike(y, 0.25 + i) * y;
        return y;
    }, isShared: false);

    private static void CheckAxes(string axes, int batch, int m, int k, int n, Func<Node, Node> map, bool isShared)
    {
        Dim[] outer = batch == 0 ? [] : [batch];
        Node a = Input("a", DType.Float32, [.. outer, m, k]), b = Input("b", DType.Float32, isShared ? [k, n] : [.. outer, k, n]);
        Axes over = [.. axes.Select(c => c - '0')];
        Node y = map(MatMul(a, b)), sum = Sum(y, over), largest = Max(y, over), any = Any(y > 4, over);
        var where = over.Count == 1 ? ArgMax(y, over[0]) : null;
        bool isOfAll = over.Count == y.Rank;   // then elements are summed in tiles only where they are not stored
        var f = new Computation([a, b],
            isOfAll ? [sum, largest, any] : where is null ? [y, sum, largest, any] : [y, sum, largest, any, where]);
        int matrices = Math.Max(batch, 1);
        bool isOneMatrix = isShared && batch > 0 && (axes is "012");   // rows of all matrices
        void Start(ContractionRun run)
        {
            ContractionFacts.Fill(run.Of<float>(a), 0);
            ContractionFacts.Fill(run.Of<float>(b), 1);
            run.Of<float>(a)[(matrices * m - 1) * k] = float.NaN;   // the last row
            Assert.Equal(0, run.Run());
        }
        float[] Stored(VectorWidth width)
        {
            using var run = new ContractionRun(new Computation([a, b], [y])) { Width = width };
            Start(run);
            return run.Of<float>(y).ToArray();
        }
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in (int[])[1, 3])
            {
                using var run = new ContractionRun(f) { Width = width, Pieces = pieces };
                Assert.Equal(GroupKind.Contraction, Assert.Single(run.Fused.Groups).Kind);
                Start(run);
                float[] elements = isOfAll ? Stored(width) : run.Of<float>(y).ToArray();
                var results = Elements(axes, matrices, m, n, batch > 0).ToList();
                Assert.Equal(results.Count, run.Of<float>(sum).Length);
                foreach (var (i, (matrix, row, column)) in results.Index())
                {
                    float At(int l, int r, int c) => elements[(l * m + r) * n + c];
                    var all = (from l in matrix from r in row from c in column select At(l, r, c)).ToArray();
                    Assert.Equal(axes == (batch > 0 ? "2" : "1") ? SumOfRow(all)
                        : isOneMatrix ? SumOfColumns(m * matrices, n, (r, c) => [elements[r * n + c]], [.. Enumerable.Range(0, n)])
                        : SumOfColumns(m, n, (r, c) => [.. matrix.Select(l => At(l, r, c))], column), run.Of<float>(sum)[i]);
                    Assert.Equal(all.Aggregate(float.NegativeInfinity, MathF.Max), run.Of<float>(largest)[i]);
                    Assert.Equal(all.Any(x => x > 4), run.Of<bool>(any)[i]);
                    if (where is not null)
                        Assert.Equal(all.Any(float.IsNaN) ? Array.FindIndex(all, float.IsNaN)
                            : Array.IndexOf(all, all.Max()), run.Of<long>(where)[i]);
                }
            }
    }

    // Per result: the matrices, rows and columns that it is of.
    private static IEnumerable<(int[] Matrix, int[] Row, int[] Column)> Elements(string axes, int matrices, int m, int n, bool isBatch)
    {
        int[] All(int extent) => [.. Enumerable.Range(0, extent)];
        int[][] Parts(int axis, int extent) =>
            axes.Contains((char)('0' + axis)) ? [All(extent)] : [.. All(extent).Select(i => new[] { i })];
        int rows = isBatch ? 1 : 0;
        return from l in Parts(rows - 1, matrices) from r in Parts(rows, m) from c in Parts(rows + 1, n) select (l, r, c);
    }

    // Rows of a block one by one; then all blocks of a column, or the accumulators of all columns and blocks as those of a row.
    private static float SumOfColumns(int rows, int columns, Func<int, int, float[]> matrices, int[] over)
    {
        var blocks = from l in Enumerable.Range(0, matrices(0, 0).Length) from block in Enumerable.Range(0, rows).Chunk(32)
            from c in over select InTurn(block.Select(r => matrices(r, c)[l]));
        return over.Length < columns ? InTurn(blocks) : InLanes([.. blocks]);
    }

    // Sixteen accumulators for each block of 192 columns; then all accumulators as one row.
    private static float SumOfRow(float[] row) => InLanes([.. from block in row.Chunk(192) from lane in Enumerable.Range(0, 16)
        select InTurn(block.Where((_, j) => j % 16 == lane))]);

    // 32 accumulators in turn, joined as a tree; of long rows, for blocks of 2^14.
    private static float InLanes(float[] row)
    {
        if (row.Length > 1 << 14)
            return InLanes([.. row.Chunk(1 << 14).Select(InLanes)]);
        float[] sums = [.. Enumerable.Range(0, 32).Select(lane => InTurn(row.Where((_, i) => i % 32 == lane)))];
        for (int half = 16; half > 0; half /= 2)
            sums = [.. sums.Take(half).Zip(sums.Skip(half), (x, y) => x + y)];
        return sums[0];
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
    public void What_is_stored_too_is_reduced_to_one_number_by_a_loop_of_its_own()
    {
        Node a = Input("a", DType.Float32, [256, 64]), b = Input("b", DType.Float32, [64, 256]), t = Input("t", DType.Float32, [256, 256]);
        Node residual = MatMul(a, b) - t;
        foreach (bool isStored in (bool[])[false, true])
        {
            var f = new Computation([a, b, t], isStored ? [residual, Sum(Square(residual))] : [Sum(Square(residual))]);
            Assert.Equal(isStored ? 2 : 1, f.Compile().Report.Fused.Groups.Length);
        }
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
        bool HasSum(FusionGroup g) => g.Kind == GroupKind.Contraction && g.Totals.Any(t => t.Node.Op is Operations.Sum);
        Assert.True(groups.Count(HasSum) == 2, string.Join("\n", groups));
    }
}
