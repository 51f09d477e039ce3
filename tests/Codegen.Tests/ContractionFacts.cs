using System.Numerics;
using Adjoint.Passes;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>What matrix products promise: the stated sums to the bit, whatever the tiles, widths and splits.</summary>
public class ContractionFacts
{
    public static TheoryData<int, int, int> Sizes()
    {
        var data = new TheoryData<int, int, int>();
        foreach (var (m, n, k) in new[]
        {
            (0, 3, 4), (3, 0, 4), (3, 4, 0), (1, 1, 1), (1, 1, 0), (2, 7, 1), (1, 100, 33), (100, 1, 65), (7, 8, 9),
                (8, 48, 16), (9, 49, 17),
            (15, 31, 32), (16, 33, 63), (17, 64, 64), (31, 65, 100), (33, 10, 384), (48, 15, 385), (63, 2, 769),
            (65, 100, 48), (300, 17, 31),
            (257, 63, 385), (2, 2, 2), (64, 128, 10),
            // Columns that fill no register beside some that do.
            (25, 11, 37), (13, 12, 66), (40, 29, 65), (12, 22, 5), (30, 27, 130), (19, 77, 41),
            // Few rows by much of b: one row tile, a few, many. Few columns.
            (1, 2050, 770), (3, 517, 530), (20, 300, 900), (70, 270, 1000), (65, 1, 33), (300, 1, 500), (130, 8, 777), (64, 3, 32),
            // Few columns, and blocks that are turned in registers: no rest, and rests of both axes.
            (96, 1, 480), (128, 6, 416), (160, 8, 800), (64, 2, 3200), (107, 5, 423),
            // Several stretches of k: apart, and as b streams by row by row or column by column.
            (13, 33, 6145), (1, 1, 9300), (1, 1100, 3073), (3, 530, 4097), (80, 4, 4100),
        })
            data.Add(m, n, k);
        return data;
    }

    public static TheoryData<string> Types() => new(DType.All.Where(t => t != DType.Bool && !t.IsByte).Select(t => t.Name));

    [Theory, MemberData(nameof(Sizes))]
    public void Floats(int m, int n, int k) => Check<float>(m, n, k);

    [Theory, MemberData(nameof(Sizes))]
    public void Doubles(int m, int n, int k) => Check<double>(m, n, k);

    [Theory, MemberData(nameof(Sizes))]
    public void Ints(int m, int n, int k) => Check<int>(m, n, k);

    [Theory, MemberData(nameof(Sizes))]
    public void Longs(int m, int n, int k) => Check<long>(m, n, k);

    [Theory, MemberData(nameof(Sizes))]
    public void Unknown_extents(int m, int n, int k)
    {
        var a = Input("a", DType.Float32, ["m", "k"]);
        var b = Input("b", DType.Float32, ["k", "n"]);
        Check<float>(a, b, m, n, k, (i, l) => i * k + l, (l, j) => l * n + j, new() { ["m"] = m, ["n"] = n, ["k"] = k });
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Unknown_rows(int m, int n, int k)
    {
        var a = Input("a", DType.Float32, ["m", k]);
        var b = Input("b", DType.Float32, [k, n]);
        Check<float>(a, b, m, n, k, (i, l) => i * k + l, (l, j) => l * n + j, new() { ["m"] = m });
    }

    [Theory]
    [InlineData(96, 1, 480)]
    [InlineData(107, 5, 423)]
    [InlineData(64, 8, 15)]
    [InlineData(33, 4, 0)]
    public void Few_columns_of_unknown_length(int m, int n, int k)
    {
        var a = Input("a", DType.Float32, ["m", "k"]);
        var b = Input("b", DType.Float32, ["k", n]);
        Check<float>(a, b, m, n, k, (i, l) => i * k + l, (l, j) => l * n + j, new() { ["m"] = m, ["k"] = k });
    }

    [Theory, InlineData(0), InlineData(1), InlineData(62)]
    public void Stretches_of_unknown_length(int images)
    {
        Node x = Input("x", DType.Float32, ["images", 5, 100]), y = Input("y", DType.Float32, ["images", 100, 7]);
        Node a = Reshape(Transpose(x, [1, 0, 2]), [5, Dim.Symbol("images") * 100]), b = Reshape(y, [Dim.Symbol("images") * 100, 7]);
        var f = new Computation([x, y], [MatMul(a, b)]);
        Assert.True(new ContractionSchedule(Fuse.Run(f).Groups.Single(g => g.Kind is GroupKind.Contraction)).StretchesApart);
        Check<float>(f, x, y, 5, 7, images * 100, (i, l) => (l / 100 * 5 + i) * 100 + l % 100, (l, j) => l * 7 + j,
            new() { ["images"] = images });
    }

    [Fact]
    public void A_stretch_that_is_not_a_number_makes_its_sums_none()
    {
        Node a = Input("a", DType.Float32, [9, 7000]), b = Input("b", DType.Float32, [7000, 20]), y = MatMul(a, b);
        Assert.Equal(["matmul", "matmul_stretches"], ContractionLowering.Of(Fuse.Run(new([a, b], [y])).Groups[^1])
            .Select(k => k.Name).Where(n => !n.EndsWith("pack", StringComparison.Ordinal)));
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int at in new[] { 0, 3071, 3072, 6999 })
            {
                using var run = new ContractionRun(new([a, b], [y])) { Pieces = 2, Width = width };
                Fill(run.Of<float>(a), 1);
                Fill(run.Of<float>(b), 2);
                run.Of<float>(a)[4 * 7000 + at] = float.NaN;
                Assert.Equal(0, run.Run());
                Assert.Equal(Enumerable.Range(0, 9 * 20).Select(i => i / 20 == 4), run.Of<float>(y).ToArray().Select(float.IsNaN));
            }
    }

    [Theory]
    [InlineData(4, 4, 4)]
    [InlineData(8, 8, 8)]
    [InlineData(3, 2, 5)]
    [InlineData(5, 3, 7)]
    [InlineData(7, 8, 3)]
    [InlineData(6, 6, 6)]
    [InlineData(2, 1, 9)]
    [InlineData(1, 4, 2)]
    [InlineData(16, 16, 16)]
    [InlineData(11, 5, 390)]
    public void Many_small_matrices(int m, int n, int k)
    {
        Batch<float>(m, n, k);
        Batch<double>(m, n, k);
        Batch<int>(m, n, k);
    }

    [Fact]
    public void Many_tiles_take_one_stretch_of_k_after_the_other()
    {
        Batch<float>(3, 5, 6200, count: 70);
        Batch<double>(9, 2, 2100, count: 70);
    }

    private static void Batch<T>(int m, int n, int k, int count = 7) where T : unmanaged, INumber<T>
    {
        Node a = Input("a", DType.From<T>(), [count, m, k]), b = Input("b", DType.From<T>(), [count, k, n]), y = MatMul(a, b);
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in new[] { 1, 3 })
            {
                using var run = new ContractionRun(new([a, b], [y]), atEnd: pieces == 1) { Pieces = pieces, Width = width };
                Fill(run.Of<T>(a), 1);
                Fill(run.Of<T>(b), 2);
                Assert.Equal(0, run.Run());
                T[] x = run.Of<T>(a).ToArray(), w = run.Of<T>(b).ToArray();
                Assert.Equal(from c in Enumerable.Range(0, count) from i in Enumerable.Range(0, m) from j in Enumerable.Range(0, n)
                    select ContractionTruth.Sum(k, TiledProduct.DepthOf(y.DType), l => x[(c * m + i) * k + l], l => w[(c * k + l) * n + j]),
                    run.Of<T>(y).ToArray());
            }
    }

    private static void Check<T>(int m, int n, int k) where T : unmanaged, INumber<T>
    {
        foreach (bool ta in new[] { false, true })
            foreach (bool tb in new[] { false, true })
            {
                var a = Input("a", DType.From<T>(), ta ? [k, m] : [m, k]);
                var b = Input("b", DType.From<T>(), tb ? [n, k] : [k, n]);
                Check<T>(a, b, m, n, k, (i, l) => ta ? l * m + i : i * k + l, (l, j) => tb ? j * k + l : l * n + j, [], ta, tb);
            }
    }

    private static void Check<T>(Node a, Node b, int m, int n, int k, Func<int, int, int> ofA, Func<int, int, int> ofB,
        Dictionary<string, long> bindings, bool ta = false, bool tb = false) where T : unmanaged, INumber<T>
    {
        Check<T>(new([a, b], [MatMul(ta ? Transpose(a) : a, tb ? Transpose(b) : b)]), a, b, m, n, k, ofA, ofB, bindings);
    }

    private static void Check<T>(Computation f, Node a, Node b, int m, int n, int k, Func<int, int, int> ofA, Func<int, int, int> ofB,
        Dictionary<string, long> bindings) where T : unmanaged, INumber<T>
    {
        var y = f.Outputs[0].Value;
        T[]? expected = null;
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in new[] { 1, 3 })
            {
                using var run = new ContractionRun(f, bindings, atEnd: pieces == 1) { Pieces = pieces, Width = width };
                Fill(run.Of<T>(a), 1);
                Fill(run.Of<T>(b), 2);
                Assert.Equal(0, run.Run());
                if (expected is null)
                {
                    expected = new T[m * n];
                    T[] x = run.Of<T>(a).ToArray(), w = run.Of<T>(b).ToArray();
                    for (int i = 0; i < m; i++)
                        for (int j = 0; j < n; j++)
                            expected[i * n + j] = ContractionTruth.Sum(k, TiledProduct.DepthOf(y.DType),
                                l => x[ofA(i, l)], l => w[ofB(l, j)]);
                }
                Assert.Equal(expected, run.Of<T>(y).ToArray());
            }
    }

    internal static void Fill<T>(Span<T> values, int seed) where T : unmanaged, INumber<T>
    {
        var random = new Random(seed);
        for (int i = 0; i < values.Length; i++)
            values[i] = typeof(T) == typeof(float) || typeof(T) == typeof(double)
                ? T.CreateTruncating(random.NextDouble() * 2 - 1) : T.CreateTruncating(random.NextInt64());
    }
}
