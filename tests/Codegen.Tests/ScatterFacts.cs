using System.Numerics;
using static Adjoint.Ops;

namespace Adjoint.Codegen.Tests;

/// <summary>Scatter-add: updates in index order, positions checked, the same bits for every width and split.</summary>
public class ScatterFacts
{
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 1, 5, 12, 1 }, { 3, 5, 7, 1 }, { 1, 4, 20, 15 }, { 1, 4, 20, 64 }, { 2, 6, 9, 65 }, { 1, 3, 5, 200 },
            { 2, 2, 0, 16 }, { 1, 1, 3, 129 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Floats(int outer, int extent, int count, int inner) => Check<float, int>(outer, extent, count, inner);

    [Theory, MemberData(nameof(Shapes))]
    public void Doubles(int outer, int extent, int count, int inner) => Check<double, long>(outer, extent, count, inner);

    [Theory, MemberData(nameof(Shapes))]
    public void Longs(int outer, int extent, int count, int inner) => Check<long, int>(outer, extent, count, inner);

    private static void Check<T, TIndex>(int outer, int extent, int count, int inner)
        where T : unmanaged, INumber<T> where TIndex : unmanaged, INumber<TIndex>
    {
        foreach (var width in Enum.GetValues<VectorWidth>().Where(w => w <= VectorWidths.Best))
            foreach (int pieces in new[] { 1, 3 })
            {
                using var run = Made<T, TIndex>(outer, extent, count, inner, width, pieces, out var nodes);
                var (x, indices, updates, y) = nodes;
                for (int i = 0; i < count; i++)
                    run.Of<TIndex>(indices)[i] = TIndex.CreateTruncating(i * 7 % extent);
                T[] expected = run.Of<T>(x).ToArray(), u = run.Of<T>(updates).ToArray();
                for (int o = 0; o < outer; o++)
                    for (int i = 0; i < count; i++)
                        for (int c = 0; c < inner; c++)
                            expected[(o * extent + i * 7 % extent) * inner + c] += u[(o * count + i) * inner + c];
                Assert.Equal(0, run.Run());
                Assert.Equal(expected, run.Of<T>(y).ToArray());
            }
    }

    [Theory, InlineData(-1), InlineData(4), InlineData(int.MaxValue), InlineData(int.MinValue)]
    public void A_position_outside_is_an_error(int position)
    {
        using var run = Made<float, int>(2, 4, 5, 30, VectorWidths.Best, 1, out var nodes);
        run.Of<int>(nodes.Indices).Clear();
        run.Of<int>(nodes.Indices)[3] = position;
        Assert.Equal(1, run.Run());
    }

    private static ContractionRun Made<T, TIndex>(int outer, int extent, int count, int inner, VectorWidth width, int pieces,
        out (Node X, Node Indices, Node Updates, Node Y) nodes) where T : unmanaged, INumber<T> where TIndex : unmanaged
    {
        var x = Input("x", DType.From<T>(), [outer, extent, inner]);
        var indices = Input("indices", DType.From<TIndex>(), [count]);
        var updates = Input("updates", DType.From<T>(), [outer, count, inner]);
        var y = ScatterAdd(x, indices, updates, 1);
        nodes = (x, indices, updates, y);
        var run = new ContractionRun(new Computation([x, indices, updates], [y])) { Width = width, Pieces = pieces };
        ContractionFacts.Fill(run.Of<T>(x), 1);
        ContractionFacts.Fill(run.Of<T>(updates), 2);
        return run;
    }
}
