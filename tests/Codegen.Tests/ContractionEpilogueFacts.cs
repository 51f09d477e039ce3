using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>What runs at each element of a finished tile: the same bits as the op-by-op expression, wherever operands lie.</summary>
public class ContractionEpilogueFacts
{
    private static readonly Node A = Input("a", DType.Float32, [19, 40]), B = Input("b", DType.Float32, [40, 53]);

    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 19, 40, 53 }, { 1, 1, 40, 53 }, { 1, 19, 40, 1 }, { 1, 16, 400, 96 }, { 3, 7, 5, 17 }, { 2, 8, 800, 10 }, { 1, 3, 3200, 20 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Bias_row(int b, int m, int k, int n) =>
        Check(b, m, k, n, [[n]], (y, e) => [y + BroadcastTo(e[0], y.Shape)], (y, e, i, j) => [y + e[0][j]]);

    [Theory, MemberData(nameof(Shapes))]
    public void Bias_column(int b, int m, int k, int n) =>
        Check(b, m, k, n, [[m, 1]], (y, e) => [y * BroadcastTo(e[0], y.Shape)], (y, e, i, j) => [y * e[0][i % m]]);

    [Theory, MemberData(nameof(Shapes))]
    public void Residual_and_maximum(int b, int m, int k, int n) => Check(b, m, k, n, [[b, m, n]],
        (y, e) => [Maximum(y + Reshape(e[0], y.Shape), ZerosLike(y))], (y, e, i, j) => [MathF.Max(y + e[0][i * n + j], 0)]);

    [Theory, MemberData(nameof(Shapes))]
    public void Several_outputs(int b, int m, int k, int n) => Check(b, m, k, n, [[n]],
        (y, e) => [y, y + BroadcastTo(e[0], y.Shape), y * y], (y, e, i, j) => [y, y + e[0][j], y * y]);

    [Theory, MemberData(nameof(Shapes))]
    public void Long_code(int b, int m, int k, int n)
    {
        static Node Chain(Node y) { for (int i = 0; i < 20; i++) y = Maximum(y, -y) - ConstantLike(y, 0.25 + i); return y; }
        static float Same(float y) { for (int i = 0; i < 20; i++) y = MathF.Max(y, -y) - (0.25f + i); return y; }
        Check(b, m, k, n, [], (y, e) => [Chain(y)], (y, e, i, j) => [Same(y)]);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Some_code(int b, int m, int k, int n) =>
        Check(b, m, k, n, [[n]], (y, e) => [y * y * y - y / BroadcastTo(e[0], y.Shape)], (y, e, i, j) => [y * y * y - y / e[0][j]]);

    private static Node ConstantLike(Node y, double value) => FillLike(y, value);

    private static void Check(int batch, int m, int k, int n, Shape[] extraShapes, Func<Node, Node[], Node[]> build,
        Func<float, float[][], int, int, float[]> same)
    {
        var a = Input("a", DType.Float32, batch == 1 ? [m, k] : [batch, m, k]);
        var b = Input("b", DType.Float32, batch == 1 ? [k, n] : [batch, k, n]);
        Node[] extras = [.. extraShapes.Select((s, i) => Input($"e{i}", DType.Float32, s))];
        var results = build(MatMul(a, b), extras);
        var f = new Computation([a, b, .. extras], [.. results.Select(r => (Output)r)]);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
        {
            using var run = new ContractionRun(f) { Width = width, Pieces = 2 };
            Assert.Single(run.Fused.Groups);
            foreach (var (node, seed) in extras.Prepend(b).Prepend(a).Select((x, i) => (x, i)))
                ContractionFacts.Fill(run.Of<float>(node), seed);
            Assert.Equal(0, run.Run());
            float[] x = run.Of<float>(a).ToArray(), w = run.Of<float>(b).ToArray();
            float[][] e = [.. extras.Select(t => run.Of<float>(t).ToArray())], y = [.. results.Select(t => run.Of<float>(t).ToArray())];
            for (int i = 0; i < batch * m; i++)
                for (int j = 0; j < n; j++)
                {
                    int at = i, column = j;
                    float product = ContractionTruth.Sum(k, 384, l => x[at * k + l], l => w[(at / m * k + l) * n + column]);
                    var expected = same(product, e, i, j);
                    for (int r = 0; r < y.Length; r++)
                        Assert.Equal(expected[r], y[r][i * n + j]);
                }
        }
    }

    [Fact]
    public void A_variable_is_updated_in_place()
    {
        var w = new Variable("w", [19, 53]);
        var next = w - MatMul(A, B) * FillLike(w, 0.5);
        using var run = new ContractionRun(new Computation([A, B], [next]));
        run.InPlace(next, w);
        ContractionFacts.Fill(run.Of<float>(A), 1);
        ContractionFacts.Fill(run.Of<float>(B), 2);
        ContractionFacts.Fill(run.Of<float>(w), 3);
        float[] a = run.Of<float>(A).ToArray(), b = run.Of<float>(B).ToArray(), before = run.Of<float>(w).ToArray();
        Assert.Equal(0, run.Run());
        for (int i = 0; i < 19; i++)
            for (int j = 0; j < 53; j++)
                Assert.Equal(before[i * 53 + j]
                    - ContractionTruth.Sum(40, 384, l => a[i * 40 + l], l => b[l * 53 + j]) * 0.5f, run.Of<float>(w)[i * 53 + j]);
    }

    [Fact]
    public void Other_types_and_coordinates_meet_the_product()
    {
        var y = MatMul(A, B);
        Node positive = y > 0, wide = Ops.Convert(y, DType.Float64) * 2,
            masked = Where(positive, y, Ops.Convert(Iota(y.Shape, 1, DType.Int32), DType.Float32));
        var f = new Computation([A, B], [positive, wide, masked]);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
        {
            using var run = new ContractionRun(f) { Width = width };
            Assert.Single(run.Fused.Groups);
            ContractionFacts.Fill(run.Of<float>(A), 1);
            ContractionFacts.Fill(run.Of<float>(B), 2);
            Assert.Equal(0, run.Run());
            float[] a = run.Of<float>(A).ToArray(), b = run.Of<float>(B).ToArray();
            for (int i = 0; i < 19; i++)
                for (int j = 0; j < 53; j++)
                {
                    var (row, column) = (i, j);
                    float sum = ContractionTruth.Sum(40, 384, l => a[row * 40 + l], l => b[l * 53 + column]);
                    Assert.Equal((sum > 0, sum * 2.0, sum > 0 ? sum : j),
                        (run.Of<bool>(positive)[i * 53 + j], run.Of<double>(wide)[i * 53 + j], run.Of<float>(masked)[i * 53 + j]));
                }
        }
    }

    [Fact]
    public void Kernels_stay_within_the_budget_of_the_compiler()
    {
        var y = MatMul(Input("a", DType.Float32, ["m", "k"]), Input("b", DType.Float32, ["k", "n"]));
        var f = new Computation([y.Apply.Inputs[0], y.Apply.Inputs[1], Input("e", DType.Float32, ["n"])], [Maximum(y + 1, ZerosLike(y))]);
        using var jit = new EmissionJitLog();
        var plan = ContractionLowering.Of(Passes.Fuse.Run(f).Groups[0])[^1] with { Name = "contraction_budget" };
        var kernel = plan.Emit(VectorWidths.Best);
        System.Linq.Expressions.Expression.Lambda<Runtime.Kernel>(kernel.Body, "contraction_budget", kernel.Parameters).Compile();
        Assert.True(jit.TryFind("contraction_budget", out int tier, out int bytes));
        Assert.NotEqual(EmissionJitLog.MinOpts, tier);
        Assert.InRange(bytes, 1000, 12_000);
    }

    [Fact]
    public void Nan_and_infinity_stay_in_their_rows()
    {
        var y = MatMul(A, B);
        using var run = new ContractionRun(new Computation([A, B], [y]));
        ContractionFacts.Fill(run.Of<float>(A), 1);
        ContractionFacts.Fill(run.Of<float>(B), 2);
        run.Of<float>(A)[3 * 40 + 7] = float.NaN;
        run.Of<float>(A)[18 * 40] = float.PositiveInfinity;
        Assert.Equal(0, run.Run());
        for (int i = 0; i < 19; i++)
            for (int j = 0; j < 53; j++)
                Assert.Equal((i == 3, i == 18),
                    (float.IsNaN(run.Of<float>(y)[i * 53 + j]), float.IsInfinity(run.Of<float>(y)[i * 53 + j])));
    }
}
